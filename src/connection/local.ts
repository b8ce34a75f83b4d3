/**
 * The Connection where there is no server: this browser holds the log, and answers as a server
 * would.
 */
import * as Y from 'yjs';
import type { Connection, ConnectionListener, Incoming, Outgoing } from './connection';
import { SYNC, decodeSync, encodeSync } from '../protocol/frames';
import type { FileCommand } from '../session/files';
import { decide, firstFiles, isFileCommand } from '../session/files';
import { OPEN_WAITING_ROOM } from '../session/state';
import { fold } from '../session/fold';
import { optimistic } from '../session/optimistic';
import type { SessionState } from '../session/state';
import type { LogEntry } from '../session/log-entry';
import type { LocalLog } from '../storage/local-sessions';
import { MAIN_FILE } from '../protocol/wire';
import type {
  DocumentName,
  Language,
  LoggedEvent,
  SessionStateEvent,
  User
} from '../protocol/wire';

/**
 * How a session without a server begins; `code` is its starter text. With a `log` it goes on where
 * that ends, and is called as that says; without one it lives in this page alone.
 */
export interface LocalOptions {
  userName?: string;
  log?: LocalLog;
  title?: string;
  language?: Language;
  code?: string;
}

/** A session of one interviewer, alone in this browser. */
export class LocalConnection implements Connection {
  readonly local = true;
  readonly #log: LogEntry[];
  readonly #store: LocalLog | null;
  readonly #documents: Readonly<Record<DocumentName, Y.Doc>> = {
    pad: new Y.Doc(),
    notes: new Y.Doc()
  };
  readonly #me: User;
  #state: SessionState;
  #listener: ConnectionListener | null = null;
  /** Whose edit is being applied. */
  #author: string | null = null;
  /** Edits and events that came in. */
  #count = 0;

  constructor({ userName = 'You', log, code, ...options }: LocalOptions = {}) {
    const { title = '', language = 'javascript' } = log?.session ?? options;
    this.#me = { id: 'local', name: userName, color: '#1a73e8', role: 'interviewer' };
    this.#store = log ?? null;
    this.#log = [...(log?.entries ?? [])];
    this.#state = {
      id: log?.session.id ?? 'local',
      title,
      question: '',
      language,
      status: 'open',
      createdAt: log?.session.createdAt ?? new Date().toISOString(),
      url: '',
      participants: new Map(),
      present: new Set(),
      waitingRoom: OPEN_WAITING_ROOM,
      ...firstFiles(language),
      runs: [],
      seq: 0
    };
    for (const entry of this.#log) this.#replay(entry);
    for (const document of ['pad', 'notes'] as const) {
      this.#documents[document].on('update', (update: Uint8Array) => {
        this.#append({ kind: 'edit', document, update });
      });
    }
    if (code !== undefined && this.#log.length === 0)
      this.#documents.pad.getText(MAIN_FILE).insert(0, code);
  }

  /** All that happened, oldest first. */
  get log(): readonly LogEntry[] {
    return this.#log;
  }

  open(listener: ConnectionListener): void {
    this.#listener = listener;
    listener.onStatus({ phase: 'connecting' });
    // Like a socket, it opens after the caller has gone on.
    queueMicrotask(() => {
      if (!this.#listener) return;
      const { id: userId, name: username, color, role } = this.#me;
      this.#author = userId;
      if (this.#state.present.has(userId)) {
        // The page before this one closed without a word; what it ran is lost.
        this.#appendEvent({ type: 'participant-left', payload: { userId }, ...this.#next() });
      }
      this.#appendEvent({
        type: 'participant-joined',
        payload: { userId, username, color, role },
        ...this.#next()
      });
      this.#listener.onStatus({ phase: 'open' });
      void this.#store?.failed.then(() => {
        this.#tell({ kind: 'event', event: { type: 'storage', payload: { ok: false } } });
      });
      this.#tell({ kind: 'event', event: { type: 'session-state', payload: this.#snapshot() } });
      for (const document of ['pad', 'notes'] as const) {
        const body = Y.encodeStateVector(this.#documents[document]);
        this.#tellSync(document, SYNC.step1, body);
      }
    });
  }

  send(message: Outgoing): void {
    if (!this.#listener) return;
    if (message.kind === 'event' && isFileCommand(message.event)) {
      this.#grant(message.event);
    } else if (message.kind === 'event') {
      const event = optimistic(message.event, this.#me.id, Date.now());
      if (event) this.#appendEvent({ ...event, ...this.#next() });
      this.#confirm();
    } else if (message.kind === 'sync') {
      const { type, body } = decodeSync(message.message);
      const doc = this.#documents[message.document];
      if (type === SYNC.step1) {
        this.#tellSync(message.document, SYNC.step2, Y.encodeStateAsUpdate(doc, body));
      } else {
        Y.applyUpdate(doc, body);
        this.#confirm();
      }
    }
    // Presence has nobody to go to.
  }

  retry(): void {
    // There is nothing that could be lost.
  }

  close(): void {
    const listener = this.#listener;
    this.#listener = null;
    this.#store?.close();
    listener?.onStatus({ phase: 'closed', reason: 'left' });
  }

  #replay({ seq, body }: LogEntry): void {
    if (body.kind === 'edit') Y.applyUpdate(this.#documents[body.document], body.update);
    else this.#state = fold(this.#state, body.event);
    this.#state = { ...this.#state, seq };
  }

  #next(): { seq: number; at: number } {
    return { seq: this.#log.length + 1, at: Date.now() };
  }

  #append(body: LogEntry['body']): void {
    const audience =
      body.kind === 'edit' && body.document === 'notes' ? 'interviewers' : 'everyone';
    const entry = { ...this.#next(), participant: this.#author, audience, body } as const;
    this.#log.push(entry);
    this.#store?.append(entry);
    this.#state = { ...this.#state, seq: entry.seq };
  }

  #appendEvent(event: LoggedEvent): void {
    const state = fold(this.#state, event);
    this.#append({ kind: 'event', event });
    this.#state = state;
  }

  #grant(wish: FileCommand & { id?: string }): void {
    const next = this.#next();
    try {
      const event = { ...decide(this.#state, wish, this.#me.id, next.seq), ...next };
      this.#appendEvent(event);
      queueMicrotask(() => this.#tell({ kind: 'event', event }));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const about = wish.id === undefined ? {} : { id: wish.id };
      const payload = { code: 'invalid', message, ...about };
      queueMicrotask(() => this.#tell({ kind: 'event', event: { type: 'error', payload } }));
    }
    this.#confirm();
  }

  #confirm(): void {
    this.#count++;
    const payload = { seq: this.#state.seq, count: this.#count };
    queueMicrotask(() => this.#tell({ kind: 'event', event: { type: 'saved', payload } }));
  }

  #tellSync(document: DocumentName, type: 0 | 1, body: Uint8Array): void {
    const message = encodeSync({ type, body });
    queueMicrotask(() => this.#tell({ kind: 'sync', document, message }));
  }

  #tell(message: Incoming): void {
    this.#listener?.onMessage(message);
  }

  #snapshot(): SessionStateEvent {
    const { id, title, question, language, status, createdAt, url, seq } = this.#state;
    const { participants, present, runs, files, main } = this.#state;
    const code = this.#documents.pad.getText(main).toJSON();
    const everybody = [...participants.values()];
    return {
      session: { id, createdAt, code, language, title, question, status, url },
      user: this.#me,
      users: everybody.filter(user => present.has(user.id)),
      participants: everybody,
      files: [...files],
      main,
      runs: [...runs],
      seq
    };
  }
}
