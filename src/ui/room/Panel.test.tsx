// @vitest-environment happy-dom
import { EditorView } from '@codemirror/view';
import { describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';

import { runnersBy } from '../../client/runner';
import { LocalConnection } from '../../connection/room/local';
import type { Role } from '../../protocol/wire';
import { ArenaSession } from '../../client/session';
import { FakeRunner } from '../../testing/fake-runner';
import { Relay } from '../../testing/relay';
import { user } from '../../testing/user';
import { Panel } from './Panel';
import { button, enter, mount, one, settle, until } from '../../../tests/support/ui';

/** A room whose participant has `role`, and the connection of its session. */
async function room(role: Role = 'candidate') {
  const relay = new Relay();
  relay.docs.pad.getText('code').insert(0, 'first\n');
  const line = relay.line(user('me', role));
  const runner = new FakeRunner();
  const session = new ArenaSession({
    connection: line,
    runners: runnersBy(() => runner)
  });
  const { root } = mount(<Panel session={session} />);
  await settle(() => {
    line.up();
    relay.settle();
  });
  const view = EditorView.findFromDOM(one(root, '.cm-editor'));
  if (!view) {
    throw new Error('expected an editor');
  }
  return { relay, line, runner, session, root, view };
}

const type = (view: EditorView, text: string): Promise<void> =>
  settle(() => view.dispatch({ changes: { from: 0, insert: text }, userEvent: 'input.type' }));

describe('a room', () => {
  it('shows the text, and says Saved only when the server has it', async () => {
    const { relay, root, view } = await room();
    expect(view.state.doc.toString()).toBe('first\n');
    await type(view, 'typed ');
    expect(one(root, '.arena-saved').textContent).toBe('Saving…');
    await settle(() => relay.settle());
    expect(relay.text).toBe('typed first\n');
    expect(one(root, '.arena-saved').textContent).toBe('Saved');
  });

  it('draws nothing again for a key but the word that it is saved', async () => {
    const { relay, root, session, view } = await room();
    const drawn = vi.spyOn(session, 'text');
    const saved = one(root, '.arena-saved');
    for (const key of 'abc') {
      await type(view, key);
      expect(saved.textContent).toBe('Saving…');
      await until(() => {
        relay.settle();
        return saved.textContent === 'Saved';
      });
    }
    expect(relay.text).toBe('cbafirst\n');
    expect(drawn).not.toHaveBeenCalled();
  });

  it('undoes one’s own typing only', async () => {
    const { relay, root, view } = await room();
    const other = relay.line(user('other'));
    const theirs = new ArenaSession({
      connection: other,
      runners: runnersBy(() => new FakeRunner())
    });
    await type(view, 'mine ');
    await settle(() => {
      other.up();
      relay.settle();
      theirs.code.insert(theirs.code.length, 'theirs');
      relay.settle();
    });
    expect(view.state.doc.toString()).toBe('mine first\ntheirs');
    await settle(() =>
      one(root, '.cm-content').dispatchEvent(
        new KeyboardEvent('keydown', { key: 'z', ctrlKey: true, bubbles: true })
      )
    );
    expect(view.state.doc.toString()).toBe('first\ntheirs');
    theirs.dispose();
  });

  it('keeps every position right when others write \\r', async () => {
    const { relay, view } = await room();
    await settle(() => {
      relay.docs.pad.getText('code').insert(0, 'a\r\nb\rc\n');
      relay.lines[0]?.tellSync('pad', 1, Y.encodeStateAsUpdate(relay.docs.pad));
      relay.settle();
    });
    await settle(() => view.dispatch({ changes: { from: view.state.doc.length, insert: '>' } }));
    await settle(() => relay.settle());
    expect(view.state.doc.toString()).toBe(relay.text);
    expect(relay.text).toBe('a\r\nb\rc\nfirst\n>');
  });

  it('runs, streams, stops, and says so', async () => {
    const { runner, root } = await room();
    await settle(() => button(root, 'Run').click());
    expect(runner.requests[0]?.code).toBe('first\n');
    expect(one(root, '.arena-run-status').textContent).toBe('Running…');
    await settle(() => runner.print({ stream: 'stdout', data: 'half way' }));
    expect(one(root, '.arena-run-output').textContent).toBe('half way');
    await settle(() => button(root, 'Stop').click());
    expect(one(root, '.arena-run-status').textContent).toContain('Stopped');
    expect(button(root, 'Run').disabled).toBe(false);
  });

  it('runs by Mod-Enter, without a new line', async () => {
    const { runner, root, view } = await room();
    await settle(() =>
      one(root, '.cm-content').dispatchEvent(
        new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true, bubbles: true })
      )
    );
    expect(runner.requests).toHaveLength(1);
    expect(view.state.doc.toString()).toBe('first\n');
  });

  it('changes the language for everybody', async () => {
    const { relay, root } = await room();
    await enter(one(root, 'select[aria-label=Language]'), 'python');
    await settle(() => relay.settle());
    expect(relay.state.language).toBe('python');
  });

  it('shows the present participants', async () => {
    const { relay, root } = await room();
    const other = relay.line(user('other', 'observer'));
    other.open({ onStatus: () => undefined, onMessage: () => undefined });
    await settle(() => {
      other.up();
      relay.settle();
    });
    const people = [...root.querySelectorAll('.arena-people li')].map(each => each.textContent);
    expect(people).toEqual(['NMName of meCandidate (you)', 'NOName of otherObserver']);
  });
});

describe('a room without a connection', () => {
  it('lets people type on, and tries again when they say so', async () => {
    const { relay, line, root, view } = await room();
    await settle(() => line.down());
    expect(one(root, '.arena-saved').textContent).toBe('Offline – typing goes on');
    expect(root.textContent).toContain('The connection is lost.');
    await type(view, 'offline ');
    await settle(() => button(root, 'Try now').click());
    expect(line.retries).toBe(1);
    await settle(() => {
      line.up();
      relay.settle();
    });
    expect(relay.text).toBe('offline first\n');
    expect(one(root, '.arena-saved').textContent).toBe('Saved');
    expect(root.textContent).not.toContain('The connection is lost.');
  });

  it('shows the refusal of the server, until it is dismissed', async () => {
    const { relay, root } = await room();
    relay.refusal = 'not now';
    await enter(one(root, 'select[aria-label=Language]'), 'python');
    await settle(() => relay.settle());
    expect(one(root, '.arena-banners').textContent).toContain('Not now');
    await settle(() => button(root, 'Dismiss').click());
    expect(one(root, '.arena-banners').textContent).toBe('');
  });

  it('says that there is no server where there is none', async () => {
    const runner = new FakeRunner();
    const session = new ArenaSession({
      connection: new LocalConnection({ userName: 'Ada' }),
      runners: runnersBy(() => runner)
    });
    const { root } = mount(<Panel session={session} />);
    await settle();
    expect(one(root, '.arena-saved').textContent).toBe('Only in this browser');
    expect(root.textContent).not.toContain('Share');
    await settle(() => session.dispose());
  });
});

describe('a read-only room', () => {
  const readOnly = (root: HTMLElement) => one(root, '.cm-content').getAttribute('aria-readonly');

  it('takes no typing, no undo and no run from an observer', async () => {
    const { root, view, runner } = await room('observer');
    expect(readOnly(root)).toBe('true');
    expect(view.state.readOnly).toBe(true);
    expect(button(root, 'Run').disabled).toBe(true);
    expect((one(root, 'select[aria-label=Language]') as HTMLSelectElement).disabled).toBe(true);
    await settle(() =>
      one(root, '.cm-content').dispatchEvent(
        new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true, bubbles: true })
      )
    );
    expect(runner.requests).toHaveLength(0);
  });

  it('locks and unlocks a candidate, whose undo rests meanwhile', async () => {
    const { relay, root, view } = await room();
    await type(view, 'mine ');
    await settle(() => relay.settle());
    const lock = (locked: boolean): Promise<void> =>
      settle(() => {
        relay.log({ type: 'session-locked', payload: { userId: null, locked } });
        relay.settle();
      });
    await lock(true);
    expect(readOnly(root)).toBe('true');
    expect(root.textContent).toContain('The interviewer has locked the editor.');
    await settle(() =>
      one(root, '.cm-content').dispatchEvent(
        new KeyboardEvent('keydown', { key: 'z', ctrlKey: true, bubbles: true })
      )
    );
    expect(view.state.doc.toString()).toBe('mine first\n');
    await lock(false);
    expect(readOnly(root)).toBe('false');
  });

  it('stays readable when the session ends', async () => {
    const { line, root, view } = await room();
    await settle(() => line.end('ended'));
    expect(root.textContent).toContain('This interview has ended.');
    expect(view.state.doc.toString()).toBe('first\n');
    expect(readOnly(root)).toBe('true');
    expect(button(root, 'Run').disabled).toBe(true);
  });
});

describe('text that the server did not store', () => {
  it('is named while the server cannot store', async () => {
    const { relay, line, root } = await room();
    await settle(() => {
      line.tell({ type: 'storage', payload: { ok: false } });
      relay.settle();
    });
    expect(one(root, '.arena-saved').textContent).toBe('Not stored');
    expect(one(root, '.arena-banner').textContent).toContain('Keep this page open');
    await settle(() => {
      line.tell({ type: 'storage', payload: { ok: true } });
      relay.settle();
    });
    expect(one(root, '.arena-saved').textContent).toBe('Saved');
    expect(root.querySelector('.arena-banner')).toBeNull();
  });

  it('is offered for copying when the session is gone, until it is dismissed', async () => {
    const { line, root, view } = await room();
    await type(view, 'typed ');
    await settle(() => line.end('refused'));
    expect(one(root, '[role=alert]').textContent).toBe(
      'This session is gone. Here is what you typed.'
    );
    expect((one(root, 'textarea') as HTMLTextAreaElement).value).toBe('typed first\n');
    await settle(() => button(root, 'Done: forget this text').click());
    expect(root.querySelector('textarea')).toBeNull();
  });

  it('can be shortened where it is too long, and tried again', async () => {
    const { line, root, view } = await room();
    await type(view, 'typed ');
    await settle(() => line.end('full'));
    expect(view.state.readOnly).toBe(false);
    expect(root.textContent).toContain('Delete some of it');
    await settle(() => button(root, 'Try again').click());
    expect(line.retries).toBe(1);
  });

  it('holds the page back only if it would be lost', async () => {
    const { relay, root, view } = await room();
    const leaving = (): boolean =>
      window.dispatchEvent(new Event('beforeunload', { cancelable: true }));
    expect(leaving()).toBe(true);
    await type(view, 'typed ');
    expect(one(root, '.arena-saved').textContent).toBe('Saving…');
    expect(leaving()).toBe(false);
    await settle(() => relay.settle());
    expect(leaving()).toBe(true);
  });
});
