/**
 * A session as the screen has it: the text, who is here, what ran - the same whether the server
 * is there at this moment or not.
 */
import { uuidv4 } from 'lib0/random';
import type { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import type { Connection, ConnectionStatus, Incoming } from './connection';
import { DocumentSync } from './documents';
import { encodeEvent } from './events';
import type { Action, SessionState } from './model';
import { Presence } from './presence';
import { LIMITS, MAIN_FILE } from './protocol';
import type {
  ClientEvent,
  DocumentName,
  Language,
  ServerEvent,
  ServerOnlyEvents,
  User
} from './protocol';
import type { Runners } from './runner';
import { startRun, wellFormed } from './runs';
import type { OwnRun } from './runs';
import { SessionView } from './view';

/** What to show; the same object until something changed. */
export interface SessionSnapshot {
  connection: ConnectionStatus;
  /** `saved` only when the server has stored everything; `local` where there is no server. */
  saving: 'saved' | 'saving' | 'offline' | 'local';
  me: User | null;
  state: SessionState | null;
  /** Our own run in progress. */
  run: { id: string } | null;
  /** The last thing that went wrong, for people. */
  notice: string | null;
}

/** `runners` stay their maker's: `dispose()` stops a run, but does not free them. */
export interface SessionOptions {
  connection: Connection;
  runners: Runners;
  /** Milliseconds that a run may take; asked at each run. */
  timeLimit?: () => number;
}

const TIME_LIMIT = 30_000;
/** Milliseconds without an answer after which an open connection counts as dead. */
const ANSWER_TIMEOUT = 15_000;
/** Largest event that we send, bytes: a frame, less what is around it. */
const MAX_EVENT = LIMITS.frame - 1024;

/** One session in one page. */
export class ArenaSession {
  /** The shared text, editable at any time; edits made offline merge later. */
  readonly pad = new Y.Doc();
  /** The pad's main file. */
  readonly code: Y.Text = this.pad.getText(MAIN_FILE);
  /** Cursors, for the editor to bind to. */
  readonly awareness: Awareness;
  readonly runners: Runners;

  readonly #connection: Connection;
  readonly #timeLimit: () => number;
  readonly #presence: Presence;
  readonly #padSync: DocumentSync;
  #deskSync: DocumentSync | null = null;
  readonly #view = new SessionView();
  readonly #listeners = new Set<() => void>();

  #status: ConnectionStatus = { phase: 'connecting' };
  /** Whether this connection has brought its `session-state`: before that, nothing is sent. */
  #ready = false;
  #run: OwnRun | null = null;
  #notice: string | null = null;
  #answerTimer: ReturnType<typeof setTimeout> | null = null;
  #disposed = false;
  #snapshot: SessionSnapshot;

  constructor({ connection, runners, timeLimit = () => TIME_LIMIT }: SessionOptions) {
    this.#connection = connection;
    this.runners = runners;
    this.#timeLimit = timeLimit;
    this.#presence = new Presence(this.pad, update => {
      connection.send({ kind: 'presence', update });
    });
    this.awareness = this.#presence.awareness;
    this.#padSync = this.#syncOf('pad', this.pad, 'write');
    this.#snapshot = this.#current();
    connection.open({
      onStatus: status => this.#onStatus(status),
      onMessage: message => this.#onMessage(message)
    });
  }

  get snapshot(): SessionSnapshot {
    return this.#snapshot;
  }

  /** The interviewers' private text; null to everybody else, and before the server offers it. */
  get desk(): Y.Doc | null {
    return this.#deskSync?.doc ?? null;
  }

  /** Call `listener` after every change of `snapshot`; returns how to stop that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Choose the language of the next run, for everybody. */
  setLanguage(language: Language): void {
    if (!this.#view.may('language') || this.#view.state?.language === language) return;
    this.#say({ type: 'language-change', payload: { language } });
  }

  /** Run the main file in this browser, unless a run of ours is in progress. */
  run(): void {
    const { state } = this.#view;
    if (!state || this.#run || !this.#view.may('run')) return;
    const { language } = state;
    const code = wellFormed(this.code.toJSON());
    const event = { type: 'execute-code', payload: { language, code } } as const;
    if (new TextEncoder().encode(encodeEvent(event)).length > MAX_EVENT) {
      this.#notice = 'This text is too long to run.';
      this.#changed();
      return;
    }
    const run = startRun({
      id: uuidv4(),
      runner: this.runners[language],
      language,
      code,
      timeLimit: this.#timeLimit(),
      emit: own => this.#say(own)
    });
    this.#run = run;
    this.#changed();
    void run.ended.then(() => {
      this.#run = null;
      this.#changed();
    });
  }

  /** Stop our own run, if there is one. */
  stop(): void {
    this.#run?.stop();
  }

  /** Try to connect now instead of later. */
  retry(): void {
    this.#connection.retry();
  }

  /** Forget the notice. */
  dismissNotice(): void {
    this.#notice = null;
    this.#changed();
  }

  /** Leave, and free everything but the runners. */
  dispose(): void {
    if (this.#disposed) return;
    this.#run?.stop();
    this.#padSync.flush();
    this.#deskSync?.flush();
    this.#presence.dispose();
    this.#connection.close();
    this.#disposed = true;
    this.#watch();
    this.#listeners.clear();
    this.#dropDesk();
    this.#padSync.dispose();
    this.pad.destroy();
  }

  // --- from the connection --------------------------------------------------------------------

  #onStatus(status: ConnectionStatus): void {
    this.#status = status;
    if (status.phase !== 'open') this.#disconnected();
    if (status.phase === 'closed' && status.reason === 'ended') this.#view.end();
    this.#changed();
  }

  #disconnected(): void {
    if (!this.#ready) return;
    this.#ready = false;
    const lost = this.#view.outbox.disconnect();
    this.#padSync.disconnect(lost.has('pad'));
    this.#deskSync?.disconnect(lost.has('desk'));
    this.#presence.disconnect();
  }

  #onMessage(message: Incoming): void {
    if (message.kind === 'sync') this.#documentSync(message.document).receive(message.message);
    else if (message.kind === 'presence') this.#presence.receive(message.update);
    else this.#onEvent(message.event);
    this.#changed();
  }

  #onEvent(event: ServerEvent): void {
    const before = this.#view.me;
    switch (event.type) {
      case 'session-state':
        this.#view.replace(event.payload, this.#run?.id ?? null);
        if (!this.#ready) this.#connected(event.payload.user);
        break;
      case 'presence-update':
        this.#view.roster(event.payload.users);
        break;
      case 'saved':
        this.#view.settle(event.payload.count);
        this.#stopWatching();
        break;
      case 'error':
        this.#onError(event.payload);
        break;
      case 'code-update':
      case 'cursor-update':
        // For those who speak JSON alone; we have the same as edits and presence.
        break;
      default:
        this.#view.fold(event);
    }
    const { me } = this.#view;
    if (me && before && (me.name !== before.name || me.color !== before.color)) {
      this.#presence.rename(me);
    }
    if (me && me.role !== 'interviewer') this.#dropDesk();
  }

  #connected(me: User): void {
    this.#ready = true;
    this.#presence.connect(me);
    this.#padSync.connect();
    this.#deskSync?.connect();
    this.#sendWaiting();
  }

  #onError({ id, message }: ServerOnlyEvents['error']): void {
    const refused = id === undefined ? null : this.#view.refuse(id);
    if (refused?.type === 'execute-code') this.#run?.stop();
    this.#notice = message;
  }

  // --- to the connection ----------------------------------------------------------------------

  #say(event: ClientEvent): void {
    if (this.#disposed) return;
    this.#view.say(event);
    if (this.#ready) this.#sendWaiting();
    this.#changed();
  }

  #sendWaiting(): void {
    for (const { event } of this.#view.outbox.takeWaiting()) {
      this.#connection.send({ kind: 'event', event });
    }
  }

  #documentSync(document: DocumentName): DocumentSync {
    if (document === 'pad') return this.#padSync;
    if (!this.#deskSync) {
      this.#deskSync = this.#syncOf('desk', new Y.Doc(), 'desk-write');
      this.#deskSync.connect();
    }
    return this.#deskSync;
  }

  #syncOf(document: DocumentName, doc: Y.Doc, action: Action): DocumentSync {
    return new DocumentSync(doc, {
      ask: message => this.#connection.send({ kind: 'sync', document, message }),
      edit: message => {
        this.#view.outbox.countEdit(document);
        this.#connection.send({ kind: 'sync', document, message });
      },
      mayWrite: () => this.#view.may(action),
      changed: () => this.#changed()
    });
  }

  #dropDesk(): void {
    this.#deskSync?.dispose();
    this.#deskSync?.doc.destroy();
    this.#deskSync = null;
  }

  // --- what the screen sees -------------------------------------------------------------------

  #changed(): void {
    if (this.#disposed) return;
    this.#padSync.resume();
    this.#deskSync?.resume();
    this.#watch();
    const next = this.#current();
    const now = this.#snapshot;
    const same = (Object.keys(next) as (keyof SessionSnapshot)[]).every(
      key => next[key] === now[key]
    );
    if (same) return;
    this.#snapshot = next;
    for (const listener of [...this.#listeners]) listener();
  }

  #current(): SessionSnapshot {
    return {
      connection: this.#status,
      saving: this.#saving(),
      me: this.#view.me,
      state: this.#view.state,
      run: this.#run,
      notice: this.#notice
    };
  }

  #saving(): SessionSnapshot['saving'] {
    if (this.#connection.local) return 'local';
    if (this.#status.phase !== 'open') return 'offline';
    const unsent = this.#padSync.unsent || (this.#deskSync?.unsent ?? false);
    return this.#view.outbox.empty && !unsent ? 'saved' : 'saving';
  }

  /**
   * A connection that confirms nothing for long is dead, whatever the browser believes. Where we
   * may not write, nothing is: an edit that met the lock on its way is confirmed when that opens.
   */
  #watch(): void {
    const due =
      !this.#disposed && this.#ready && this.#view.outbox.expectant && this.#view.may('write');
    if (due) this.#answerTimer ??= setTimeout(() => this.#giveUp(), ANSWER_TIMEOUT);
    else this.#stopWatching();
  }

  #giveUp(): void {
    this.#answerTimer = null;
    this.#connection.retry();
  }

  #stopWatching(): void {
    if (this.#answerTimer !== null) clearTimeout(this.#answerTimer);
    this.#answerTimer = null;
  }
}
