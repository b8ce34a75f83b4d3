import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import { openDatabase } from '../../storage/database';
import { runnersBy } from '../../client/runner';
import { LocalConnection } from './local';
import { LocalSessions } from '../../storage/local-sessions';
import { fold, stateFrom } from '../../session/fold';
import { ArenaSession } from '../../client/session';
import { FakeLocks } from '../../testing/fake-locks';
import { FakeRunner } from '../../testing/fake-runner';

let session: ArenaSession;
let runner: FakeRunner;
let connection: LocalConnection;

beforeEach(() => {
  vi.useFakeTimers();
  runner = new FakeRunner();
  connection = new LocalConnection({ userName: 'Ann', language: 'python', code: '# start\n' });
  session = new ArenaSession({ connection, runners: runnersBy(() => runner) });
});

afterEach(() => {
  session.dispose();
  vi.useRealTimers();
});

const pass = () => vi.advanceTimersByTimeAsync(200);

describe('a session without a server', () => {
  it('is open, with one interviewer and the starter text', async () => {
    await pass();
    expect(session.snapshot).toMatchObject({
      connection: { phase: 'open' },
      saving: 'local',
      me: { name: 'Ann', role: 'interviewer' },
      state: { language: 'python', status: 'open' }
    });
    expect(session.code.toJSON()).toBe('# start\n');
    expect([...(session.snapshot.state?.present ?? [])]).toEqual([session.snapshot.me?.id]);
  });

  it('runs, and remembers', async () => {
    await pass();
    session.setLanguage('javascript');
    session.code.insert(0, 'x');
    session.run();
    runner.print({ stream: 'stdout', data: 'out' });
    runner.end({ status: 'ok', error: null, durationMs: 3 });
    await pass();
    expect(session.snapshot).toMatchObject({
      run: null,
      saving: 'local',
      state: {
        language: 'javascript',
        runs: [{ status: 'ok', code: 'x# start\n', chunks: [{ stream: 'stdout', data: 'out' }] }]
      }
    });
  });

  it('keeps one log, from which text and state are derived', async () => {
    await pass();
    session.code.insert(0, 'ab');
    await pass();
    session.code.delete(0, 1);
    session.notes?.getText('notes').insert(0, 'good');
    session.run();
    runner.end({ status: 'ok', error: null, durationMs: 3 });
    await pass();

    const { log } = connection;
    expect(log.map(entry => entry.seq)).toEqual(log.map((_, index) => index + 1));
    const docs = { pad: new Y.Doc(), notes: new Y.Doc() };
    let state = stateFrom({
      session: {
        id: 'local',
        createdAt: '',
        code: '',
        language: 'python',
        title: '',
        question: '',
        status: 'open',
        url: ''
      },
      user: { id: 'local', name: 'Ann', color: '#000000', role: 'interviewer' },
      users: [],
      participants: [],
      files: [{ name: 'main.py', root: 'code' }],
      main: 'code',
      runs: [],
      seq: 0
    });
    for (const { body, audience } of log) {
      if (body.kind === 'edit') {
        Y.applyUpdate(docs[body.document], body.update);
        expect(audience).toBe(body.document === 'notes' ? 'interviewers' : 'everyone');
      } else {
        state = fold(state, body.event);
      }
    }
    expect(docs.pad.getText('code').toJSON()).toBe('b# start\n');
    expect(docs.notes.getText('notes').toJSON()).toBe('good');
    expect(state.runs).toMatchObject([{ status: 'ok', code: 'b# start\n' }]);
    expect(state.present.has('local')).toBe(true);
  });

  it('does not log events that change nothing', async () => {
    await pass();
    const before = connection.log.length;
    session.setLanguage('python');
    session.awareness.setLocalStateField('cursor', null);
    await pass();
    expect(connection.log.length).toBe(before);
  });

  it('logs once that its participant left', async () => {
    await pass();
    session.dispose();
    connection.close();
    const types = connection.log.map(({ body }) => (body.kind === 'event' ? body.event.type : ''));
    expect(types).toEqual(['', 'participant-joined', 'participant-left']);
  });

  it('closes when it is left', async () => {
    await pass();
    session.dispose();
    const phases: string[] = [];
    const unused = new LocalConnection();
    unused.open({ onStatus: status => phases.push(status.phase), onMessage: () => undefined });
    unused.close();
    await pass();
    expect(phases).toEqual(['connecting', 'closed']);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a session that the browser stores', () => {
  /** Let the database, which has its own clock, finish its work. */
  async function rest(): Promise<void> {
    await pass();
    for (let tick = 0; tick < 20; tick++) await new Promise(resolve => setImmediate(resolve));
  }

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'Date'] });
  });

  it('is listed, comes back as it was, and can be deleted', async () => {
    const locks = new FakeLocks();
    const page = locks.page();
    const first = new LocalSessions(openDatabase(), page.manager);
    const log = await first.create({ title: 'Solo', language: 'python' });
    const { id } = log.session;
    const runners = runnersBy(() => runner);
    const solo = new ArenaSession({ connection: new LocalConnection({ log }), runners });
    await rest();
    solo.setLanguage('javascript');
    solo.code.insert(0, 'print');
    solo.notes?.getText('notes').insert(0, 'note');
    solo.run();
    runner.print({ stream: 'stdout', data: 'out' });
    await rest();
    const other = new LocalSessions(openDatabase(), locks.page().manager);
    expect(await other.list()).toMatchObject([{ id, title: 'Solo' }]);
    await expect(other.open(id)).rejects.toThrow('open in another tab');
    await expect(other.delete(id)).rejects.toThrow('open in another tab');

    page.crash();
    const connection = new LocalConnection({ log: await other.open(id) });
    const again = new ArenaSession({ connection, runners });
    await rest();
    expect(again.code.toJSON()).toBe('print');
    expect(again.notes?.getText('notes').toJSON()).toBe('note');
    expect(again.snapshot).toMatchObject({
      saving: 'local',
      atRisk: false,
      state: {
        id,
        title: 'Solo',
        language: 'javascript',
        runs: [{ status: 'lost', chunks: [{ stream: 'stdout', data: 'out' }] }]
      }
    });
    again.code.insert(5, '!');
    await rest();
    expect(connection.log.map(entry => entry.seq)).toEqual(connection.log.map((_, i) => i + 1));
    again.dispose();
    await rest();

    const stored = await other.open(id);
    expect(stored.entries).toEqual(connection.log);
    stored.close();
    await rest();
    await other.delete(id);
    expect(await other.list()).toEqual([]);
    await expect(other.open(id)).rejects.toThrow('no such interview');
    solo.dispose();
  });

  it('says that closing the page loses the session if it cannot be stored', async () => {
    const database = await openDatabase();
    const log = await new LocalSessions(Promise.resolve(database)).create({
      title: '',
      language: 'python'
    });
    const runners = runnersBy(() => runner);
    const solo = new ArenaSession({ connection: new LocalConnection({ log }), runners });
    await rest();
    vi.spyOn(console, 'warn').mockReturnValue();
    database.close();
    solo.code.insert(0, 'x');
    await rest();
    expect(solo.snapshot).toMatchObject({ saving: 'local', atRisk: true });
    solo.dispose();
  });
});
