/** An event of our own: what this client sends, with the id by which the server takes it once. */
import type { ClientEvent } from '../protocol/wire';

/** An event of ours with the id by which the server takes it once; `at` is our own clock. */
export interface OwnEvent {
  readonly event: ClientEvent & { id: string };
  readonly at: number;
  /** It may have been sent before, over a connection that is gone. */
  readonly repeated?: boolean;
  /** It was said by a page that is closed now: what became of it, only the server knows. */
  readonly adopted?: boolean;
}

/** The output that an event carries, UTF-16 units. */
export function outputSize(own: OwnEvent | undefined): number {
  if (own?.event.type !== 'execution-output') return 0;
  return own.event.payload.chunks.reduce((sum, chunk) => sum + chunk.data.length, 0);
}
