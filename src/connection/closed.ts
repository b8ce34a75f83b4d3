/** The Connection to a session that refuses this participant: closed from the beginning. */
import type { Connection, ConnectionListener } from './connection';

/** Lets a room open all the same, to offer unsaved work for copying. */
export class ClosedConnection implements Connection {
  open(listener: ConnectionListener): void {
    // Like a socket, it closes after the caller has returned.
    queueMicrotask(() => listener.onStatus({ phase: 'closed', reason: 'refused' }));
  }

  send(): void {
    // There is no server.
  }

  retry(): void {
    // It stays closed.
  }

  close(): void {
    // It is closed already.
  }
}
