// @vitest-environment happy-dom
import { act } from 'react';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';

import type { RunnerState } from '../../client/runner';
import type { Chunk, Run, User } from '../../protocol/wire';
import { FakeRunner } from '../../testing/fake-runner';
import { Output } from './Output';
import type { OutputRoom } from './Output';
import { button, enter, mount, one } from '../../../tests/support/ui';

const ada: User = { id: 'a', name: 'Ada', color: '#112233', role: 'interviewer' };
const grace: User = { id: 'g', name: 'Grace', color: '#445566', role: 'candidate' };
const participants = new Map([ada, grace].map(user => [user.id, user]));

function run(id: string, fields: Partial<Run> = {}): Run {
  return {
    id,
    userId: 'g',
    language: 'python',
    code: `print("${id}")`,
    startedAt: 1_700_000_000_000,
    chunks: [{ stream: 'stdout', data: `output of ${id}\n` }],
    status: 'ok',
    error: null,
    durationMs: 120,
    trimmed: false,
    location: null,
    main: null,
    files: {},
    asks: null,
    ...fields
  };
}

function show(...runs: Run[]) {
  return <Output runs={runs} participants={participants} me={ada} />;
}

const HOSTILE = [
  '<script>window.hostile = true</script>',
  '<img src="x" onerror="window.hostile = true">',
  '<a href="javascript:alert(1)">x</a>'
].join('');

describe('the output', () => {
  it('names the author, program, place and end of a run', () => {
    const { root } = mount(show(run('one')));
    expect(one(root, '[role=status]').textContent).toBe('Finished in 0.12 s');
    expect(root.textContent).toContain('Ran in Grace’s browser');
    expect(root.textContent).toContain('Python');
    expect(root.querySelector('details pre')).toBeNull();
    act(() => {
      (one(root, 'details') as HTMLDetailsElement).open = true;
      one(root, 'details').dispatchEvent(new Event('toggle'));
    });
    expect(one(root, 'details pre').textContent).toBe('print("one")');
    expect(one(root, '[aria-label="Output of this run"]').textContent).toBe('output of one\n');
  });

  it('describes a run without output', () => {
    const { root } = mount(show(run('one', { chunks: [] })));
    expect(root.textContent).toContain('This run printed nothing.');
  });

  it('shows an error as text', () => {
    const { root } = mount(show(run('one', { status: 'error', error: `boom ${HOSTILE}` })));
    expect(one(root, '.arena-error').textContent).toBe(`boom ${HOSTILE}`);
    expect(root.querySelector('script, img, a')).toBeNull();
  });

  it('keeps a line together that stdout and stderr share', () => {
    const chunks: Chunk[] = [
      { stream: 'stdout', data: 'a ' },
      { stream: 'stderr', data: 'b\n' }
    ];
    const { root } = mount(show(run('one', { chunks })));
    expect(one(root, '.arena-run-output pre').textContent).toBe('a b\n');
    expect(one(root, '.arena-stderr').textContent).toBe('b\n');
  });
});

describe('earlier runs', () => {
  const select = (root: HTMLElement) => one(root, 'select') as HTMLSelectElement;
  const output = (root: HTMLElement) => one(root, '.arena-run-output').textContent;

  it('can be picked, and somebody else pressing Run does not take them away', async () => {
    const { root, show: rerender } = mount(show(run('one'), run('two')));
    expect(output(root)).toBe('output of two\n');
    await enter(select(root), 'one');
    expect(output(root)).toBe('output of one\n');
    rerender(show(run('one'), run('two'), run('three')));
    expect(output(root)).toBe('output of one\n');
    await enter(select(root), '');
    expect(output(root)).toBe('output of three\n');
  });

  it('give way to a run of one’s own', async () => {
    const { root, show: rerender } = mount(show(run('one'), run('two')));
    await enter(select(root), 'one');
    rerender(show(run('one'), run('two'), run('mine', { userId: 'a' })));
    expect(output(root)).toBe('output of mine\n');
    expect(root.textContent).toContain('Ran in your browser');
  });

  it('say when their output is no longer kept', () => {
    const { root } = mount(show(run('one', { chunks: [], trimmed: true })));
    expect(root.textContent).toContain('no longer kept');
    expect(root.textContent).not.toContain('printed nothing');
  });
});

describe('in a live room', () => {
  const done: unknown[] = [];
  let pad = new Y.Doc();
  const LINES = 'one\ntwo\nthree\nfour\nfive';
  const room: OutputRoom = {
    input: 'live',
    runnerOf: () => new FakeRunner(),
    mayRun: true,
    options: { keepState: false, stdin: '' },
    onOptions: options => done.push(options),
    onAnswer: text => done.push(text),
    onRunAgain: ({ code }) => done.push(code),
    get pad() {
      return pad;
    },
    rootOf: name => (name === 'gone.py' ? null : name),
    onGoTo: (place, root) => done.push([root, place])
  };
  const live = (last: Run, more: Partial<OutputRoom> = {}): HTMLElement => {
    done.length = 0;
    // The program has not changed since.
    pad = new Y.Doc();
    const main = last.main ?? (last.language === 'python' ? 'main.py' : 'main.ts');
    for (const [name, text] of Object.entries({ ...last.files, [main]: last.code })) {
      pad.getText(name).insert(0, text);
    }
    const props = { runs: [last], participants, me: ada, room: { ...room, ...more } };
    return mount(<Output {...props} />).root;
  };
  const press = (root: HTMLElement, name: string): void => act(() => button(root, name).click());

  it('an error leads to its places', () => {
    const error = 'File "main.py", line 3, in f\nFile "main.py", line 5\nZeroDivisionError';
    const root = live(
      run('one', { code: LINES, status: 'error', error, location: { line: 5, column: 4 } })
    );
    press(root, 'line 3');
    press(root, 'line 5');
    expect(done).toEqual([
      ['main.py', { line: 3, column: 0 }],
      ['main.py', { line: 5, column: 4 }]
    ]);
    expect(one(root, '.arena-error').textContent).toBe(error);
  });

  it('an error leads to where its line is now, or says that it is gone', () => {
    const error = 'File "main.py", line 3\nNameError';
    const root = live(run('one', { code: LINES, status: 'error', error }));
    const text = pad.getText('main.py');
    expect(root.textContent).not.toContain('has changed');
    act(() => text.insert(0, 'import math\n'));
    expect(root.textContent).toContain('The code has changed since.');
    press(root, 'line 3');
    expect(done).toEqual([['main.py', { line: 4, column: 0 }]]);
    act(() => text.delete(text.toJSON().indexOf('three'), 'three\n'.length));
    press(root, 'line 3');
    expect(done).toHaveLength(1);
    expect(root.textContent).toContain('Line 3 is gone.');
    act(() => {
      text.delete(0, text.length);
      text.insert(0, LINES);
    });
    expect(root.textContent).not.toContain('has changed');
  });

  it('a run has changed with any of its files', () => {
    const root = live(run('one', { files: { 'helper.py': 'x = 1' } }));
    const text = pad.getText('helper.py');
    act(() => {
      text.delete(4, 1);
      text.insert(4, '2');
    });
    expect(root.textContent).toContain('The code has changed since.');
    const gone = live(run('one', { files: { 'gone.py': '' } }));
    expect(gone.textContent).toContain('The code has changed since.');
    const relayed = live(run('one', { code: '' }));
    act(() => pad.getText('main.py').insert(0, 'x'));
    expect(relayed.textContent).not.toContain('has changed');
  });

  it('an error has links at its two ends, and none where it is hard to draw', () => {
    const error = 'main.py:1\n'.repeat(300);
    const links = (text: string): number =>
      live(run('one', { status: 'error', error: text })).querySelectorAll('.arena-error-link')
        .length;
    expect(links(error)).toBe(100);
    const hard = error + '\u05d0a'.repeat(2000);
    expect(links(hard)).toBe(0);
  });

  it('a place with a column leads to that', () => {
    const error = 'Error: x\n    at f (main.ts:2:9)\n    at an earlier run:1:1';
    const root = live(run('one', { code: LINES, language: 'typescript', status: 'error', error }));
    press(root, 'main.ts:2:9');
    expect(done).toEqual([['main.ts', { line: 2, column: 8 }]]);
    expect(root.querySelectorAll('.arena-error-link')).toHaveLength(1);
  });

  it('a place leads into the file that it names, if the session has it', () => {
    const error =
      'File "b c.py", line 1\nFile "c.py", line 2\nFile "gone.py", line 3\nFile "x.py", line 4\n' +
      'main.py:5 and xmain.py:6';
    const files = { 'c.py': LINES, 'b c.py': LINES, 'gone.py': LINES };
    const failed = run('one', { status: 'error', error, main: 'solution.py', files });
    const root = live({ ...failed, location: { line: 2, column: 7 } });
    expect(one(root, '.arena-error').textContent).toBe(error);
    expect([...root.querySelectorAll('.arena-error-link')].map(each => each.textContent)).toEqual([
      'line 1',
      'line 2'
    ]);
    press(root, 'line 1');
    press(root, 'line 2');
    expect(done).toEqual([
      ['b c.py', { line: 1, column: 0 }],
      ['c.py', { line: 2, column: 0 }]
    ]);
  });

  it('says how much of the language is still to come, to the person who runs', () => {
    class Slow extends FakeRunner {
      override readonly state: RunnerState = {
        ...{ phase: 'loading', label: 'Loading Python…' },
        ...{ progress: 0.25, size: 12_911_526 }
      };
    }
    const fields = { runnerOf: () => new Slow() };
    const mine = run('one', { userId: 'a', status: 'running', chunks: [] });
    expect(live(mine, fields).textContent).toContain('Loading Python… 3.2 of 12.9 MB');
    expect(live({ ...mine, userId: 'g' }, fields).textContent).not.toContain('Loading');
  });

  it('the author of a run answers its question, and everybody else waits', async () => {
    const asks = { status: 'running', asks: 'Name? ' } as const;
    const mine = live(run('one', { ...asks, userId: 'a' }));
    await enter(one(mine, 'input[aria-label="Answer to: Name?"]'), 'Ada');
    press(mine, 'Enter');
    press(mine, 'End of input');
    expect(done).toEqual(['Ada', null]);
    const theirs = live(run('one', asks));
    expect(theirs.querySelector('.arena-input-prompt')).toBeNull();
    expect(theirs.textContent).toContain('Waiting for Grace to answer');
  });

  it('one’s own run stays while it goes on, with a half-typed answer, and leads to the other', async () => {
    const mine = run('mine', { userId: 'a', status: 'running', asks: 'Name? ' });
    const props = (...runs: Run[]) => <Output {...{ runs, participants, me: ada, room }} />;
    const { root, show: rerender } = mount(props(mine));
    await enter(one(root, '.arena-input'), 'Gra');
    const field = (): HTMLInputElement => one(root, '.arena-input') as HTMLInputElement;
    const before = field();
    rerender(props(mine, run('two')));
    expect(field()).toBe(before);
    expect(field().value).toBe('Gra');
    expect(root.textContent).toContain('Grace ran the code too.');
    press(root, 'Show');
    expect(one(root, '.arena-run-output').textContent).toBe('output of two\n');
    expect(root.textContent).toContain('Your program waits for an answer.');
    press(root, 'Show');
    expect(field().value).toBe('Gra');
    // After its end it stays until somebody starts the next one.
    const ended = run('mine', { userId: 'a' });
    rerender(props(mine, run('two'), run('three')));
    rerender(props(ended, run('two'), run('three')));
    expect(one(root, '.arena-run-output').textContent).toBe('output of mine\n');
  });

  it('one’s own run that has ended gives way to the next run of another participant', () => {
    const props = (...runs: Run[]) => <Output {...{ runs, participants, me: ada, room }} />;
    const running = run('mine', { userId: 'a', status: 'running' });
    const ended = run('mine', { userId: 'a' });
    const { root, show: rerender } = mount(props(running));
    rerender(props(running, run('two')));
    rerender(props(ended, run('two')));
    const output = (): string | null => one(root, '.arena-run-output').textContent;
    expect(output()).toBe('output of mine\n');
    expect(root.textContent).toContain('Grace ran the code too.');
    rerender(props(ended, run('two'), run('three')));
    expect(output()).toBe('output of three\n');
  });

  it('a run of another participant can be repeated here', () => {
    const root = live(run('one'));
    press(root, 'Run it again in mine');
    expect(done).toEqual(['print("one")']);
    expect(live(run('one', { userId: 'a' })).textContent).not.toContain('again in mine');
    expect(live(run('one'), { mayRun: false }).textContent).not.toContain('again in mine');
  });

  it('a run whose files are no longer kept cannot be repeated', () => {
    const { textContent } = live(run('one', { files: null }));
    expect(textContent).toContain('no longer kept');
    expect(textContent).not.toContain('again in mine');
  });

  it('says where a browser cannot ask', () => {
    expect(live(run('one'), { input: 'beforehand' }).textContent).toContain('before you press Run');
    expect(live(run('one')).textContent).not.toContain('before you press Run');
    expect(live(run('one'), { input: 'none' }).querySelector('textarea')).toBeNull();
  });
});
