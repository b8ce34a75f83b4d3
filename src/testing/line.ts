/**
 * One participant's line to the relay: only `deliverOne` moves a frame, and `down` loses frames.
 */
import type {
  CloseReason,
  Connection,
  ConnectionListener,
  Incoming,
  Outgoing
} from '../connection/connection';
import type { BrowserRoom } from '../connection/room/browser-room';
import type { RoomConnection } from '../connection/room/room-connection';
import { decodeEvent, encodeEvent } from '../protocol/event-codec';
import { decodeFrame, encodeFrame, encodeSync } from '../protocol/frames';
import type { SyncMessage } from '../protocol/frames';
import type { DocumentName, ServerEvent, User } from '../protocol/wire';

/** A message of a WebSocket. */
export type Frame = Uint8Array | string;

type EndReason = Exclude<CloseReason, 'left'>;

/** The other end of a line. */
export interface LineEnd {
  readonly room: BrowserRoom;
  /** The message of every refusal, if a test sets one. */
  readonly refusal: string | null;
  /** Take a frame from `line`, which is `connection` in the room. */
  take(line: Line, connection: RoomConnection, frame: Frame): void;
}

export class Line implements Connection {
  /** The documents of which this connection has answered the server's question. */
  readonly answered = new Set<DocumentName>();
  retries = 0;
  /** How often this connection reported that its text differs. */
  differed = 0;
  closed = false;
  #connection: RoomConnection | null = null;
  #toClient: (Frame | { end: EndReason })[] = [];
  #toServer: Frame[] = [];
  #listener: ConnectionListener | null = null;
  #live = false;

  constructor(
    readonly relay: LineEnd,
    readonly who: User
  ) {}

  get live(): boolean {
    return this.#live;
  }

  open(listener: ConnectionListener): void {
    this.#listener = listener;
  }

  send(message: Outgoing): void {
    if (!this.#live) return;
    this.#toServer.push(
      message.kind === 'event' ? encodeEvent(message.event) : encodeFrame(message)
    );
  }

  retry(): void {
    this.retries++;
    if (!this.#live) return;
    this.down();
    this.up();
  }

  close(): void {
    this.closed = true;
  }

  /** Join as a guest in the waiting room, who gets only `waiting`. */
  wait(): void {
    this.#listener?.onStatus({ phase: 'open' });
    this.#listener?.onMessage({ kind: 'event', event: { type: 'waiting', payload: {} } });
  }

  up(): void {
    if (this.#live) return;
    this.#live = true;
    this.answered.clear();
    this.#listener?.onStatus({ phase: 'open' });
    this.#connection = this.relay.room.attach(this.who, {
      tell: message => this.#hear(message),
      close: end => this.#toClient.push({ end })
    });
  }

  /** Cut the line: messages in flight are lost, in both directions. */
  down(): void {
    if (!this.#live) return;
    this.#cut();
    this.#listener?.onStatus({ phase: 'offline', retryAt: 0 });
  }

  /** Be refused for now: the server has no place. */
  refuse(): void {
    this.#listener?.onStatus({ phase: 'offline', retryAt: 0, busy: true });
  }

  /** Crash the page: the server sees the line end, the page receives nothing more. */
  crash(): void {
    this.#listener = null;
    this.down();
  }

  /** End the connection for good, as the server does with a close code. */
  end(reason: EndReason): void {
    this.#cut();
    this.#listener?.onStatus({ phase: 'closed', reason });
  }

  /** Deliver the oldest frame of one direction; returns whether there was one. */
  deliverOne(direction: 'up' | 'down' | 'any' = 'any'): boolean {
    const up = direction === 'down' ? undefined : this.#toServer.shift();
    if (up !== undefined && this.#connection) {
      this.relay.take(this, this.#connection, up);
      return true;
    }
    const down = direction === 'up' ? undefined : this.#toClient.shift();
    if (down === undefined) return false;
    if (typeof down === 'object' && 'end' in down) this.end(down.end);
    else this.#listener?.onMessage(received(down));
    return true;
  }

  /** Lose the messages in flight to the client, and no others. */
  lose(): void {
    this.#toClient = [];
  }

  /** Send the client a message that the room does not send. */
  tell(event: ServerEvent): void {
    this.tellFrame(JSON.stringify(event));
  }

  tellSync(document: DocumentName, type: SyncMessage['type'], body: Uint8Array): void {
    const message = encodeSync({ type, body });
    this.tellFrame(encodeFrame({ kind: 'sync', document, message }));
  }

  tellFrame(frame: Frame): void {
    if (this.#live) this.#toClient.push(frame);
  }

  /** Queue a message of the room; a refusal gets the message that the test has set. */
  #hear(message: Incoming): void {
    if (message.kind !== 'event') {
      this.tellFrame(encodeFrame(message));
      return;
    }
    const { event } = message;
    const { refusal } = this.relay;
    const said = event.type === 'error' && refusal !== null;
    this.tell(said ? { ...event, payload: { ...event.payload, message: refusal } } : event);
  }

  #cut(): void {
    this.#live = false;
    this.#toClient = [];
    this.#toServer = [];
    if (this.#connection) this.relay.room.detach(this.#connection);
    this.#connection = null;
  }
}

function received(frame: Frame): Incoming {
  if (typeof frame !== 'string') return decodeFrame(frame);
  const event = decodeEvent(frame);
  if (!event) throw new Error('an event that nobody knows');
  return { kind: 'event', event };
}
