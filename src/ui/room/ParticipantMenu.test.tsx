// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';

import { addressOf, button, mount, one, settle } from '../../../tests/support/ui';
import { Api } from '../../connection/rest';
import type { Role } from '../../protocol/wire';
import { runnersBy } from '../../client/runner';
import { ArenaSession } from '../../client/session';
import { FakeRunner } from '../../testing/fake-runner';
import { Relay } from '../../testing/relay';
import { user } from '../../testing/user';
import { Panel } from './Panel';

/** A room of a participant with `role`. Ben is in it, Will waits; `refuse` makes all calls fail. */
async function room(role: Role, options: { refuse?: boolean } = {}) {
  const relay = new Relay();
  const line = relay.line(user('me', role));
  const calls: string[] = [];
  const api = new Api({
    baseUrl: 'http://localhost/',
    fetch: (input, init) => {
      const body = typeof init?.body === 'string' ? ` ${init.body}` : '';
      calls.push(`${init?.method ?? 'GET'} ${addressOf(input).split('/api/')[1] ?? ''}${body}`);
      const refused = new Response('{"error": "you are the only interviewer"}', { status: 403 });
      return Promise.resolve(options.refuse ? refused : new Response('{}'));
    }
  });
  const runner = new FakeRunner();
  const session = new ArenaSession({
    connection: line,
    runners: runnersBy(() => runner)
  });
  const { root } = mount(<Panel session={session} api={api} />);
  const ben = relay.line(user('ben'));
  ben.open({ onStatus: () => undefined, onMessage: () => undefined });
  await settle(() => {
    line.up();
    ben.up();
    relay.settle();
  });
  const event = (type: string, payload: object): Promise<void> =>
    settle(() => {
      relay.log({ type, payload } as Parameters<Relay['log']>[0]);
      relay.settle();
    });
  return { root, relay, calls, event };
}

const WILL = { userId: 'will', username: 'Will', color: '#a21caf', role: 'candidate' };

describe('the participant menu', () => {
  it('is an interviewer’s, for each other participant', async () => {
    const { root, calls } = await room('interviewer');
    expect(root.querySelectorAll('.arena-people .arena-menu')).toHaveLength(1);
    await settle(() => button(root, 'Manage Name of ben').click());
    const items = [...root.querySelectorAll('.arena-people .arena-menu-items button')];
    expect(items.map(each => each.textContent)).toEqual([
      'Make interviewer',
      'Make observer',
      'Remove…'
    ]);
    await settle(() => button(root, 'Make observer').click());
    expect(calls).toContain('PATCH sessions/s/users/ben {"role":"observer"}');
  });

  it('is not shown to other roles', async () => {
    for (const role of ['candidate', 'observer'] as const) {
      const { root, event } = await room(role);
      await event('entry-requested', WILL);
      expect(root.querySelector('.arena-people .arena-menu')).toBeNull();
      expect(root.textContent).not.toContain('Will');
    }
  });

  it('comes and goes with one’s own role', async () => {
    const { root, event } = await room('candidate');
    await event('role-changed', { userId: 'me', role: 'interviewer', by: 'ben' });
    expect(button(root, 'Manage Name of ben')).toBeTruthy();
    await event('role-changed', { userId: 'me', role: 'observer', by: 'ben' });
    expect(root.querySelector('.arena-people .arena-menu')).toBeNull();
    expect(one(root, '.cm-content').getAttribute('aria-readonly')).toBe('true');
  });

  it('removes a participant, and revokes the link unless told not to', async () => {
    const { root, calls } = await room('interviewer');
    for (const revoke of [true, false]) {
      await settle(() => button(root, 'Manage Name of ben').click());
      await settle(() => button(root, 'Remove…').click());
      if (!revoke) await settle(() => one(root, 'dialog input[type=checkbox]').click());
      await settle(() => button(one(root, 'dialog'), 'Remove').click());
      expect(calls).toContain(`DELETE sessions/s/users/ben {"revokeInvite":${revoke}}`);
    }
  });

  it('shows the error of the server', async () => {
    const { root } = await room('interviewer', { refuse: true });
    await settle(() => button(root, 'Manage Name of ben').click());
    await settle(() => button(root, 'Make observer').click());
    expect(one(root, '.arena-panel > [role=alert]').textContent).toContain(
      'You are the only interviewer'
    );
  });
});

describe('a participant who waits', () => {
  it('is listed until admitted or declined', async () => {
    const { root, calls, event } = await room('interviewer');
    await event('entry-requested', WILL);
    const waiting = one(root, '[aria-label="Waiting to be let in"]');
    expect(waiting.textContent).toContain('Will asks to come in as candidate.');
    await settle(() => button(root, 'Admit Will').click());
    await settle(() => button(root, 'Decline Will').click());
    expect(calls).toEqual([
      'POST sessions/s/users/will/admit',
      'POST sessions/s/users/will/decline'
    ]);
    await event('entry-declined', { userId: 'will', by: 'me' });
    expect(waiting.textContent).toBe('');
  });

  it('is listed no longer after the page was closed, and again when it is back', async () => {
    const { root, event } = await room('interviewer');
    const waiting = one(root, '[aria-label="Waiting to be let in"]');
    await event('entry-requested', WILL);
    await event('entry-withdrawn', { userId: 'will' });
    expect(waiting.textContent).toBe('');
    await event('entry-requested', WILL);
    expect(waiting.textContent).toContain('Will asks to come in as candidate.');
  });
});
