/**
 * Sync of one session with its server, over one connection after another: incoming messages go to
 * the view, the documents and the presence; outgoing messages are sent in order, and are repeated
 * until the server confirms them.
 */
import type { CloseReason, Connection, ConnectionStatus, Incoming } from '../connection/connection';
import type { Drafts } from '../storage/drafts';
import type { Action } from '../session/permissions';
import { AckTimeout } from './ack-timeout';
import { SessionDocuments } from './documents';
import { Presence } from './presence';
import type {
  ClientEvent,
  DocumentName,
  ServerEvent,
  ServerOnlyEvents,
  User
} from '../protocol/wire';
import { UnsavedWork } from './unsaved-work';
import { SessionView } from './view';

/** The functions that the sync needs from the page. */
interface SessionSyncPort {
  /** The id of the run that is in progress in this page; null where there is none. */
  running(): string | null;
  /** The server refused the start of that run. */
  stopRun(): void;
  /** Show `message` to the person. */
  notify(message: string): void;
  /** The snapshot for the screen may have changed. */
  changed(): void;
}

const WRITE: Readonly<Record<DocumentName, Action>> = { pad: 'write', notes: 'notes-write' };

const REPLACED = 'The text on this page had gone wrong. Now it is what the others see.';
const DIFFERS = 'The others may see another text than this page. Copy what you need, then reload.';

/** The close reasons after which no edit of ours can reach the server any more. */
const FINAL: readonly CloseReason[] = ['refused', 'removed', 'declined', 'ended', 'malformed'];

/** Keeps one session in sync. */
export class SessionSync {
  readonly view = new SessionView();
  readonly documents: SessionDocuments;
  readonly presence: Presence;
  readonly unsavedWork: UnsavedWork;

  readonly #connection: Connection;
  readonly #port: SessionSyncPort;
  readonly #ackTimeout: AckTimeout;
  #status: ConnectionStatus = { phase: 'connecting' };
  /** Whether this connection has brought its `session-state`: before that, nothing is sent. */
  #ready = false;
  /** Messages of this connection that arrived before the drafts of closed pages were adopted. */
  #early: Incoming[] = [];
  #stores = true;
  /** Whether only a fresh snapshot can tell the outcome of our events. */
  #doubtful = false;
  #waiting = false;
  #disposed = false;

  constructor(connection: Connection, drafts: Drafts | null, port: SessionSyncPort) {
    this.#connection = connection;
    this.#port = port;
    this.documents = new SessionDocuments({
      ask: (document, message) => connection.send({ kind: 'sync', document, message }),
      edit: (document, message) => {
        this.view.outbox.countEdit(document);
        connection.send({ kind: 'sync', document, message });
      },
      keep: (document, text, update) => this.unsavedWork.edit(document, text, update, !this.#ready),
      keepWhole: (document, text) => this.unsavedWork.whole(document, text),
      mayWrite: document => this.view.may(WRITE[document]),
      settled: document => !this.view.outbox.carries(document),
      differed: replaced => {
        port.notify(replaced ? REPLACED : DIFFERS);
        this.#changed();
      },
      changed: () => this.#changed()
    });
    this.unsavedWork = new UnsavedWork(drafts, this.documents, this.view);
    this.#ackTimeout = new AckTimeout(() => connection.retry());
    this.presence = new Presence(this.documents.pad, update => {
      connection.send({ kind: 'presence', update });
    });
  }

  get status(): ConnectionStatus {
    return this.#status;
  }

  /** Whether the server can store at this moment. */
  get stores(): boolean {
    return this.#stores;
  }

  /** Whether we wait for admission by an interviewer. */
  get waiting(): boolean {
    return this.#waiting;
  }

  /** Connect. Called once. */
  open(): void {
    void this.unsavedWork.failed().then(() => this.#changed());
    this.#connection.open({
      onStatus: status => this.#onStatus(status),
      onMessage: message => this.#onMessage(message)
    });
  }

  /** Send an event of ours. It shows at once, and is repeated until the server confirms it. */
  dispatch(event: ClientEvent): void {
    if (this.#disposed) return;
    this.unsavedWork.event(this.view.dispatch(event));
    if (this.#ready) this.#sendWaiting();
    this.#changed();
  }

  /** Leave, and free everything. */
  dispose(): void {
    this.documents.flush();
    this.presence.dispose();
    this.#connection.close();
    this.#disposed = true;
    this.unsavedWork.close();
    this.#watchAnswers();
    this.documents.dispose();
  }

  #onStatus(status: ConnectionStatus): void {
    if (status.phase !== 'open') this.#disconnected();
    if (status.phase === 'closed' && status.reason === 'full') this.documents.tooLong();
    if (status.phase === 'closed' && FINAL.includes(status.reason)) {
      // The end shows only when it is known whether there is unsaved work to offer.
      if (this.unsavedWork.adopted) this.#closed(status);
      else void this.unsavedWork.adopt(null).then(() => this.#closed(status));
      return;
    }
    this.#status = status;
    this.#changed();
  }

  #disconnected(): void {
    this.#early = [];
    this.#stores = true;
    if (!this.#ready) return;
    this.#ready = false;
    this.documents.disconnect(this.view.outbox.disconnect());
    this.unsavedWork.disconnected();
    this.presence.disconnect();
  }

  #closed(status: ConnectionStatus & { phase: 'closed' }): void {
    if (this.#disposed) return;
    this.#status = status;
    if (status.reason === 'ended') this.view.end();
    this.unsavedWork.offer();
    if (this.unsavedWork.offered === null) this.unsavedWork.discard();
    this.#changed();
  }

  #onMessage(message: Incoming): void {
    if (message.kind === 'event' && message.event.type === 'waiting') {
      this.#waiting = true;
      this.#changed();
      return;
    }
    if (!this.unsavedWork.adopted) {
      // The screen stays empty until drafts can be recorded, so that nothing is typed before.
      this.#early.push(message);
      if (message.kind === 'event' && message.event.type === 'session-state') {
        const me = message.event.payload.user;
        void this.unsavedWork.adopt(me).then(() => this.#takeEarly());
      }
      return;
    }
    if (message.kind === 'presence') {
      // Editors listen to it; the snapshot for the screen does not have it.
      this.presence.receive(message.update);
      return;
    }
    if (message.kind === 'sync') this.documents.receive(message.document, message.message);
    else this.#onEvent(message.event);
    this.#changed();
  }

  /** Take the messages that came before the drafts were adopted, the snapshot first. */
  #takeEarly(): void {
    const early = this.#early;
    this.#early = [];
    for (const message of early) this.#onMessage(message);
    this.#changed();
  }

  #onEvent(event: ServerEvent): void {
    const before = this.view.me;
    switch (event.type) {
      case 'session-state':
        this.#waiting = false;
        this.view.replace(event.payload, this.#port.running());
        if (!this.#ready) this.#connected(event.payload.user);
        break;
      case 'presence-update':
        this.view.roster(event.payload.users);
        break;
      case 'saved':
        this.#doubtful = this.view.settle(event.payload.count) || this.#doubtful;
        this.#ackTimeout.stop();
        break;
      case 'storage':
        this.#stores = event.payload.ok;
        break;
      case 'error':
        this.#onError(event.payload);
        break;
      case 'waiting':
      case 'code-update':
      case 'cursor-update':
        // For clients that speak only JSON; ours gets edits and presence instead.
        break;
      default:
        this.view.fold(event);
    }
    const { me } = this.view;
    // Presence is shown again in a new role, too: what an observer shows claims no client id.
    if (me && before && (['name', 'color', 'role'] as const).some(key => me[key] !== before[key])) {
      this.presence.rename(me);
    }
    if (me && me.role !== 'interviewer') this.documents.dropNotes();
    if (this.view.state?.status === 'ended') this.unsavedWork.offer();
  }

  #connected(me: User): void {
    this.#ready = true;
    this.presence.connect(me, this.documents.own);
    this.documents.connect();
    this.#sendWaiting();
  }

  #onError({ id, message, client }: ServerOnlyEvents['error']): void {
    if (client !== undefined) {
      this.documents.refused(client);
      this.presence.refused(client, this.documents.pad.clientID);
      return;
    }
    const refused = id === undefined ? null : this.view.refuse(id);
    if (refused?.event.type === 'execute-code') this.#port.stopRun();
    // An error about an event of a closed page is not shown: the person asked for it long ago.
    if (!refused?.adopted) this.#port.notify(message);
  }

  #sendWaiting(): void {
    for (const { event } of this.view.outbox.takeWaiting()) {
      this.#connection.send({ kind: 'event', event });
    }
  }

  #changed(): void {
    if (this.#disposed) return;
    this.documents.resume();
    this.unsavedWork.settle();
    if (this.#doubtful && this.view.outbox.empty) {
      this.#doubtful = false;
      this.#connection.retry();
    }
    this.#watchAnswers();
    this.#port.changed();
  }

  /** Where we may not write, no answer is due: an edit that met the lock waits for its end. */
  #watchAnswers(): void {
    const due =
      !this.#disposed &&
      this.#ready &&
      this.#stores &&
      this.view.outbox.awaitsAnswer &&
      this.view.may('write');
    if (due) this.#ackTimeout.start();
    else this.#ackTimeout.stop();
  }
}
