// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';

import type { Chunk, Run, User } from '../core/protocol';
import { Output } from './Output';
import { enter, mount, one } from '../../tests/ui/testing';

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
  it('says who ran what, where, and how it ended', () => {
    const { root } = mount(show(run('one')));
    expect(one(root, '[role=status]').textContent).toBe('Finished in 0.12 s');
    expect(root.textContent).toContain('Grace, in their browser');
    expect(root.textContent).toContain('Python');
    expect(one(root, 'details pre').textContent).toBe('print("one")');
    expect(one(root, '[aria-label="Output of this run"]').textContent).toBe('output of one\n');
  });

  it('says what a run without output was', () => {
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

  it('bounds what is on the page', () => {
    const chunks = Array.from({ length: 5000 }, (_, index): Chunk => ({
      stream: index % 2 === 0 ? 'stdout' : 'stderr',
      data: '.'
    }));
    const { root } = mount(show(run('one', { chunks })));
    expect(root.querySelectorAll('*').length).toBeLessThan(1000);
    expect(root.textContent).toContain('4600 earlier pieces');
  });
});

describe('output from hostile code', () => {
  it.each(['text/plain', 'text/markdown', 'text/latex', 'application/javascript'])(
    'is text when it is %s',
    mime => {
      const { root } = mount(show(run('one', { chunks: [{ mime, data: HOSTILE }] })));
      expect(one(root, '.arena-value').textContent).toBe(HOSTILE);
      expect(root.querySelector('script, img, a, iframe')).toBeNull();
    }
  );

  it.each(['text/html', 'image/svg+xml'])('stays in a frame without rights as %s', mime => {
    const { root } = mount(show(run('one', { chunks: [{ mime, data: HOSTILE }] })));
    const frame = one(root, 'iframe') as HTMLIFrameElement;
    expect(frame.getAttribute('sandbox')).toBe('');
    const source = frame.getAttribute('srcdoc') ?? '';
    expect(source.indexOf(`default-src 'none'`)).toBeGreaterThan(-1);
    expect(source.indexOf(`default-src 'none'`)).toBeLessThan(source.indexOf('<script>'));
    expect(root.querySelector('script, img, a')).toBeNull();
  });

  it('is a picture only where it is base64', () => {
    const good = run('one', { chunks: [{ mime: 'image/png', data: 'iVBORw0KGgo=\n' }] });
    const { root } = mount(show(good));
    expect(one(root, 'img').getAttribute('src')).toBe('data:image/png;base64,iVBORw0KGgo=');
    const data = 'x" onerror="window.hostile = true';
    const bad = mount(show(run('one', { chunks: [{ mime: 'image/png', data }] })));
    expect(bad.root.querySelector('img')).toBeNull();
    expect(one(bad.root, '.arena-value').textContent).toBe(data);
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
    expect(root.textContent).toContain('You, in your browser');
  });

  it('say when their output is no longer kept', () => {
    const { root } = mount(show(run('one', { chunks: [], trimmed: true })));
    expect(root.textContent).toContain('no longer kept');
    expect(root.textContent).not.toContain('printed nothing');
  });
});
