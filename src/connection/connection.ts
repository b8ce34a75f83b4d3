/**
 * The Connection port: what a session talks to. A server over a WebSocket, or the browser's own
 * log where there is no server; the session cannot tell them apart.
 */
import type { ClientEvent, DocumentName, ServerEvent } from '../protocol/wire';

/** Why a connection is over for good. */
export type CloseReason =
  'refused' | 'removed' | 'declined' | 'ended' | 'malformed' | 'left' | 'full';

/** A connection's life. `offline` retries by itself; `closed` does not, but `full` can be retried. */
export type ConnectionStatus =
  | { phase: 'connecting' }
  | { phase: 'open' }
  /** `retryAt` is a local time in milliseconds. */
  | { phase: 'offline'; retryAt: number }
  | { phase: 'closed'; reason: CloseReason };

/** What goes over a connection: a sync message, a presence update, or an event. */
export type Outgoing =
  | { kind: 'sync'; document: DocumentName; message: Uint8Array }
  | { kind: 'presence'; update: Uint8Array }
  | { kind: 'event'; event: ClientEvent };

export type Incoming =
  | { kind: 'sync'; document: DocumentName; message: Uint8Array }
  | { kind: 'presence'; update: Uint8Array }
  | { kind: 'event'; event: ServerEvent };

export interface ConnectionListener {
  onStatus(status: ConnectionStatus): void;
  onMessage(message: Incoming): void;
}

export interface Connection {
  /** Set where the log is in this browser alone, so that "saved" never means a server. */
  readonly local?: true;
  /** Connect and keep connected until `close()`. Called once. */
  open(listener: ConnectionListener): void;
  /** Send now. Only while `open`; what is sent otherwise is dropped, and a resync makes up for it. */
  send(message: Outgoing): void;
  /** Try again now instead of at `retryAt`; while `open`, give up a silent connection for a new one. */
  retry(): void;
  /** End for good; the listener hears `closed: left`. */
  close(): void;
}
