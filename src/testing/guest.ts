/** A connection to a room without a client: a test reads the messages that it receives. */
import * as Y from 'yjs';
import type { CloseReason, Incoming } from '../connection/connection';
import { BrowserRoom } from '../connection/room/browser-room';
import type { RoomOptions } from '../connection/room/browser-room';
import type { RoomConnection } from '../connection/room/room-connection';
import { SYNC, decodeSync, encodeSync } from '../protocol/frames';
import type { SyncMessage } from '../protocol/frames';
import type { ClientEvent, DocumentName, ServerEvent, User } from '../protocol/wire';
import type { Log } from '../storage/log';

type Payload<T extends ServerEvent['type']> = Extract<ServerEvent, { type: T }>['payload'];

/** A room for JavaScript, by default without a text. */
export function roomOf(log: Log, options: Partial<RoomOptions['session'] & RoomOptions> = {}) {
  const { title = 'A session', language = 'javascript', entries = [] } = options;
  const session = { id: 's', title, language, createdAt: '2026-01-01T00:00:00.000Z' };
  return new BrowserRoom({ session, log, entries });
}

export class Guest {
  readonly events: ServerEvent[] = [];
  readonly syncs: (SyncMessage & { document: DocumentName })[] = [];
  readonly presence: Uint8Array[] = [];
  closed: CloseReason | null = null;
  /** Its copies of the pad and the notes: it applies all edits and answers that it receives. */
  readonly docs: Readonly<Record<DocumentName, Y.Doc>> = { pad: new Y.Doc(), notes: new Y.Doc() };
  readonly #room: BrowserRoom;
  readonly #connection: RoomConnection;

  constructor(room: BrowserRoom, who: User) {
    this.#room = room;
    this.#connection = room.attach(who, {
      tell: message => this.#hear(message),
      close: reason => {
        this.closed = reason;
      }
    });
  }

  /** The main file's text, by the edits received so far. */
  get text(): string {
    return this.docs.pad.getText('code').toJSON();
  }

  /** The payloads of all received events of one type. */
  payloads<T extends ServerEvent['type']>(type: T): Payload<T>[] {
    const told = this.events.filter(event => event.type === type);
    return told.map(({ payload }) => payload as Payload<T>);
  }

  /** The number of its edits and events that are settled. */
  get saved(): number {
    return this.payloads('saved').at(-1)?.count ?? 0;
  }

  /** The codes of all received errors. */
  get errors(): string[] {
    return this.payloads('error').map(({ code }) => code);
  }

  dispatch(event: ClientEvent): void {
    this.#room.receive(this.#connection, { kind: 'event', event });
  }

  sync(document: DocumentName, type: SyncMessage['type'], body: Uint8Array): void {
    const message = encodeSync({ type, body });
    this.#room.receive(this.#connection, { kind: 'sync', document, message });
  }

  move(update: Uint8Array): void {
    this.#room.receive(this.#connection, { kind: 'presence', update });
  }

  /** Ask for the edits that it lacks of a document. */
  pull(document: DocumentName = 'pad'): void {
    this.sync(document, SYNC.step1, Y.encodeStateVector(this.docs[document]));
  }

  /** Change its own text, and send the edit. */
  edit(document: DocumentName, change: (text: Y.Text) => void): void {
    const doc = this.docs[document];
    const before = Y.encodeStateVector(doc);
    change(doc.getText(document === 'pad' ? 'code' : 'notes'));
    this.sync(document, SYNC.update, Y.encodeStateAsUpdate(doc, before));
  }

  type(text: string, document: DocumentName = 'pad'): void {
    this.edit(document, own => own.insert(own.length, text));
  }

  leave(): void {
    this.#room.detach(this.#connection);
  }

  #hear(message: Incoming): void {
    if (message.kind === 'event') this.events.push(message.event);
    else if (message.kind === 'presence') this.presence.push(message.update);
    else {
      const { document } = message;
      const { type, body } = decodeSync(message.message);
      this.syncs.push({ document, type, body });
      if (type === SYNC.step2 || type === SYNC.update) Y.applyUpdate(this.docs[document], body);
    }
  }
}
