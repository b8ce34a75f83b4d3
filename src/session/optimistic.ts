/** Optimistic updates: the log entry that an event of our own will become, before the server answers. */
import type { ClientEvent, LoggedEvent } from '../protocol/wire';

/** What the log will say of our own `event`, so that our screen need not wait; null if nothing. */
export function predicted(event: ClientEvent, userId: string, at: number): LoggedEvent | null {
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
