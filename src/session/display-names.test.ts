import { describe, expect, it } from 'vitest';
import { decide } from './commands';
import { cleanName, distinctName } from './display-names';
import { initialState } from './state';
import type { SessionState } from './state';
import { LIMITS } from '../protocol/wire';
import { user } from '../testing/user';

// The same examples as in `tests/server/session/test_display_names.py`.
describe('a name', () => {
  it.each([
    '\u0000',
    '\u00ad',
    '\u034f',
    '\u115f',
    '\u17b4',
    '\u180b',
    '\u200b',
    '\u202e',
    '\u2800'
  ])('has nothing that is not seen: %j', unseen => {
    expect(cleanName(unseen.repeat(3))).toBe('');
    expect(cleanName(`${unseen}O${unseen}z${unseen}`)).toBe('Oz');
    expect(distinctName('Oz', [`o${unseen}Z`])).toBe('Oz (2)');
  });

  it('of a person is left alone', () => {
    for (const name of ['José', 'Łukasz Żak', '美咲', "O'Brien-Smith", 'محمد', 'ปิยะ', '김민준']) {
      expect(cleanName(name)).toBe(name);
      expect(distinctName(name, ['Somebody'])).toBe(name);
    }
    expect(cleanName('  Ada \t\n Lovelace\u3000')).toBe('Ada Lovelace');
    expect(cleanName('x'.repeat(LIMITS.name + 1))).toBe('x'.repeat(LIMITS.name));
  });

  it.each(['OZ', '\uff2f\uff3a', '\u{1d40e}\u{1d433}', 'º' + 'z', 'O\u200dz'])(
    'that looks like another has a number: %s',
    other => {
      expect(distinctName(other, ['Oz'])).toBe(`${other} (2)`);
      expect(distinctName('Oz', [other, 'OZ (2)'])).toBe('Oz (3)');
    }
  );
});

describe('a change of the own name', () => {
  const ann = { ...user('ann'), name: 'Ann' };
  const bob = { ...user('bob', 'observer'), name: 'Bob' };
  const phone = { ...user('phone'), name: 'Ann', seat: 'ann' };
  const state: SessionState = {
    ...initialState({ id: 's', title: '', language: 'python', createdAt: '' }),
    participants: new Map([ann, bob].map(each => [each.id, each])),
    waitingRoom: { askToEnter: false, waiting: new Map([['phone', phone]]) }
  };
  const change = (who: typeof ann, name: string, session = state): unknown =>
    decide(session, who, { type: 'name-change', payload: { name } }, 'code/1').payload;

  it('is for everybody, and cleans and numbers it', () => {
    expect(change(bob, ' \u200bRobert ')).toEqual({
      ...{ userId: 'bob', from: 'Bob', username: 'Robert' }
    });
    expect(change(bob, 'ANN')).toMatchObject({ username: 'ANN (2)' });
    // Neither the own name nor that of the own other device is taken.
    expect(change(ann, 'ANN')).toMatchObject({ username: 'ANN' });
  });

  it('is refused for no name, for the same name, and after the end', () => {
    expect(() => change(bob, '\u200b')).toThrow('at least one visible character');
    expect(() => change(bob, 'Bob ')).toThrow('that is your name already');
    expect(() => change(bob, 'Robert', { ...state, status: 'ended' })).toThrow('change your name');
  });
});
