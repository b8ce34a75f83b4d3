// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest';

import { runnersBy } from '../../client/runner';
import { addressOf, button, enter, mount, one, settle } from '../../../tests/support/ui';
import { Api } from '../../connection/rest';
import { ArenaSession } from '../../client/session';
import { FakeRunner } from '../../testing/fake-runner';
import { Relay } from '../../testing/relay';
import { user } from '../../testing/user';
import type { Line } from '../../testing/line';
import { GuestRoom } from './GuestRoom';
import type { OpenedRoom } from './GuestRoom';
import type { SecretStore } from './secret-store';
import { Panel } from '../room/Panel';

type Answer = [status: number, body: unknown];

/** A server, as its answers by method and end of the URL. */
class Server {
  answers: Record<string, Answer> = {};
  readonly calls: string[] = [];
  readonly joined: unknown[] = [];

  readonly api = new Api({
    baseUrl: 'http://localhost/',
    fetch: (input, init) => {
      const call = `${init?.method ?? 'GET'} ${addressOf(input).split('/').at(-1) ?? ''}`;
      this.calls.push(call);
      if (call === 'POST join' && typeof init?.body === 'string') {
        this.joined.push(JSON.parse(init.body));
      }
      const [status, body] = this.answers[call] ?? [500, { error: `no answer to ${call}` }];
      return Promise.resolve(new Response(JSON.stringify(body), { status }));
    }
  });
}

const info = (fields: object): Answer => [
  200,
  { user: null, openAccess: false, mayCreate: false, mayShare: true, shareHint: null, ...fields }
];
const JOINED: Answer = [200, { session: {}, user: user('me'), token: 'fresh' }];

let opened: { token: string; line: Line; relay: Relay; closed: boolean }[] = [];
afterEach(() => {
  opened = [];
});

function openRoom(token: string, api: Api): Promise<OpenedRoom> {
  const relay = new Relay();
  const line = relay.line(user('me'));
  const room = { token, line, relay, closed: false };
  opened.push(room);
  const runner = new FakeRunner();
  const session = new ArenaSession({
    connection: line,
    runners: runnersBy(() => runner)
  });
  const close = (): void => {
    room.closed = true;
    session.dispose();
  };
  return Promise.resolve({ session, api, Panel, close });
}

function store(value: string | null = null): SecretStore {
  return {
    read: () => value,
    write: secret => {
      value = secret;
    }
  };
}

/** The page of session `s`. */
async function visit(server: Server, came: { token?: string; invite?: string; copy?: string }) {
  const copy = store(came.copy);
  const tokens = store(came.token);
  const invite = store(came.invite);
  const open = (token: string): Promise<OpenedRoom> => openRoom(token, server.api);
  const { root } = mount(
    <GuestRoom
      api={server.api}
      sessionId="s"
      invite={invite}
      tokens={tokens}
      kept={copy}
      open={open}
    />
  );
  await settle();
  const join = async (name: string): Promise<void> => {
    await enter(one(root, 'input'), name);
    await settle(() => button(root, 'Join').click());
  };
  return {
    root,
    join,
    kept: () => tokens.read(),
    invite: () => invite.read(),
    copy: () => copy.read()
  };
}

const connect = (): Promise<void> =>
  settle(() => {
    opened[0]?.line.up();
    opened[0]?.relay.settle();
  });

describe('joining a session', () => {
  it('asks for a name, with an invite', async () => {
    const server = new Server();
    server.answers['POST join'] = JOINED;
    const { root, join, kept, invite } = await visit(server, { invite: 'secret' });
    expect(root.textContent).toContain('Typing and runs are recorded for the interviewers.');
    expect(server.calls).toEqual([]);
    await join('  Grace ');
    expect(server.joined).toEqual([{ userName: 'Grace', invite: 'secret' }]);
    expect(kept()).toBe('fresh');
    expect(invite()).toBeNull();
    expect(opened.map(room => room.token)).toEqual(['fresh']);
    await connect();
    expect(one(root, '.cm-content').getAttribute('aria-label')).toBe('Code');
  });

  it('takes the token of an earlier visit, without a form', async () => {
    const server = new Server();
    const { root, invite } = await visit(server, { token: 'kept', invite: 'secret' });
    // The token may be stale: until it works, the link is the way in.
    expect(invite()).toBe('secret');
    await connect();
    expect(invite()).toBeNull();
    expect(opened.map(room => room.token)).toEqual(['kept']);
    expect(server.calls).toEqual([]);
    expect(one(root, '.arena-people').textContent).toContain('(you)');
  });

  it('shows the form again when that token is refused', async () => {
    const { root, kept, invite } = await visit(new Server(), { token: 'stale', invite: 'secret' });
    await settle(() => opened[0]?.line.end('refused'));
    expect(kept()).toBeNull();
    expect(opened[0]?.closed).toBe(true);
    expect(one(root, 'input')).toBeTruthy();
    expect(invite()).toBe('secret');
  });

  it('takes a Jupyter login, without a form', async () => {
    const server = new Server();
    server.answers['GET info'] = info({ user: { name: 'Ada' } });
    server.answers['POST join'] = JOINED;
    const { kept } = await visit(server, {});
    expect(server.joined).toEqual([{ userName: 'Ada' }]);
    expect(opened.map(room => room.token)).toEqual(['fresh']);
    expect(kept()).toBe('fresh');
  });

  it('asks for a name, with open access', async () => {
    const server = new Server();
    server.answers['GET info'] = info({ openAccess: true });
    server.answers['POST join'] = JOINED;
    const { join } = await visit(server, {});
    await join('Grace');
    expect(server.joined).toEqual([{ userName: 'Grace' }]);
  });
});

describe('a session that cannot be joined', () => {
  it('waits to be let in, and shows the room then', async () => {
    const { root, invite } = await visit(new Server(), { token: 'kept', invite: 'secret' });
    await settle(() => opened[0]?.line.wait());
    expect(root.textContent).toBe('Waiting for the interviewer to let you in…');
    expect(invite()).toBeNull();
    await connect();
    expect(root.querySelector('.cm-editor')).not.toBeNull();
  });

  it('tries again by itself, with an early token, while there is no place', async () => {
    const { root, kept } = await visit(new Server(), { token: 'kept' });
    await settle(() => opened[0]?.line.refuse());
    expect(root.textContent).toContain('There is no place at the moment. Trying again by itself.');
    expect(kept()).toBe('kept');
    await settle(() => opened[0]?.line.wait());
    expect(root.textContent).toBe('Waiting for the interviewer to let you in…');
  });

  it('waits in one window only, in the one that the person chooses', async () => {
    const { root, kept } = await visit(new Server(), { token: 'kept' });
    await settle(() => opened[0]?.line.wait());
    await settle(() => opened[0]?.line.end('replaced'));
    expect(root.textContent).toContain('You are waiting in another window.');
    expect(opened[0]?.line.retries).toBe(0);
    await settle(() => button(root, 'Wait here instead').click());
    expect(opened[0]?.line.retries).toBe(1);
    expect(kept()).toBe('kept');
    await settle(() => opened[0]?.line.wait());
    expect(root.textContent).toBe('Waiting for the interviewer to let you in…');
  });

  it('says that too many people wait, and keeps the form', async () => {
    const server = new Server();
    const error = 'too many people wait to be let in; try again in a minute';
    server.answers['POST join'] = [429, { error }];
    const { root, join, invite } = await visit(server, { invite: 'secret' });
    await join('Grace');
    expect(root.textContent).toContain('Too many people wait to be let in; try again in a minute');
    expect((one(root, 'input') as HTMLInputElement).value).toBe('Grace');
    expect(invite()).toBe('secret');
  });

  it.each([
    ['declined', 'The interviewer declined.'],
    ['removed', 'You were removed from this interview.']
  ] as const)('says that one was %s, and forgets the token', async (reason, text) => {
    const { root, kept } = await visit(new Server(), { token: 'kept', invite: 'secret' });
    await settle(() => opened[0]?.line.end(reason));
    expect(root.textContent).toContain(text);
    expect(kept()).toBeNull();
    expect(opened[0]?.closed).toBe(true);
  });

  it('says to its people that it was deleted', async () => {
    const { root, kept } = await visit(new Server(), { token: 'kept', invite: 'secret' });
    await connect();
    await settle(() => opened[0]?.line.end('refused'));
    expect(root.textContent).toContain('This interview was deleted.');
    expect(root.textContent).not.toContain('Saved');
    expect(kept()).toBeNull();
  });

  it('says to people who wait that it was deleted', async () => {
    const { root } = await visit(new Server(), { token: 'kept', invite: 'secret' });
    await settle(() => opened[0]?.line.wait());
    await settle(() => opened[0]?.line.end('refused'));
    expect(root.textContent).toContain('This interview was deleted.');
  });

  it.each([401, 403, 404])('says so when the invite is refused with %i', async status => {
    const server = new Server();
    server.answers['POST join'] = [status, { error: 'no' }];
    const { root, join } = await visit(server, { invite: 'revoked' });
    await join('Eve');
    expect(root.textContent).toContain('This link does not work.');
    expect(root.textContent).toContain('Ask your interviewer for a new one.');
  });

  it('says so where there is neither invite nor login', async () => {
    const server = new Server();
    server.answers['GET info'] = info({});
    const { root } = await visit(server, {});
    expect(root.textContent).toContain('This link does not work.');
  });

  it('says that the session has ended', async () => {
    const server = new Server();
    server.answers['POST join'] = [409, { error: 'the session has ended' }];
    const { root, join } = await visit(server, { invite: 'secret' });
    await join('Grace');
    expect(root.textContent).toContain('This interview has ended.');
  });

  it('says to a returning guest that it has ended', async () => {
    const { root } = await visit(new Server(), { token: 'kept' });
    await settle(() => opened[0]?.line.end('ended'));
    expect(root.textContent).toContain('This interview has ended.');
    expect(root.querySelector('.cm-editor')).toBeNull();
  });

  it('keeps the form and the name when the server does not answer', async () => {
    const server = new Server();
    server.answers['POST join'] = [502, { error: 'the gateway is down' }];
    const { root, join } = await visit(server, { invite: 'secret' });
    await join('Grace');
    expect(root.textContent).toContain('The gateway is down');
    expect((one(root, 'input') as HTMLInputElement).value).toBe('Grace');
    server.answers['POST join'] = JOINED;
    await settle(() => button(root, 'Join').click());
    expect(opened).toHaveLength(1);
  });
});

describe('a guest on another device', () => {
  it('asks for the seat, also where the link admits nobody new', async () => {
    const server = new Server();
    server.answers['POST join'] = [403, { error: 'no' }];
    const { root, join } = await visit(server, { invite: 'secret' });
    await join('Grace');
    await settle(() => button(root, 'I was here before, on another device').click());
    server.answers['POST join'] = [202, { token: 'fresh' }];
    await join('Grace');
    expect(server.joined).toEqual([
      { userName: 'Grace', invite: 'secret' },
      { userName: 'Grace', invite: 'secret', seat: true }
    ]);
    await settle(() => opened[0]?.line.wait());
    expect(root.textContent).toBe('Waiting for the interviewer to let you in…');
  });

  it('is told on the first device', async () => {
    const { root, kept } = await visit(new Server(), { token: 'kept' });
    await connect();
    await settle(() => opened[0]?.line.end('replaced'));
    expect(root.textContent).toContain('You continue on another device.');
    expect(kept()).toBeNull();
  });
});

describe('the code that a candidate keeps', () => {
  const early = JSON.stringify({ title: '', files: [{ name: 'a.py', text: 'x' }], ended: false });

  it('is offered at the end, and after a reload', async () => {
    const { root, copy } = await visit(new Server(), { token: 'kept' });
    await connect();
    expect(root.querySelector('.arena-kept')).toBeNull();
    await settle(() => opened[0]?.line.end('ended'));
    expect(root.querySelector('.arena-kept')).not.toBeNull();
    const again = await visit(new Server(), { token: 'kept', copy: copy() ?? '' });
    await settle(() => opened[1]?.line.end('ended'));
    expect(button(again.root, 'Download main.js')).toBeTruthy();
    await settle(() => button(again.root, 'Delete this copy').click());
    expect([again.copy(), again.root.querySelector('.arena-kept')]).toEqual([null, null]);
  });

  it('is that of the page before, if the end came while no page was open', async () => {
    const { root } = await visit(new Server(), { token: 'kept', copy: early });
    await settle(() => opened[0]?.line.end('ended'));
    expect(one(root, '.arena-kept').textContent).toContain('a.py');
  });

  it.each(['removed', 'refused'] as const)('is none after being %s', async reason => {
    const server = new Server();
    server.answers['GET info'] = info({});
    const { root, copy } = await visit(server, { token: 'kept', copy: early });
    await settle(() => opened[0]?.line.end(reason));
    expect([copy(), root.querySelector('.arena-kept')]).toEqual([null, null]);
  });

  it('stays after the session is deleted', async () => {
    const server = new Server();
    server.answers['GET info'] = info({});
    const ended = early.replace('false', 'true');
    const { root } = await visit(server, { token: 'kept', copy: ended });
    await settle(() => opened[0]?.line.end('refused'));
    expect(root.textContent).toContain('This link does not work.');
    expect(one(root, '.arena-kept').textContent).toContain('a.py');
  });
});
