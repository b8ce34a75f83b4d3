/** A cut or changed recording is refused; a recording with strange contents plays. */
import { describe, expect, it } from 'vitest';

import { Recorder } from '../../tests/load/typists/recorder';
import { canonicalJson } from './canonical-json';
import { verifyChain } from './hash-chain';
import { FilmBuilder, buildFilm } from './film-builder';
import { Film } from './film';

function interview(): Recorder {
  const recorder = new Recorder();
  const ana = recorder.person('ana');
  ana.join('Ana', 'interviewer');
  ana.type('print("héllo 🙂")');
  recorder.event(
    'execute-code',
    { userId: 'ana', runId: 'r1', language: 'python', code: '"quoted\\"\n' },
    'ana'
  );
  ana.type('\n# more');
  ana.leave();
  return recorder;
}

const lines = (text: string): string[] => text.trimEnd().split('\n');
const joined = (all: readonly string[]): string => all.map(line => `${line}\n`).join('');

describe('a recording', () => {
  it('is verified as it was recorded, with hidden entries or without', () => {
    expect(() => verifyChain(interview().text())).not.toThrow();
    const hidden = interview().text(entry => entry.seq === 2 || entry.seq === 3);
    expect(() => verifyChain(hidden)).not.toThrow();
  });

  it.each([
    ['a character', (text: string) => text.replace('quoted', 'Quoted')],
    ['a time', (text: string) => text.replace(/"at":(\d+)/, (_, at) => `"at":${Number(at) + 1}`)],
    ['an author', (text: string) => text.replace('"by":"ana"', '"by":"ben"')],
    ['the title', (text: string) => text.replace('Backend', 'Frontend')],
    ['the end of the chain', (text: string) => text.replace(/"chain":"./, '"chain":"g')],
    [
      'the digest of a hidden entry',
      (text: string) =>
        text.replace(/"digest":"(.)/, (_, first) => `"digest":"${first === '0' ? '1' : '0'}`)
    ]
  ])('shows that %s was changed', (_, change) => {
    const text = interview().text(entry => entry.seq === 5);
    const changed = change(text);
    expect(changed).not.toBe(text);
    expect(() => verifyChain(changed)).toThrow('was changed');
  });

  it.each([1, 7, 300])('is the same in pieces of %i characters', size => {
    const text = interview().text(entry => entry.seq === 3);
    const builder = new FilmBuilder();
    for (let at = 0; at < text.length; at += size) builder.push(text.slice(at, at + size));
    expect(builder.build()).toEqual(buildFilm(text));
  });

  it.each([
    ['nothing', '', 'cut off, or it is none'],
    ['a page', '<!doctype html>', 'a line of it is not JSON'],
    ['other JSON', '{"format": "other"}\n', 'not a recording'],
    ['a list', '[]\n', 'not a recording'],
    ['no length', '{"format": "arena.recording.v1", "entries": -1}\n', 'no length'],
    ['too great a length', '{"format": "arena.recording.v1", "entries": 1e12}\n', 'has 0 of its'],
    ['only its head', lines(interview().text()).slice(0, 3).join('\n'), 'has 2 of its 5 entries'],
    ['half a line', interview().text().slice(0, -150), 'cut off'],
    ['a line less', joined(lines(interview().text()).toSpliced(2, 1)), 'Entry 2 is missing'],
    ['a line twice', interview().text() + interview().text(), 'goes on after its end']
  ])('of %s is refused in plain words', (_, text, message) => {
    expect(() => buildFilm(text)).toThrow(message);
  });

  it.each([
    ['an edit that is not base64', { document: 'pad', update: '!!!!' }, 'not in base64'],
    ['an edit that is cut off', { document: 'pad', update: 'AQEB' }, 'cut off'],
    ['an edit of no document', { document: 'moon', update: 'AAA=' }, 'no edit']
  ])('with %s is refused', (_, edit, message) => {
    const recorder = interview();
    recorder.entries.push({ seq: 6, at: recorder.at, by: 'ana', to: 'everyone', edit });
    expect(() => buildFilm(recorder.text())).toThrow(message);
  });

  it('whose edits depend on missing ones is refused', () => {
    const recorder = interview();
    const without = recorder.entries.filter(entry => entry.seq !== 2);
    without.forEach((entry, index) => (entry.seq = index + 1));
    recorder.entries.splice(0, recorder.entries.length, ...without);
    expect(() => buildFilm(recorder.text())).toThrow(
      'builds on typing that is not in the recording'
    );
  });

  it('with events of unknown types and shapes plays without them', () => {
    const recorder = interview();
    const odd = { by: 'ana', to: 'everyone', at: recorder.at };
    for (const event of [
      { type: 'whiteboard-drawn', payload: {} },
      { type: 'language-updated', payload: { userId: null, language: 'cobol' } },
      { type: 'participant-joined', payload: { userId: 'x', username: { $$typeof: 1 } } },
      { type: '__proto__', payload: {} }
    ]) {
      recorder.entries.push({ seq: recorder.entries.length + 1, ...odd, event });
    }
    const film = new Film(buildFilm(recorder.text()));
    expect(film.end).toBe(9);
    expect(film.frame(film.main, 9).text).toBe('print("héllo 🙂")\n# more');
    expect([...film.stateAt(9).participants.keys()]).toEqual(['ana']);
  });
});

describe('canonical JSON', () => {
  it('sorts keys by code points and leaves every token as it is written', () => {
    expect(
      canonicalJson('{"b" : 1.0 , "a":[1e-07, -0, "\\u0001\\"]}"], "c":{"z":null,"y":true}}')
    ).toBe('{"a":[1e-07,-0,"\\u0001\\"]}"],"b":1.0,"c":{"y":true,"z":null}}');
    expect(canonicalJson('{"\u{1f600}":1,"\uffee":2,"":3,"aa":4,"a":5}')).toBe(
      '{"":3,"a":5,"aa":4,"\uffee":2,"\u{1f600}":1}'
    );
    expect(canonicalJson('{}')).toBe('{}');
  });
});
