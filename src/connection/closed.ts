/** The Connection to a session that nobody may enter any more: closed from the beginning. */
import type { Connection, ConnectionListener } from './connection';

/** Lets a room open all the same, to offer the text that the session did not get. */
export class ClosedConnection implements Connection {
  open(listener: ConnectionListener): void {
    // Like a socket, it closes after the caller has gone on.
    queueMicrotask(() => listener.onStatus({ phase: 'closed', reason: 'refused' }));
  }

  send(): void {
    // Nobody is there.
  }

  retry(): void {
    // Nobody will be.
  }

  close(): void {
    // It always was.
  }
}
