/**
 * The Connection port: a session's messages to and from a server, over a WebSocket or HTTP, or to a log in
 * this browser. A session cannot tell the two apart.
 */
import type { ClientEvent, DocumentName, ServerEvent } from '../protocol/wire';

/** Why a connection is over for good. */
export type CloseReason =
  'refused' | 'removed' | 'declined' | 'replaced' | 'ended' | 'malformed' | 'left' | 'full';

/**
 * Closes after which the person may try again: a text was too long for the server, or another page of
 * the guest waits in the place of this one.
 */
export const RETRIABLE: readonly CloseReason[] = ['full', 'replaced'];

/** A connection's life. `offline` retries by itself; `closed` does not, but `RETRIABLE` ones can be. */
export type ConnectionStatus =
  | { phase: 'connecting' }
  /**
   * `checking`: after a sleep or a change of the network, the server has yet to answer; `blocked`: the
   * network blocks WebSockets, and the connection goes over HTTP.
   */
  | { phase: 'open'; checking?: true; blocked?: true }
  /** `retryAt` is a local time in milliseconds; `busy`: the server has no place for us now. */
  | { phase: 'offline'; retryAt: number; busy?: true }
  | { phase: 'closed'; reason: CloseReason };

/** A message to the server: a sync message, a presence update, or an event. */
export type Outgoing =
  | { kind: 'sync'; document: DocumentName; message: Uint8Array }
  | { kind: 'presence'; update: Uint8Array }
  | { kind: 'event'; event: ClientEvent };

/** A message from the server. */
export type Incoming =
  | { kind: 'sync'; document: DocumentName; message: Uint8Array }
  | { kind: 'presence'; update: Uint8Array }
  | { kind: 'event'; event: ServerEvent };

export interface ConnectionListener {
  onStatus(status: ConnectionStatus): void;
  onMessage(message: Incoming): void;
}

export interface Connection {
  /** Set where the log is only in this browser, so that the screen does not say "Saved". */
  readonly local?: true;
  /** Connect and keep connected until `close()`. Called once. */
  open(listener: ConnectionListener): void;
  /** Send now. While not `open`, messages are dropped; the next sync repairs that. */
  send(message: Outgoing): void;
  /** Connect now instead of at `retryAt`; while `open`, replace a silent connection. */
  retry(): void;
  /** End for good; the listener gets the status `closed`, reason `left`. */
  close(): void;
}
