/** Optimistic updates: the expected log event for an own event, before the server answers. */
import type { ClientEvent, LoggedEvent } from '../protocol/wire';

/**
 * The log event for our own `event`, with `seq` 0; null where only the server can tell. `at` is in UTC
 * milliseconds, by our own clock.
 */
export function optimistic(event: ClientEvent, userId: string, at: number): LoggedEvent | null {
  switch (event.type) {
    case 'language-change':
      return { type: 'language-updated', payload: { userId, ...event.payload }, seq: 0, at };
    case 'question-change':
      return { type: 'question-changed', payload: { userId, ...event.payload }, seq: 0, at };
    case 'execute-code': {
      const { runId } = event.payload;
      if (runId === undefined) return null;
      return { type: 'execute-code', payload: { ...event.payload, runId, userId }, seq: 0, at };
    }
    case 'execution-output':
      return { type: 'execution-output', payload: { userId, ...event.payload }, seq: 0, at };
    case 'execution-result': {
      const { runId, output = '', error, durationMs = null, location } = event.payload;
      const status = event.payload.status ?? (error === null ? 'ok' : 'error');
      if (runId === undefined) return null;
      return {
        type: 'execution-result',
        payload: {
          ...{ userId, runId, output, error, durationMs, status },
          ...(location && { location })
        },
        seq: 0,
        at
      };
    }
    case 'input-request':
      return { type: 'input-request', payload: { userId, ...event.payload }, seq: 0, at };
    case 'input-reply':
      return { type: 'input-reply', payload: { userId, ...event.payload }, seq: 0, at };
    default:
      return null;
  }
}
