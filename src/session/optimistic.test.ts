/** Optimistic updates: the log event of an own event. */
import { describe, expect, it } from 'vitest';
import { optimistic } from './optimistic';

describe('optimistic', () => {
  it('is the event that the log will have', () => {
    const run = { type: 'execute-code', payload: { runId: 'r', language: 'python', code: 'x' } };
    expect(optimistic(run as Parameters<typeof optimistic>[0], 'bob', 7)).toEqual({
      type: 'execute-code',
      payload: { userId: 'bob', runId: 'r', language: 'python', code: 'x' },
      seq: 0,
      at: 7
    });
    const failed = { type: 'execution-result', payload: { runId: 'r', error: 'no' } } as const;
    expect(optimistic(failed, 'bob', 7)?.payload).toMatchObject({ status: 'error', output: '' });
    expect(optimistic({ type: 'leave-session', payload: {} }, 'bob', 7)).toBeNull();
  });
});
