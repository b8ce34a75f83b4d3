/**
 * The documents of a room: answers what its connections ask about them, and takes their edits.
 * `arena_ext/rooms/sync.py` has the same rules.
 */
import * as Y from 'yjs';
import type { Receipt, RoomConnection } from './room-connection';
import { FrameError, SYNC, decodeSync } from '../../protocol/frames';
import type { DocumentName } from '../../protocol/wire';
import type { Action } from '../../session/permissions';
import { fingerprint } from '../../session/fingerprint';

const DOCUMENTS: readonly DocumentName[] = ['pad', 'notes'];
const READ: Readonly<Record<DocumentName, Action>> = { pad: 'read', notes: 'notes-read' };
const WRITE: Readonly<Record<DocumentName, Action>> = { pad: 'write', notes: 'notes-write' };

/** Edits in a row that may build on what nobody has. */
const MAX_GAPS = 256;
/** An update with nothing in it, bytes. */
const EMPTY = 2;

/** A client's edit, while it is applied: the origin of what it changes in a document. */
export class ClientEdit {
  changed = false;

  constructor(
    readonly connection: RoomConnection,
    readonly receipt: Receipt,
    /** Whether it was made before, and is the answer to a question of the room. */
    readonly late: boolean
  ) {}
}

/** What the documents need of their room. */
export interface DocumentsPort {
  /** Whether a connection may do something now. */
  may(connection: RoomConnection, action: Action): boolean;
  /** A document has changed by `update`: because of `edit`, or, where that is null, by the host. */
  changed(document: DocumentName, update: Uint8Array, edit: ClientEdit | null): void;
  /** What a connection sent is dealt with. */
  settle(connection: RoomConnection, receipt: Receipt): void;
}

export class RoomDocuments {
  readonly docs: Readonly<Record<DocumentName, Y.Doc>> = { pad: new Y.Doc(), notes: new Y.Doc() };
  readonly #port: DocumentsPort;

  constructor(port: DocumentsPort) {
    this.#port = port;
    for (const name of DOCUMENTS) {
      this.docs[name].on('update', (update: Uint8Array, origin: unknown) => {
        if (origin === this) return;
        const edit = origin instanceof ClientEdit ? origin : null;
        if (edit) edit.changed = true;
        port.changed(name, update, edit);
      });
    }
  }

  /** Take an edit that is in the log already. */
  load(document: DocumentName, update: Uint8Array): void {
    Y.applyUpdate(this.docs[document], update, this);
  }

  /** Ask for what a connection has and the room lacks, of the documents that it may write. */
  ask(connection: RoomConnection, ...documents: DocumentName[]): void {
    for (const name of documents.length > 0 ? documents : DOCUMENTS) {
      if (!this.#port.may(connection, WRITE[name])) continue;
      connection.tellSync(name, SYNC.step1, Y.encodeStateVector(this.docs[name]));
    }
  }

  /** Tell those who may read a document its fingerprint, to compare with what they have. */
  check(document: DocumentName, connections: Iterable<RoomConnection>): void {
    const told = fingerprint(this.docs[document]);
    for (const each of connections) {
      if (this.#port.may(each, READ[document])) each.tellSync(document, SYNC.check, told);
    }
  }

  /** Take a sync message; raises `FrameError` where it breaks the protocol. */
  receive(connection: RoomConnection, document: DocumentName, message: Uint8Array): void {
    const { type, body } = decodeSync(message);
    if (type === SYNC.step1) this.#answer(connection, document, body);
    else if (type === SYNC.check) {
      this.#answer(connection, document, body);
      // A page that has another text is to send what it has and the room lacks.
      this.ask(connection, document);
    } else this.#receiveEdit(connection, document, type, body);
  }

  #answer(connection: RoomConnection, document: DocumentName, stateVector: Uint8Array): void {
    if (!this.#port.may(connection, READ[document])) {
      connection.refuse('denied', 'you may not read this document');
      return;
    }
    const update = readable(() => Y.encodeStateAsUpdate(this.docs[document], stateVector));
    connection.tellSync(document, SYNC.step2, update);
  }

  #receiveEdit(
    connection: RoomConnection,
    document: DocumentName,
    type: typeof SYNC.step2 | typeof SYNC.update,
    update: Uint8Array
  ): void {
    const empty = update.length === EMPTY && update.every(byte => byte === 0);
    const reads = this.#port.may(connection, READ[document]);
    if (reads && !empty && !this.#port.may(connection, WRITE[document])) {
      connection.deny();
      connection.refuse('denied', 'you may not write now');
      return;
    }
    const receipt = connection.received();
    const edit = new ClientEdit(connection, receipt, type === SYNC.step2 && document === 'pad');
    // No change of rights makes a document known that one may not read: the edit counts now.
    if (!reads) connection.refuse('denied', 'you may not read this document');
    else if (!empty) this.#apply(edit, document, update);
    if (!edit.changed) this.#port.settle(connection, receipt);
  }

  /** Apply an edit as far as it builds on what the room has, and ask for the rest. */
  #apply(edit: ClientEdit, document: DocumentName, update: Uint8Array): void {
    const { connection } = edit;
    const doc = this.docs[document];
    // Read to its end before anything changes: half of an update is not to be applied.
    readable(() => Y.decodeUpdate(update));
    Y.applyUpdate(doc, update, edit);
    const { store } = doc;
    if (store.pendingStructs === null && store.pendingDs === null) {
      connection.gaps = 0;
      return;
    }
    store.pendingStructs = null;
    store.pendingDs = null;
    if (++connection.gaps > MAX_GAPS) throw new FrameError('edits that build on what nobody has');
    this.ask(connection, document);
  }
}

/** What `read` makes of a client's bytes; raises `FrameError` where it cannot. */
function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new FrameError('an update that cannot be read', { cause: error });
  }
}
