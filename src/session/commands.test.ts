import { describe, expect, it } from 'vitest';
import { Refusal, decide } from './commands';
import { fold, stateFrom } from './fold';
import type { SessionState } from './state';
import { LIMITS } from '../protocol/wire';
import type { ClientEvent, Role } from '../protocol/wire';
import { user } from '../testing/user';

const EMPTY = stateFrom({
  session: {
    ...{ id: 's', createdAt: '', code: '', language: 'javascript', title: '', question: '' },
    ...{ status: 'open', url: '' }
  },
  user: user('ann'),
  users: [],
  participants: [],
  files: [{ name: 'main.js', root: 'code' }],
  main: 'code',
  runs: [],
  seq: 0
});

/** The session after `events` of one participant each. */
function after(...events: [string, ClientEvent][]): SessionState {
  return events.reduce((state, [name, event]) => {
    const logged = { ...decide(state, user(name), event, 'code/1'), seq: state.seq + 1, at: 1 };
    return fold(state, logged);
  }, EMPTY);
}

/** The message of the refusal; null where `event` is allowed. */
function refused(
  state: SessionState,
  event: ClientEvent,
  name = 'bob',
  role: Role = 'candidate'
): string | null {
  try {
    decide(state, user(name, role), event, 'code/1');
    return null;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

const start: ClientEvent = {
  type: 'execute-code',
  payload: { runId: 'r', language: 'python', code: '1' }
};
const output = (data: string): ClientEvent => {
  return {
    type: 'execution-output',
    payload: { runId: 'r', chunks: [{ stream: 'stdout', data }] }
  };
};
const result = (runId?: string): ClientEvent => {
  return { type: 'execution-result', payload: { error: null, ...(runId && { runId }) } };
};
const ask: ClientEvent = { type: 'input-request', payload: { runId: 'r', prompt: '? ' } };
const reply: ClientEvent = { type: 'input-reply', payload: { runId: 'r', text: 'yes' } };

const NOT_OWN = 'denied: only who started a run reports on it';

describe('a run', () => {
  it('is begun once', () => {
    expect(refused(after(['bob', start]), start)).toBe('invalid: there is a run with this id');
  });

  it('gets an id where it has none', () => {
    const event: ClientEvent = { type: 'execute-code', payload: { language: 'sql', code: '' } };
    expect(decide(EMPTY, user('bob'), event, 'code/1')).toMatchObject({
      type: 'execute-code',
      payload: { userId: 'bob', runId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string }
    });
  });

  it('has files no longer than a text of the pad', () => {
    const code = 'x'.repeat(LIMITS.text);
    const payload = { language: 'sql', code, files: { 'a.sql': 'x' } } as const;
    expect(refused(EMPTY, { type: 'execute-code', payload })).toBe(
      'invalid: the files are too long to run'
    );
  });

  it.each([output('x'), result('r'), ask])('gets reports from its author only: $type', event => {
    const running = after(['bob', start]);
    expect(refused(running, event)).toBeNull();
    expect(refused(running, event, 'ann', 'interviewer')).toBe(NOT_OWN);
    expect(refused(running, event, 'bob', 'observer')).toBe(NOT_OWN);
    expect(refused({ ...running, status: 'locked' }, event)).toBeNull();
    expect(refused({ ...running, status: 'ended' }, event)).toBe(NOT_OWN);
  });

  it('has a limit on its output', () => {
    const data = 'x'.repeat(LIMITS.output);
    const full = after(['bob', start], ['bob', output(data)]);
    expect(refused(full, output('x'.repeat(LIMITS.chunk)))).toBeNull();
    expect(refused(full, output('x'.repeat(LIMITS.chunk + 1)))).toBe(
      "invalid: the run's output is at its limit"
    );
  });

  it('has a limit on the number of its chunks', () => {
    const dots = Array.from({ length: LIMITS.output / LIMITS.chunkCost }, (_, index) => {
      return { stream: index % 2 ? 'stdout' : 'stderr', data: '.' } as const;
    });
    const print = (chunks: typeof dots): ClientEvent => {
      return { type: 'execution-output', payload: { runId: 'r', chunks } };
    };
    const full = after(['bob', start], ['bob', print(dots)]);
    expect(full.runs[0]?.chunks).toHaveLength(dots.length);
    const most = LIMITS.chunk / LIMITS.chunkCost;
    expect(refused(full, print(dots.slice(0, most)))).toBeNull();
    expect(refused(full, print(dots.slice(0, most + 1)))).toBe(
      "invalid: the run's output is at its limit"
    );
    // Text of the same stream joins the last chunk.
    expect(refused(full, print(dots.map(() => ({ stream: 'stdout', data: '.' }))))).toBeNull();
  });

  it('has no empty chunks', () => {
    expect(refused(after(['bob', start]), output(''))).toBe(
      'invalid: a chunk of output has no text'
    );
  });

  it('asks one question at a time, while it runs', () => {
    const running = after(['bob', start]);
    expect(refused(running, reply)).toBe('invalid: the run asks for nothing');
    const asking = after(['bob', start], ['bob', ask]);
    expect(refused(asking, ask)).toBe('invalid: the run has a question open: one at a time');
    expect(refused(asking, reply, 'ann')).toBe(NOT_OWN);
    expect(refused(asking, reply)).toBeNull();
    const ended = after(['bob', start], ['bob', result('r')]);
    expect(refused(ended, ask)).toBe('invalid: the run has ended');
  });

  it('that is unknown accepts only a result, under another id', () => {
    expect(refused(EMPTY, output('x'))).toBe('invalid: there is no such run');
    const { payload } = decide(EMPTY, user('bob'), result('r'), 'code/1');
    expect(payload).not.toMatchObject({ runId: 'r' });
    expect(refused(EMPTY, result('r'), 'bob', 'observer')).toMatch(/^denied/);
  });

  it('is the latest of its author if the result names none', () => {
    const running = after(['bob', start]);
    expect(decide(running, user('bob'), result(), 'code/1')).toMatchObject({
      payload: { runId: 'r' }
    });
    expect(decide(running, user('ann'), result(), 'code/1').payload).not.toMatchObject({
      runId: 'r'
    });
  });
});

describe('a refusal', () => {
  it('gives the reason, for people', () => {
    const event: ClientEvent = { type: 'file-delete', payload: { name: 'main.js' } };
    expect(refused(EMPTY, event)).toMatch(/^invalid: the main file cannot be deleted/);
    expect(refused({ ...EMPTY, status: 'locked' }, event)).toBe(
      'denied: the session is locked: you may not write in the pad now'
    );
    expect(refused(EMPTY, { type: 'leave-session', payload: {} })).toBe(
      'invalid: leave-session is not something to ask for here'
    );
  });
});
