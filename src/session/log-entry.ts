/** The log of a session, as a browser keeps it. */
import type { DocumentName, LoggedEvent } from '../protocol/wire';

/** One entry of the log: `seq` is dense from 1, `at` is UTC milliseconds. */
export interface LogEntry {
  readonly seq: number;
  readonly at: number;
  /** A participant's id; null for the room itself. */
  readonly participant: string | null;
  readonly audience: 'everyone' | 'interviewers';
  readonly body:
    | { readonly kind: 'edit'; readonly document: DocumentName; readonly update: Uint8Array }
    | { readonly kind: 'event'; readonly event: LoggedEvent };
}

/** The readers of an entry with this content. */
export function audienceOf(body: LogEntry['body']): LogEntry['audience'] {
  const hidden =
    body.kind === 'edit' ? body.document === 'notes' : body.event.type.startsWith('entry-');
  return hidden ? 'interviewers' : 'everyone';
}
