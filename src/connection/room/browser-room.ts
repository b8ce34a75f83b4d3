/**
 * The room that a browser hosts: one session's fold, its documents, and the connections to it. It
 * handles the messages of connections one after the other, and answers as a server does over the
 *
 * An entry is sent to others, and confirmed to its author, after the log has stored it.
 */
import type * as Y from 'yjs';
import type { Outgoing } from '../connection';
import { EventIds } from './event-ids';
import { RoomConnection } from './room-connection';
import type { Receipt, RoomClient } from './room-connection';
import { RoomDocuments } from './room-documents';
import type { ClientEdit } from './room-documents';
import { RoomPresence } from './room-presence';
import { snapshot } from './room-snapshot';
import { FrameError, SYNC } from '../../protocol/frames';
import type { ClientEvent, DocumentName, LoggedEvent, User } from '../../protocol/wire';
import { Refusal, decide } from '../../session/commands';
import type { NewEvent } from '../../session/commands';
import { isFileCommand, newRoot } from '../../session/files';
import { fold } from '../../session/fold';
import { can } from '../../session/permissions';
import type { Action } from '../../session/permissions';
import { initialState } from '../../session/state';
import type { SessionState } from '../../session/state';
import { audienceOf } from '../../session/log-entry';
import type { LogEntry } from '../../session/log-entry';
import type { LocalSession } from '../../storage/rows';
import type { Log } from '../../storage/log';

export interface RoomOptions {
  /** The session at its beginning. */
  session: LocalSession;
  /** Stores the entries from now on. */
  log: Log;
  /** The entries that are in the log already, oldest first. */
  entries?: readonly LogEntry[];
}

/** The room of one session. */
export class BrowserRoom {
  readonly #documents = new RoomDocuments({
    may: (connection, action) => this.#may(connection, action),
    changed: (document, update, edit) => this.#edited(document, update, edit),
    settle: (connection, receipt) => this.#settle(connection, receipt)
  });
  readonly #log: Log;
  readonly #connections = new Set<RoomConnection>();
  readonly #ids = new EventIds();
  readonly #removed = new Set<string>();
  readonly #presence = new RoomPresence({
    user: id => this.#state.participants.get(id),
    hasText: root => this.#state.files.some(file => file.root === root),
    clientIds: this.#documents.clientIds,
    relay: (update, source) => this.#relay(update, source)
  });
  #state: SessionState;
  /** The number of entries for everyone: the numbers of clients that may see no others. */
  #shared = 0;
  /** The same two of the entries that the log has stored. */
  #storedSeq = 0;
  #storedShared = 0;
  /** The roots of all files so far. */
  readonly #roots = new Set<string>();
  /** The documents whose fingerprint has to be sent. */
  readonly #unchecked = new Set<DocumentName>();
  #stores = true;

  constructor({ session, log, entries = [] }: RoomOptions) {
    this.#log = log;
    this.#state = initialState(session);
    for (const entry of entries) {
      this.#fold(entry);
      const { participant, body } = entry;
      if (body.kind === 'edit') this.#documents.load(body.document, participant, body.update);
    }
    this.#storedSeq = this.#state.seq;
    this.#storedShared = this.#shared;
    // No connection is open yet: these participants were present when the room ended without an
    // event.
    for (const userId of this.#state.present) this.#leave(userId);
  }

  /**
   * The texts, for the host to read and to write: a change by the host becomes an edit in the log.
   */
  get documents(): Readonly<Record<DocumentName, Y.Doc>> {
    return this.#documents.docs;
  }

  /** The fold of the log so far. */
  get state(): SessionState {
    return this.#state;
  }

  /**
   * Connect `user`, with the role that the session already has for this participant, if any. The
   * caller has checked the identity. Messages go to `receive`; `detach` ends the connection.
   */
  attach(user: User, client: RoomClient): RoomConnection {
    const { participants, present, status } = this.#state;
    const connection = new RoomConnection(user.id, client);
    const role = participants.get(user.id)?.role ?? user.role;
    if (this.#removed.has(user.id) || !can(role, 'read', status)) {
      client.close(this.#removed.has(user.id) ? 'refused' : 'ended');
      return connection;
    }
    this.#connections.add(connection);
    if (!present.has(user.id)) {
      const { id: userId, name: username, color } = user;
      const payload = { userId, username, color, role };
      this.#appendEvent(user.id, { type: 'participant-joined', payload }, connection);
    }
    this.#tellState(connection);
    if (!this.#stores) connection.tell({ type: 'storage', payload: { ok: false } });
    this.#documents.ask(connection);
    const presence = this.#presence.all();
    if (presence) client.tell({ kind: 'presence', update: presence });
    return connection;
  }

  /**
   * Remove a connection; its participant leaves with the last one. A repeated call does nothing.
   */
  detach(connection: RoomConnection): void {
    if (!this.#connections.delete(connection)) return;
    this.#relay(this.#presence.leave(connection), connection);
    const { participant } = connection;
    if (this.#of(participant).length === 0 && this.#state.present.has(participant)) {
      this.#leave(participant);
    }
  }

  /** Handle a message of a connection. A message that breaks the protocol closes the connection. */
  receive(connection: RoomConnection, message: Outgoing): void {
    if (!this.#connections.has(connection) || this.#removed.has(connection.participant)) return;
    try {
      if (message.kind === 'event') this.#receiveEvent(connection, message.event);
      else if (message.kind === 'sync') {
        this.#documents.receive(connection, message.document, message.message);
      } else this.#relay(this.#presence.update(connection, message.update), connection);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.#close(connection, 'malformed');
    }
  }

  /** Append an event of the host itself, with the participant `author` or without an author. */
  record(event: NewEvent, author: string | null = null): void {
    this.#appendEvent(author, event);
  }

  /**
   * Send the fingerprint of a document to all clients, which compare it with their text: now, or
   * when all entries that it includes are stored and sent.
   */
  check(document: DocumentName): void {
    this.#unchecked.add(document);
    this.#checkStored();
  }

  /** Tell all clients whether entries can be stored. */
  storing(ok: boolean): void {
    this.#stores = ok;
    for (const each of this.#connections) each.tell({ type: 'storage', payload: { ok } });
  }

  // --- the log --------------------------------------------------------------------------------

  #fold({ seq, audience, body }: LogEntry): void {
    if (audience === 'everyone') this.#shared++;
    if (body.kind === 'event') {
      if (body.event.type === 'file-added') this.#roots.add(body.event.payload.root);
      this.#state = fold(this.#state, body.event);
      if (body.event.type === 'participant-removed') this.#removed.add(body.event.payload.userId);
    }
    this.#state = { ...this.#state, seq };
  }

  #append(
    participant: string | null,
    body: LogEntry['body'],
    source: RoomConnection | null,
    then?: () => void
  ): void {
    const seq = this.#state.seq + 1;
    const at = body.kind === 'event' ? body.event.at : Date.now();
    const entry: LogEntry = { seq, at, participant, audience: audienceOf(body), body };
    this.#fold(entry);
    this.#log.append(entry, () => {
      this.#storedSeq = seq;
      if (entry.audience === 'everyone') this.#storedShared++;
      this.#show(entry, source);
      then?.();
      this.#checkStored();
    });
  }

  #appendEvent(
    author: string | null,
    event: NewEvent,
    source: RoomConnection | null = null,
    then?: () => void
  ): void {
    const placed: LoggedEvent = { ...event, seq: this.#state.seq + 1, at: Date.now() };
    this.#append(author, { kind: 'event', event: placed }, source, then);
  }

  #leave(userId: string): void {
    this.#appendEvent(userId, { type: 'participant-left', payload: { userId } });
  }

  /** Send a stored entry to all clients that may see it and do not have it, but not to `source`. */
  #show({ seq, audience, body }: LogEntry, source: RoomConnection | null): void {
    for (const each of [...this.#connections]) {
      const hidden = audience === 'interviewers' && this.#roleOf(each) !== 'interviewer';
      if (each === source || hidden) continue;
      if (body.kind === 'edit') each.tellSync(body.document, SYNC.update, body.update);
      else if (seq > each.since) {
        const interviews = this.#roleOf(each) === 'interviewer';
        each.tell(interviews ? body.event : { ...body.event, seq: this.#storedShared });
      }
    }
    if (body.kind === 'event') this.#changeRights(body.event);
  }

  /** Apply a change of rights to open connections. */
  #changeRights(event: LoggedEvent): void {
    if (event.type === 'session-locked' && !event.payload.locked) {
      this.#welcomeBack([...this.#connections]);
    } else if (event.type === 'session-ended') {
      for (const each of [...this.#connections]) {
        if (!this.#may(each, 'read')) this.#close(each, 'ended');
      }
    } else if (event.type === 'role-changed') {
      const { userId } = event.payload;
      // An interviewer also sees the guests who wait for admission, and has the numbers of the log;
      // everybody else has numbers of their own.
      for (const each of this.#of(userId)) this.#tellState(each);
      this.#welcomeBack(this.#of(userId));
    } else if (event.type === 'participant-removed') {
      for (const each of this.#of(event.payload.userId)) this.#close(each, 'removed');
    }
  }

  /** Ask clients that may write again for the edits that were refused meanwhile. */
  #welcomeBack(connections: readonly RoomConnection[]): void {
    for (const each of connections) {
      if (!this.#may(each, 'write')) continue;
      this.#documents.ask(each);
      each.welcome();
    }
  }

  // --- messages from clients --------------------------------------------------------------------

  #receiveEvent(connection: RoomConnection, event: ClientEvent): void {
    const { participant } = connection;
    const receipt = connection.received();
    const done = (): void => this.#settle(connection, receipt);
    const user = this.#state.participants.get(participant);
    if (!user || (event.id !== undefined && this.#ids.has(participant, event.id))) {
      done();
      return;
    }
    try {
      const logged = decide(this.#state, user, event, newRoot(this.#roots));
      if (event.id !== undefined) this.#ids.add(participant, event.id);
      this.#appendEvent(participant, logged, isForAuthor(event) ? null : connection, done);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      connection.refuse(error.code, error.message, event.id);
      done();
    }
  }

  /** A document has changed: by a client's `edit`, or by the host itself. */
  #edited(document: DocumentName, update: Uint8Array, edit: ClientEdit | null): void {
    const body = { kind: 'edit', document, update } as const;
    if (!edit) {
      this.#append(null, body, null);
      return;
    }
    const { connection, receipt } = edit;
    const { participant: userId } = connection;
    if (edit.late) {
      // The edit was made offline and arrives all at once: it must not look like a paste.
      this.#appendEvent(userId, { type: 'typing-caught-up', payload: { userId } }, connection);
    }
    this.#append(userId, body, connection, () => this.#settle(connection, receipt));
  }

  // --- messages to clients ----------------------------------------------------------------------

  #tellState(connection: RoomConnection): void {
    const user = this.#state.participants.get(connection.participant);
    if (!user) return;
    connection.since = this.#state.seq;
    const seq = user.role === 'interviewer' ? this.#state.seq : this.#shared;
    const code = this.documents.pad.getText(this.#state.main).toJSON();
    connection.tell({
      type: 'session-state',
      payload: snapshot({ ...this.#state, seq }, code, user)
    });
  }

  /** Settle a message of a connection, and send `saved` if the connection is still open. */
  #settle(connection: RoomConnection, receipt: Receipt): void {
    if (!this.#connections.has(connection)) return;
    const interviews = this.#roleOf(connection) === 'interviewer';
    connection.settle(receipt, interviews ? this.#storedSeq : this.#storedShared);
  }

  #checkStored(): void {
    if (this.#storedSeq < this.#state.seq) return;
    for (const each of this.#unchecked) this.#documents.check(each, this.#connections);
    this.#unchecked.clear();
  }

  #relay(update: Uint8Array | null, source: RoomConnection): void {
    if (update === null) return;
    for (const each of this.#connections) {
      if (each !== source) each.client.tell({ kind: 'presence', update });
    }
  }

  #close(connection: RoomConnection, reason: Parameters<RoomClient['close']>[0]): void {
    this.detach(connection);
    connection.client.close(reason);
  }

  // --- rights -----------------------------------------------------------------------------------

  #of(participant: string): RoomConnection[] {
    return [...this.#connections].filter(each => each.participant === participant);
  }

  #roleOf({ participant }: RoomConnection): User['role'] | undefined {
    return this.#state.participants.get(participant)?.role;
  }

  #may(connection: RoomConnection, action: Action): boolean {
    const role = this.#roleOf(connection);
    return role !== undefined && can(role, action, this.#state.status);
  }
}

/** Whether the author of an event gets its entry, too, because only the room knows all of it. */
function isForAuthor(event: ClientEvent): boolean {
  return isFileCommand(event) || event.type === 'name-change' || event.type === 'execute-code';
}
