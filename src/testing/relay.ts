/**
 * The in-browser room behind lines that a test can delay, hold back and cut. It throws where a
 * client breaks a rule that a server tolerates.
 */
import * as Y from 'yjs';
import { Line } from './line';
import type { Frame, LineEnd } from './line';
import { BrowserRoom } from '../connection/room/browser-room';
import type { RoomConnection } from '../connection/room/room-connection';
import { SYNC, decodeFrame, decodeSync } from '../protocol/frames';
import { LIMITS } from '../protocol/wire';
import type { ClientEvent, DocumentName, LoggedEvent, User } from '../protocol/wire';
import type { NewEvent } from '../session/commands';
import { MemoryLog } from '../storage/log';

/** One session, and the lines to it. */
export class Relay implements LineEnd {
  readonly #log = new MemoryLog();
  #room = this.#opened();
  readonly lines: Line[] = [];
  /** Every edit frame that came in, with its sync message type. */
  readonly edits: { document: DocumentName; type: number; body: Uint8Array }[] = [];
  /** The ids of all events of clients that went into the log. */
  readonly ids: string[] = [];
  /** How many edits in a row may depend on what the room does not have. */
  gaps = 0;
  /** If set, every event is refused with this message. */
  refusal: string | null = null;

  get room(): BrowserRoom {
    return this.#room;
  }

  get docs(): BrowserRoom['documents'] {
    return this.room.documents;
  }

  get state(): BrowserRoom['state'] {
    return this.room.state;
  }

  get text(): string {
    return this.docs.pad.getText(this.state.main).toJSON();
  }

  /** The events of the log, oldest first. */
  get events(): LoggedEvent[] {
    return this.#log.entries.flatMap(({ body }) => (body.kind === 'event' ? [body.event] : []));
  }

  /** Open the room again from its log, which has no presence and no ids of events. */
  restart(): void {
    for (const line of this.lines) line.down();
    this.#room = this.#opened();
  }

  /** A new participant's line; `up()` connects it. */
  line(who: User): Line {
    const line = new Line(this, who);
    this.lines.push(line);
    return line;
  }

  /** Deliver every frame, until none is in flight. */
  settle(): void {
    for (let frames = 0; this.lines.some(line => line.deliverOne()); frames++) {
      if (frames > 100_000) throw new Error('they never stop talking');
    }
  }

  /** Log an event of the server itself, and send it to everybody. */
  log(event: NewEvent): void {
    this.room.record(event);
  }

  /** Send the fingerprint of the pad, as the server does some seconds after a change. */
  check(): void {
    this.room.check('pad');
  }

  /** Ask a line for the edits that the room lacks, whether it may write or not. */
  ask(line: Line, document: DocumentName): void {
    line.tellSync(document, SYNC.step1, Y.encodeStateVector(this.docs[document]));
  }

  /** Take a frame from `line`, which is `connection` in the room. */
  take(line: Line, connection: RoomConnection, frame: Frame): void {
    const size = typeof frame === 'string' ? new TextEncoder().encode(frame).length : frame.length;
    if (size > LIMITS.frame) throw new Error(`a frame of ${size} bytes`);
    if (typeof frame === 'string') {
      this.#takeEvent(connection, JSON.parse(frame) as ClientEvent);
      return;
    }
    const message = decodeFrame(frame);
    if (message.kind === 'sync') {
      const { document } = message;
      const { type, body } = decodeSync(message.message);
      if (type === SYNC.check) line.differed++;
      if (type === SYNC.step2) line.answered.add(document);
      if (type === SYNC.step2 || type === SYNC.update) {
        if (!line.answered.has(document)) throw new Error('an edit before the first answer');
        this.edits.push({ document, type, body });
      }
    }
    this.room.receive(connection, message);
    if (connection.gaps > this.gaps) throw new Error('an edit with a gap');
  }

  #opened(): BrowserRoom {
    const session = {
      id: 's',
      title: '',
      language: 'javascript',
      createdAt: '2026-01-01T00:00:00Z'
    };
    const { entries } = this.#log;
    return new BrowserRoom({
      session: { ...session, language: 'javascript' },
      log: this.#log,
      entries
    });
  }

  #takeEvent(connection: RoomConnection, event: ClientEvent): void {
    const before = this.#log.entries.length;
    // A room in a browser does not accept this event, so there is no other reason for the refusal.
    const refused = { type: 'code-change', payload: { changes: '' } } as const;
    this.room.receive(connection, {
      kind: 'event',
      event: this.refusal === null ? event : { ...event, ...refused }
    });
    if (event.id !== undefined && this.#log.entries.length > before) this.ids.push(event.id);
  }
}
