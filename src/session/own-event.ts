/** An own event: sent by this client, with the id under which the server accepts it once. */
import type { ClientEvent } from '../protocol/wire';

/** `at` is in UTC milliseconds, by our own clock. */
export interface OwnEvent {
  readonly event: ClientEvent & { id: string };
  readonly at: number;
  /** The event may have been sent before, over a connection that was lost. */
  readonly repeated?: boolean;
  /** A page that is closed now has sent the event: only the server knows its outcome. */
  readonly adopted?: boolean;
}

/** The output that an event carries, UTF-16 units. */
export function outputSize(own: OwnEvent | undefined): number {
  if (own?.event.type !== 'execution-output') return 0;
  return own.event.payload.chunks.reduce((sum, chunk) => sum + chunk.data.length, 0);
}
