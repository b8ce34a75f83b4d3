// @vitest-environment happy-dom
import { EditorView } from '@codemirror/view';
import { describe, expect, it, vi } from 'vitest';

import { LANGUAGES } from '../../protocol/wire';
import type { Role } from '../../protocol/wire';
import { ArenaSession } from '../../client/session';
import { FakeRunner } from '../../testing/fake-runner';
import { Relay } from '../../testing/relay';
import { user } from '../../testing/user';
import type { Runners } from '../../client/runner';
import { Panel } from '../room/Panel';
import { button, enter, mount, one, settle } from '../../../tests/support/ui';

const runner = new FakeRunner();
const runners = Object.fromEntries(LANGUAGES.map(each => [each, runner])) as unknown as Runners;

/** A room, and the session of a second participant. */
async function room(role: Role = 'candidate', ...names: string[]) {
  const relay = new Relay();
  const line = relay.line(user('me', role));
  const session = new ArenaSession({ connection: line, runners });
  const otherLine = relay.line(user('ann', 'interviewer'));
  const other = new ArenaSession({ connection: otherLine, runners });
  const { root } = mount(<Panel session={session} />);
  const all = (what: () => unknown = () => undefined): Promise<void> =>
    settle(() => {
      what();
      relay.settle();
    });
  await all(() => {
    line.up();
    otherLine.up();
  });
  for (const name of names) {
    await all(() => other.addFile(name));
  }
  return { relay, session, other, root, all };
}

type Here = Awaited<ReturnType<typeof room>>;

function tabs(root: HTMLElement): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>('[role=tab]')];
}

function names(root: HTMLElement): (string | undefined)[] {
  return tabs(root).map(tab => tab.querySelector('.arena-tab-name')?.textContent);
}

function tab(root: HTMLElement, name: string): HTMLElement {
  const found = tabs(root).find(
    each => each.querySelector('.arena-tab-name')?.textContent === name
  );
  if (!found) {
    throw new Error(`expected a tab ${name} in ${names(root).join(', ')}`);
  }
  return found;
}

function shown(root: HTMLElement): string | undefined {
  return tabs(root).find(each => each.getAttribute('aria-selected') === 'true')?.textContent;
}

function view(root: HTMLElement): EditorView {
  const found = EditorView.findFromDOM(one(root, '.cm-editor'));
  if (!found) {
    throw new Error('expected an editor');
  }
  return found;
}

const press = ({ all }: Here, where: HTMLElement, key: string, ctrlKey = false): Promise<void> =>
  all(() =>
    where.dispatchEvent(
      new KeyboardEvent('keydown', { key, ctrlKey, bubbles: true, cancelable: true })
    )
  );

const submit = ({ all, root }: Here): Promise<void> =>
  all(() =>
    one(root, '.arena-file-name').dispatchEvent(
      new Event('submit', { bubbles: true, cancelable: true })
    )
  );

const type = ({ all, root }: Here, text: string): Promise<void> =>
  all(() => view(root).dispatch({ changes: { from: 0, insert: text }, userEvent: 'input.type' }));

const showMe = ({ all, root }: Here, name: string): Promise<void> =>
  all(() => tab(root, name).click());

describe('the file tabs', () => {
  it('are one name and a plus, as long as there is one', async () => {
    const { root } = await room();
    expect(names(root)).toEqual(['main.js']);
    expect(button(root, 'Add a file').textContent).toBe('+');
    expect(root.querySelector('.arena-files .arena-menu')).toBeNull();
  });

  it('get one more, which is then shown and typed into', async () => {
    const here = await room();
    const { root, other, all } = here;
    await type(here, 'first');
    await all(() => button(root, 'Add a file').click());
    await enter(one(root, '.arena-file-name input'), 'other.js');
    await submit(here);
    expect(names(root)).toEqual(['main.js', 'other.js']);
    expect(shown(root)).toBe('other.js');
    await type(here, 'second');
    const file = other.snapshot.state?.files[1];
    expect(other.text(file?.root ?? '').toJSON()).toBe('second');
    expect(other.code.toJSON()).toBe('first');
  });

  it('show the error in a name, and accept a valid name', async () => {
    const here = await room('candidate', 'other.js');
    const { root, all } = here;
    await all(() => button(root, 'Add a file').click());
    for (const bad of ['a/b', 'OTHER.js', '']) {
      await enter(one(root, '.arena-file-name input'), bad);
      await submit(here);
      if (bad !== '') {
        expect(one(root, '.arena-file-name [role=alert]').textContent).not.toBe('');
        expect(names(root)).toEqual(['main.js', 'other.js']);
      }
    }
    expect(root.querySelector('.arena-file-name')).toBeNull();
    expect(names(root)).toEqual(['main.js', 'other.js']);
  });

  it('are reached by arrows, renamed by F2, and deleted by Delete, but not the main one', async () => {
    const here = await room('candidate', 'b.js', 'c.js');
    const { root, other } = here;
    await press(here, tab(root, 'main.js'), 'ArrowLeft');
    expect(shown(root)).toBe('c.js');
    expect(document.activeElement).toBe(tab(root, 'c.js'));
    await press(here, tab(root, 'c.js'), 'ArrowRight');
    expect(shown(root)).toBe('main.js');
    await press(here, tab(root, 'main.js'), 'Delete');
    expect(root.querySelector('dialog')).toBeNull();
    await press(here, tab(root, 'main.js'), 'End');
    await press(here, tab(root, 'c.js'), 'F2');
    await enter(one(root, '.arena-file-name input'), 'd.js');
    await submit(here);
    expect(other.snapshot.state?.files.map(file => file.name)).toEqual(['main.js', 'b.js', 'd.js']);
    await press(here, tab(root, 'd.js'), 'Delete');
    expect(one(root, 'dialog').textContent).toContain('d.js');
    await here.all(() => button(root, 'Delete file').click());
    expect(names(root)).toEqual(['main.js', 'b.js']);
    expect(shown(root)).toBe('main.js');
  });

  it('leave the text of a file that somebody deletes to its reader, to copy and not to type in', async () => {
    const here = await room('candidate', 'b.js');
    const { root } = here;
    await type(here, 'in main');
    await showMe(here, 'b.js');
    await type(here, 'all that I wrote');
    await here.all(() => here.other.deleteFile('b.js'));
    expect(names(root)).toEqual(['main.js']);
    expect(one(root, '[role=alert]').textContent).toContain('b.js was deleted.');
    expect(view(root).state.doc.toString()).toBe('all that I wrote');
    expect(view(root).state.readOnly).toBe(true);
    await here.all(() => button(root, 'Show main.js').click());
    expect(shown(root)).toBe('main.js');
    expect(view(root).state.doc.toString()).toBe('in main');
    expect(view(root).state.readOnly).toBe(false);
    expect(root.querySelector('[role=alert]')).toBeNull();
  });

  it('keep an undo history each', async () => {
    const here = await room('candidate', 'b.js');
    const { root } = here;
    await type(here, 'in main');
    await showMe(here, 'b.js');
    await type(here, 'in b');
    await showMe(here, 'main.js');
    await press(here, view(root).contentDOM, 'z', true);
    expect(view(root).state.doc.toString()).toBe('');
    await showMe(here, 'b.js');
    expect(view(root).state.doc.toString()).toBe('in b');
    await press(here, view(root).contentDOM, 'z', true);
    expect(view(root).state.doc.toString()).toBe('');
  });

  it('show the file of each participant by a dot', async () => {
    const here = await room('candidate', 'b.js');
    const { root, other, all } = here;
    const file = other.snapshot.state?.files[1];
    const at = { type: null, tname: file?.root, item: null, assoc: 0 };
    await all(() => other.awareness.setLocalStateField('cursor', { anchor: at, head: at }));
    // Cursor moves within a short time are sent in one frame.
    await vi.waitFor(async () => {
      await all();
      expect(tabs(root).map(each => each.querySelectorAll('.arena-dot').length)).toEqual([0, 1]);
    });
    expect(one(root, '.arena-tab .arena-dot').title).toBe('Name of ann is here');
    expect(root.querySelectorAll('.arena-remote-label')).toHaveLength(0);
    await showMe(here, 'b.js');
    const { cursor } = here.session.awareness.getLocalState() as { cursor: { head: object } };
    expect(cursor.head).toMatchObject({ tname: file?.root });
  });

  it('make another file the main file', async () => {
    const here = await room('candidate', 'b.js');
    const { root, all } = here;
    await showMe(here, 'b.js');
    await type(here, 'run me');
    await all(() => button(one(root, '.arena-files'), 'File').click());
    await all(() => button(root, 'Make it the main file').click());
    await all(() => button(root, 'Run').click());
    expect(runner.requests.at(-1)).toMatchObject({ code: 'run me', files: { 'main.js': '' } });
  });

  it.each(['observer', 'candidate'] as const)(
    'cannot be changed by a locked out %s',
    async role => {
      const here = await room(role, 'b.js');
      const { root, relay, all } = here;
      await all(() =>
        relay.log({ type: 'session-locked', payload: { userId: 'ann', locked: true } })
      );
      await showMe(here, 'b.js');
      expect(shown(root)).toBe('b.js');
      for (const key of ['F2', 'Delete']) {
        await press(here, tab(root, 'b.js'), key);
      }
      expect(root.querySelector('.arena-file-name, dialog, .arena-add')).toBeNull();
    }
  );
});
