/**
 * The documents of a room: answers the sync questions of connections, and applies their edits.
 * `arena_ext/rooms/sync.py` has the same rules.
 */
import * as Y from 'yjs';
import { ClientIds } from './client-ids';
import type { Receipt, RoomConnection } from './room-connection';
import { FrameError, SYNC, decodeSync } from '../../protocol/frames';
import type { DocumentName } from '../../protocol/wire';
import type { Action } from '../../session/permissions';
import { fingerprint } from '../../session/fingerprint';

const DOCUMENTS: readonly DocumentName[] = ['pad', 'notes'];
const READ: Readonly<Record<DocumentName, Action>> = { pad: 'read', notes: 'notes-read' };
const WRITE: Readonly<Record<DocumentName, Action>> = { pad: 'write', notes: 'notes-write' };

/** Consecutive edits that may depend on missing content, or be under an id of somebody else. */
const MAX_GAPS = 256;
/** The length of an empty update, bytes. */
const EMPTY = 2;

/** A client's edit while it is applied: the origin of its changes in a document. */
export class ClientEdit {
  changed = false;

  constructor(
    readonly connection: RoomConnection,
    readonly receipt: Receipt,
    /** Whether the edit was made earlier, and answers a question of the room. */
    readonly late: boolean
  ) {}
}

/** The functions that the documents need from their room. */
export interface DocumentsPort {
  /** Whether a connection may do `action` now. */
  may(connection: RoomConnection, action: Action): boolean;
  /** A document was changed by `update`: by `edit`, or by the host where that is null. */
  changed(document: DocumentName, update: Uint8Array, edit: ClientEdit | null): void;
  /** Settle a message of a connection. */
  settle(connection: RoomConnection, receipt: Receipt): void;
}

export class RoomDocuments {
  readonly docs: Readonly<Record<DocumentName, Y.Doc>> = { pad: new Y.Doc(), notes: new Y.Doc() };
  /** The owners of client ids, in all documents and in presence. */
  readonly clientIds = new ClientIds(DOCUMENTS.map(name => this.docs[name].clientID));
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

  /** Apply an edit of `participant` that is in the log already. */
  load(document: DocumentName, participant: string | null, update: Uint8Array): void {
    Y.applyUpdate(this.docs[document], update, this);
    this.clientIds.hold(participant, Y.parseUpdateMeta(update).to.keys());
  }

  /** Ask a connection for edits that the room lacks, of the documents that it may write. */
  ask(connection: RoomConnection, ...documents: DocumentName[]): void {
    for (const name of documents.length > 0 ? documents : DOCUMENTS) {
      if (!this.#port.may(connection, WRITE[name])) continue;
      connection.tellSync(name, SYNC.step1, Y.encodeStateVector(this.docs[name]));
    }
  }

  /** Send the fingerprint of a document to all clients that may read it, for comparison. */
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
      // A page with another text must send the edits that the room lacks.
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
    // The client may not read the document, and no change of rights makes it ask again: settle the
    // edit.
    if (!reads) connection.refuse('denied', 'you may not read this document');
    else if (!empty) this.#apply(edit, document, update);
    if (!edit.changed) this.#port.settle(connection, receipt);
  }

  /** Apply the part of an edit that fits the room's document, and ask for the rest. */
  #apply(edit: ClientEdit, document: DocumentName, update: Uint8Array): void {
    const { connection } = edit;
    const doc = this.docs[document];
    const { store } = doc;
    // Read to the end before anything changes: an update must not be applied in half.
    readable(() => Y.decodeUpdate(update));
    const fresh = [...Y.parseUpdateMeta(update).to]
      .filter(([client, end]) => end > Y.getState(store, client))
      .map(([client]) => client);
    const { participant } = connection;
    const taken = fresh.find(client => this.clientIds.takenByAnother(participant, client));
    if (taken !== undefined) {
      if (++connection.taken > MAX_GAPS) throw new FrameError('edits under an id of somebody else');
      connection.refuseClient(taken);
      return;
    }
    if (!this.clientIds.mayWrite(participant, fresh)) throw new FrameError('too many client ids');
    Y.applyUpdate(doc, update, edit);
    this.clientIds.hold(
      participant,
      fresh.filter(client => Y.getState(store, client) > 0)
    );
    if (store.pendingStructs === null && store.pendingDs === null) {
      connection.gaps = 0;
      connection.taken = 0;
      return;
    }
    store.pendingStructs = null;
    store.pendingDs = null;
    if (++connection.gaps > MAX_GAPS) throw new FrameError('edits that build on what nobody has');
    this.ask(connection, document);
  }
}

/** The result of `read` on a client's bytes; raises `FrameError` where it fails. */
function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new FrameError('an update that cannot be read', { cause: error });
  }
}
