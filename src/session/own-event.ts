/** An event of our own: what this client sends, with the id by which the server takes it once. */
import type { ClientEvent } from '../protocol/wire';

/** `at` is in UTC milliseconds, by our own clock. */
export interface OwnEvent {
  readonly event: ClientEvent & { id: string };
  readonly at: number;
  /** It may have been sent before, over a connection that was lost. */
  readonly repeated?: boolean;
  /** It was sent by a page that is closed now: only the server knows its outcome. */
  readonly adopted?: boolean;
}

/** The output that an event carries, UTF-16 units. */
export function outputSize(own: OwnEvent | undefined): number {
  if (own?.event.type !== 'execution-output') return 0;
  return own.event.payload.chunks.reduce((sum, chunk) => sum + chunk.data.length, 0);
}
