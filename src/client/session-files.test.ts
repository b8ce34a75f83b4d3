/** The files of a session, for all its participants. */
import { describe, expect, it } from 'vitest';
import { LocalConnection } from '../connection/room/local';
import { LANGUAGES } from '../protocol/wire';
import { ArenaSession } from './session';
import { FakeRunner } from '../testing/fake-runner';
import { Relay } from '../testing/relay';
import { user } from '../testing/user';
import type { Line } from '../testing/line';
import type { Runners } from './runner';

const runner = new FakeRunner();
const runners = Object.fromEntries(LANGUAGES.map(each => [each, runner])) as unknown as Runners;

function enter(relay: Relay, who = user('ann', 'interviewer')): [ArenaSession, Line] {
  const line = relay.line(who);
  const session = new ArenaSession({ connection: line, runners });
  line.up();
  relay.settle();
  return [session, line];
}

const pass = (): Promise<void> => new Promise(resolve => setTimeout(resolve));

function names(session: ArenaSession): string[] {
  return session.snapshot.state?.files.map(file => file.name) ?? [];
}

function rootOf(session: ArenaSession, name: string): string {
  const file = session.snapshot.state?.files.find(each => each.name === name);
  if (!file) throw new Error(`there is no ${name}`);
  return file.root;
}

describe('files of a session', () => {
  it('come, change their names and go, for everybody', () => {
    const relay = new Relay();
    const [ann] = enter(relay);
    const [bob] = enter(relay, user('bob'));
    ann.addFile('other.js');
    relay.settle();
    expect(names(bob)).toEqual(['main.js', 'other.js']);
    const root = rootOf(ann, 'other.js');
    bob.text(root).insert(0, 'in the other');
    ann.text('code').insert(0, 'in the first');
    bob.renameFile('other.js', 'more.js');
    relay.settle();
    expect(names(ann)).toEqual(['main.js', 'more.js']);
    expect(ann.text(rootOf(ann, 'more.js')).toJSON()).toBe('in the other');
    expect(bob.text('code').toJSON()).toBe('in the first');
    ann.setMainFile('more.js');
    ann.deleteFile('main.js');
    relay.settle();
    expect(names(bob)).toEqual(['more.js']);
    expect(bob.snapshot.state?.main).toBe(root);
    expect(ann.snapshot.saving).toBe('saved');
  });

  it('are asked for offline and there once, after the connection is back', () => {
    const relay = new Relay();
    const [ann, line] = enter(relay);
    line.down();
    ann.addFile('other.js');
    expect(names(ann)).toEqual(['main.js']);
    line.up();
    line.deliverOne('up');
    line.down();
    line.up();
    relay.settle();
    expect(names(ann)).toEqual(['main.js', 'other.js']);
    expect(ann.snapshot.saving).toBe('saved');
  });

  it('have one name each: the second one is refused with a notice', () => {
    const relay = new Relay();
    const [ann] = enter(relay);
    const [bob] = enter(relay, user('bob'));
    ann.addFile('other.js');
    bob.addFile('Other.js');
    relay.settle();
    expect(names(bob)).toEqual(['main.js', 'other.js']);
    expect(bob.snapshot.notice).toBe('there is a file with this name');
    expect(ann.snapshot.notice).toBeNull();
  });

  it('stay as they are to observers and while the session is locked', () => {
    const relay = new Relay();
    const [oz] = enter(relay, user('oz', 'observer'));
    oz.addFile('a.js');
    const [bob] = enter(relay, user('bob'));
    relay.log({ type: 'session-locked', payload: { userId: 'ann', locked: true } });
    relay.settle();
    bob.addFile('a.js');
    bob.renameFile('main.js', 'a.js');
    relay.settle();
    expect(names(bob)).toEqual(['main.js']);
  });

  it('all go into a run, the main one as its program', async () => {
    const relay = new Relay();
    const [ann] = enter(relay);
    ann.code.insert(0, 'first');
    ann.run();
    expect(runner.requests.at(-1)).toMatchObject({ code: 'first', timeLimit: 30_000 });
    expect(runner.requests.at(-1)).not.toHaveProperty('files');
    ann.stop();
    ann.addFile('other.js');
    relay.settle();
    ann.text(rootOf(ann, 'other.js')).insert(0, 'other \ud800');
    ann.setMainFile('other.js');
    relay.settle();
    await pass();
    ann.run();
    const ran = { code: 'other \ufffd', files: { 'main.js': 'first' } };
    expect(runner.requests.at(-1)).toMatchObject(ran);
    relay.settle();
    const started = relay.events.findLast(event => event.type === 'execute-code');
    expect(started?.payload).toMatchObject(ran);
  });

  it('are there without a server, too', async () => {
    const session = new ArenaSession({ connection: new LocalConnection(), runners });
    await pass();
    session.addFile('other.js');
    session.addFile('a/b');
    await pass();
    expect(names(session)).toEqual(['main.js', 'other.js']);
    expect(session.snapshot.notice).toContain('slashes');
    session.dispose();
  });
});
