/** The fold: states after events. */
import { describe, expect, it } from 'vitest';
import { fold, stateFrom } from './fold';
import { withRoster } from './state';
import type { SessionState } from './state';
import { LIMITS } from '../protocol/wire';
import type { Chunk, LoggedEvent, LoggedEvents, Run, SessionStateEvent } from '../protocol/wire';
import { user } from '../testing/user';

const snapshot: SessionStateEvent = {
  session: {
    id: 's',
    createdAt: '2026-01-01T00:00:00Z',
    code: '',
    language: 'javascript',
    title: 'Title',
    question: 'Why?',
    status: 'open',
    url: 'http://x/'
  },
  user: user('ann', 'interviewer'),
  users: [user('ann', 'interviewer'), user('bob')],
  participants: [user('ann', 'interviewer'), user('bob'), user('gone')],
  files: [{ name: 'main.js', root: 'code' }],
  main: 'code',
  runs: [],
  seq: 10
};

type Step = { [T in keyof LoggedEvents]: [T, LoggedEvents[T]] }[keyof LoggedEvents];

function after(...steps: Step[]): SessionState {
  return steps.reduce(
    (state, [type, payload], index) =>
      fold(state, { type, payload, seq: 11 + index, at: 5000 + index } as LoggedEvent),
    stateFrom(snapshot)
  );
}

const start = (runId: string, userId = 'bob'): Step => [
  'execute-code',
  { userId, runId, language: 'python', code: `# ${runId}` }
];
const output = (runId: string, ...chunks: Chunk[]): Step => [
  'execution-output',
  { userId: 'bob', runId, chunks }
];
const result = (runId: string, text = ''): Step => [
  'execution-result',
  { userId: 'bob', runId, output: text, error: null, durationMs: 12, status: 'ok' }
];
const out = (data: string): Chunk => ({ stream: 'stdout', data });
const err = (data: string): Chunk => ({ stream: 'stderr', data });

function runOf(state: SessionState, id: string): Run {
  const run = state.runs.find(each => each.id === id);
  if (!run) throw new Error(`no run ${id}`);
  return run;
}

describe('people', () => {
  it('knows the present and all former participants', () => {
    const state = after(
      ['participant-joined', { userId: 'cy', username: 'Cy', color: '#000000', role: 'observer' }],
      ['participant-left', { userId: 'bob' }]
    );
    expect([...state.present]).toEqual(['ann', 'cy']);
    expect([...state.participants.keys()]).toEqual(['ann', 'bob', 'gone', 'cy']);
    expect(state.participants.get('cy')?.name).toBe('Cy');
  });

  it('applies a new role, and a roster', () => {
    const state = after(['role-changed', { userId: 'bob', role: 'observer' }]);
    expect(state.participants.get('bob')?.role).toBe('observer');
    const alone = withRoster(state, [{ ...user('bob'), name: 'Bobby' }]);
    expect([...alone.present]).toEqual(['bob']);
    expect(alone.participants.get('bob')?.name).toBe('Bobby');
    expect(alone.participants.has('gone')).toBe(true);
  });
});

describe('language, title and status', () => {
  it('follows the events', () => {
    const state = after(
      ['language-updated', { userId: 'bob', language: 'python' }],
      ['title-updated', { userId: 'ann', title: 'New' }],
      ['session-locked', { userId: 'ann', locked: true }]
    );
    expect(state).toMatchObject({ language: 'python', title: 'New', status: 'locked', seq: 13 });
  });

  it('stays ended', () => {
    const state = after(
      ['session-ended', { userId: 'ann' }],
      ['session-locked', { userId: 'ann', locked: false }]
    );
    expect(state.status).toBe('ended');
  });

  it('applies no entry twice', () => {
    const old = { type: 'title-updated', payload: { userId: null, title: 'Old' } } as const;
    const state = stateFrom(snapshot);
    expect(fold(state, { ...old, seq: 10, at: 0 })).toBe(state);
    expect(fold(state, { ...old, seq: 0, at: 0 }).title).toBe('Old');
  });
});

describe('runs', () => {
  it('go from started, through output, to a result', () => {
    expect(runOf(after(start('r')), 'r')).toEqual({
      id: 'r',
      userId: 'bob',
      language: 'python',
      code: '# r',
      startedAt: 5000,
      chunks: [],
      status: 'running',
      error: null,
      durationMs: null,
      trimmed: false,
      location: null,
      main: null,
      files: {},
      asks: null
    });
    const ended = after(start('r'), output('r', out('a')), result('r', 'ignored'));
    expect(runOf(ended, 'r')).toMatchObject({ status: 'ok', durationMs: 12, chunks: [out('a')] });
  });

  it('join text of one stream, and keep the order of different streams', () => {
    const image: Chunk = { mime: 'image/png', data: 'AAAA' };
    const state = after(
      start('r'),
      output('r', out('a'), out('b')),
      output('r', out('c'), err('!'), image, image, out('d'))
    );
    expect(runOf(state, 'r').chunks).toEqual([out('abc'), err('!'), image, image, out('d')]);
  });

  it('start once per id, and stay ended', () => {
    const state = after(
      start('r'),
      result('r'),
      start('r', 'ann'),
      output('r', out('late')),
      output('unknown', out('x'))
    );
    expect(state.runs).toHaveLength(1);
    expect(runOf(state, 'r')).toMatchObject({ userId: 'bob', status: 'ok', chunks: [] });
  });

  it('are lost with their author, and found when they go on', () => {
    const lost = after(start('r'), start('other', 'ann'), ['participant-left', { userId: 'bob' }]);
    expect(runOf(lost, 'r').status).toBe('lost');
    expect(runOf(lost, 'other').status).toBe('running');
    const found = fold(lost, {
      type: 'execution-output',
      payload: { userId: 'bob', runId: 'r', chunks: [out('x')] },
      seq: 99,
      at: 0
    });
    expect(runOf(found, 'r').status).toBe('running');
  });

  it('show the output of a bot that sends all of it at the end, for a known or unknown run', () => {
    expect(runOf(after(start('r'), result('r', 'text')), 'r').chunks).toEqual([out('text')]);
    expect(runOf(after(result('alone', 'text')), 'alone')).toMatchObject({
      chunks: [out('text')],
      status: 'ok',
      code: '',
      language: 'javascript'
    });
  });

  it('are dropped beyond the newest few', () => {
    const steps = Array.from({ length: LIMITS.runs + 3 }, (_, index) => start(`r${index}`));
    const state = after(...steps);
    expect(state.runs).toHaveLength(LIMITS.runs);
    expect(state.runs[0]?.id).toBe('r3');
    expect(state.runs.at(-1)?.id).toBe(`r${LIMITS.runs + 2}`);
  });

  it('lose the output of the oldest when the total exceeds the limit', () => {
    const half = out('x'.repeat(LIMITS.outputKept / 2));
    const full = after(start('a'), output('a', half), start('b'), output('b', half));
    expect(runOf(full, 'a').trimmed).toBe(false);
    const over = after(
      start('a'),
      output('a', half),
      start('b'),
      output('b', half),
      start('c'),
      output('c', out('y'))
    );
    expect(runOf(over, 'a')).toMatchObject({ trimmed: true, chunks: [] });
    expect(runOf(over, 'b')).toMatchObject({ trimmed: false });
    expect(runOf(over, 'c').chunks).toEqual([out('y')]);
  });

  it('lose the output of the oldest when all have too many chunks', () => {
    const dots = (count: number) =>
      Array.from({ length: count }, (_, index) => (index % 2 ? out('.') : err('.')));
    const half = LIMITS.outputKept / LIMITS.chunkCost / 2;
    const full = after(
      start('a'),
      output('a', ...dots(half)),
      start('b'),
      output('b', ...dots(half))
    );
    expect(runOf(full, 'a').chunks).toHaveLength(half);
    const over = fold(full, {
      type: 'execution-output',
      payload: { userId: 'bob', runId: 'b', chunks: [err('.')] },
      seq: 99,
      at: 0
    });
    expect(runOf(over, 'a')).toMatchObject({ trimmed: true, chunks: [] });
    expect(runOf(over, 'b').chunks).toHaveLength(half + 1);
  });

  it('keep their files; the oldest lose them when the total exceeds the limit', () => {
    const half = { 'b.py': 'x'.repeat(LIMITS.filesKept / 2) };
    const of = (runId: string, files: Readonly<Record<string, string>>): Step => [
      'execute-code',
      { userId: 'bob', runId, language: 'python', code: '', main: 'a.py', files }
    ];
    const full = after(of('a', half), of('b', half));
    expect(runOf(full, 'a')).toMatchObject({ main: 'a.py', files: half });
    const over = after(of('a', half), of('b', half), of('c', { 'c.py': 'y' }));
    expect(runOf(over, 'a').files).toBeNull();
    expect(runOf(over, 'b').files).toEqual(half);
    expect(runOf(over, 'c').files).toEqual({ 'c.py': 'y' });
  });

  it('are dropped, the oldest first, when the total of code and errors exceeds the limit', () => {
    const half = 'x'.repeat(LIMITS.codeKept / 2);
    const of = (runId: string, code: string): Step => [
      'execute-code',
      { userId: 'bob', runId, language: 'python', code }
    ];
    const steps = [of('a', half), of('b', half), of('c', 'y')];
    expect(after(...steps).runs.map(run => run.id)).toEqual(['b', 'c']);
    const ended: Step = [
      'execution-result',
      { userId: 'bob', runId: 'c', output: '', error: half, durationMs: null, status: 'error' }
    ];
    expect(after(...steps, ended).runs.map(run => run.id)).toEqual(['c']);
    const whole = of('d', `${half}${half}z`);
    expect(after(...steps, whole).runs.map(run => run.id)).toEqual(['d']);
  });
});
