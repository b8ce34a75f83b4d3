/**
 * A session as the screen has it: the text, who is here, what ran - the same whether the server
 * is there at this moment or not.
 */
import { uuidv4 } from 'lib0/random';
import type { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import type { CloseReason, Connection, ConnectionStatus, Incoming } from './connection';
import { DocumentSync } from './documents';
import type { Drafts } from './drafts';
import { encodeEvent } from './events';
import { Keeper } from './keeper';
import type { FileWish } from './files';
import { leftEvents, readableText } from './leftovers';
import type { Action, SessionState } from './model';
import { Presence } from './presence';
import { LIMITS, MAIN_FILE, NOTES } from './protocol';
import type {
  ClientEvent,
  DocumentName,
  Language,
  Run,
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
  /**
   * `saved` only when the server has stored everything; `not-stored` while it says that it cannot;
   * `local` where there is no server.
   */
  saving: 'saved' | 'saving' | 'offline' | 'not-stored' | 'local';
  /** Whether closing the page now would lose what was typed: this browser keeps no drafts. */
  atRisk: boolean;
  /** Once the session is gone: the text that it did not get, for copying; else null. */
  unsaved: string | null;
  /** Whether we wait for an interviewer to let us in; until then there is nothing else to know. */
  waiting: boolean;
  me: User | null;
  state: SessionState | null;
  /** The shared text: another document once it had to be replaced. */
  pad: Y.Doc;
  /** Our own run in progress. */
  run: { id: string } | null;
  /** How our next run is to be. */
  runOptions: RunOptions;
  /** The last thing that went wrong, for people. */
  notice: string | null;
}

/** What a person chose for their own runs. */
export interface RunOptions {
  /** Whether each run finds what the one before left behind, as in a notebook. */
  keepState: boolean;
  /** What the program is given to read, before anybody is asked. */
  stdin: string;
}

/** `runners` stay their maker's: `dispose()` stops a run, but does not free them. */
export interface SessionOptions {
  connection: Connection;
  runners: Runners;
  /** Where what is not confirmed survives this page; the session closes it. */
  drafts?: Drafts;
  /** Milliseconds that a run may take; asked at each run. */
  timeLimit?: () => number;
}

const TIME_LIMIT = 30_000;
/** Milliseconds without an answer after which an open connection counts as dead. */
const ANSWER_TIMEOUT = 15_000;
/** Largest event that we send, bytes: a frame, less what is around it. */
const MAX_EVENT = LIMITS.frame - 1024;

/** What a person is told whose page had another text than the server. */
const REPLACED = 'The text on this page had gone wrong. Now it is what the others see.';
const DIFFERS = 'The others may see another text than this page. Copy what you need, then reload.';

/** The ends after which nothing that we have can reach the server any more. */
const GONE: readonly CloseReason[] = ['refused', 'removed', 'declined', 'ended', 'malformed'];

/** One session in one page. */
export class ArenaSession {
  /** Cursors, for the editor to bind to. */
  readonly awareness: Awareness;
  readonly runners: Runners;

  readonly #connection: Connection;
  readonly #drafts: Drafts | null;
  readonly #keeper: Keeper | null;
  readonly #timeLimit: () => number;
  readonly #presence: Presence;
  readonly #padSync: DocumentSync;
  #deskSync: DocumentSync | null = null;
  readonly #view = new SessionView();
  readonly #listeners = new Set<() => void>();

  #status: ConnectionStatus = { phase: 'connecting' };
  /** Whether this connection has brought its `session-state`: before that, nothing is sent. */
  #ready = false;
  /** Whether what closed pages left is ours now: before that, no document is synchronised. */
  #adopted: boolean;
  #adopting: Promise<void> | null = null;
  /** What this connection brought before that. */
  #early: Incoming[] = [];
  #durable: boolean;
  /** Whether the server can store. */
  #stores = true;
  /** Whether only a fresh snapshot can tell how things are. */
  #doubtful = false;
  #unsaved: string | null = null;
  #discarded = false;
  #run: OwnRun | null = null;
  #runOptions: RunOptions = { keepState: false, stdin: '' };
  #notice: string | null = null;
  #answerTimer: ReturnType<typeof setTimeout> | null = null;
  #waiting = false;
  #disposed = false;
  #snapshot: SessionSnapshot;

  constructor({ connection, runners, drafts, timeLimit = () => TIME_LIMIT }: SessionOptions) {
    this.#connection = connection;
    this.#drafts = drafts ?? null;
    this.#keeper = drafts ? new Keeper(drafts) : null;
    this.#adopted = !drafts;
    this.#durable = drafts !== undefined;
    this.runners = runners;
    this.#timeLimit = timeLimit;
    this.#padSync = this.#syncOf('pad', new Y.Doc(), 'write');
    this.#presence = new Presence(this.pad, update => {
      connection.send({ kind: 'presence', update });
    });
    this.awareness = this.#presence.awareness;
    this.#snapshot = this.#current();
    void drafts?.failed.then(() => {
      this.#durable = false;
      this.#changed();
    });
    connection.open({
      onStatus: status => this.#onStatus(status),
      onMessage: message => this.#onMessage(message)
    });
  }

  get snapshot(): SessionSnapshot {
    return this.#snapshot;
  }

  /** The shared text, editable at any time; edits made offline merge later. */
  get pad(): Y.Doc {
    return this.#padSync.doc;
  }

  /** The pad's first file. */
  get code(): Y.Text {
    return this.text(MAIN_FILE);
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

  /** The text of the pad's file with this root. */
  text(root: string): Y.Text {
    return this.pad.getText(root);
  }

  /** Add an empty file; it is there once the log has it, and what is wrong with it is a notice. */
  addFile(name: string): void {
    this.#wish({ type: 'file-add', payload: { name } });
  }

  renameFile(from: string, to: string): void {
    this.#wish({ type: 'file-rename', payload: { from, to } });
  }

  deleteFile(name: string): void {
    this.#wish({ type: 'file-delete', payload: { name } });
  }

  /** Make a file the one that runs, and that bots see. */
  setMainFile(name: string): void {
    this.#wish({ type: 'file-main', payload: { name } });
  }

  #wish(wish: FileWish): void {
    if (this.#view.may('write')) this.#say(wish);
  }

  /** Run the main file in this browser, unless a run of ours is in progress. */
  run(): void {
    const { state } = this.#view;
    if (!state) return;
    const { language, main } = state;
    this.#start(state, language, this.#textOf(main));
  }

  /**
   * Run again in this browser what somebody ran in theirs, with the other files as they are now,
   * unless a run of ours is in progress.
   */
  runAgain({ language, code }: Run): void {
    const { state } = this.#view;
    if (state) this.#start(state, language, code);
  }

  /** Answer the question of our own run: a line of text, or null for the end of all input. */
  answer(text: string | null): void {
    this.#run?.answer(text);
  }

  /** Choose how our next run is to be. */
  setRunOptions(options: Partial<RunOptions>): void {
    this.#runOptions = { ...this.#runOptions, ...options };
    this.#changed();
  }

  #textOf(root: string): string {
    return wellFormed(this.text(root).toJSON());
  }

  #start({ files, main }: SessionState, language: Language, code: string): void {
    if (this.#run || !this.#view.may('run')) return;
    const others = files.filter(file => file.root !== main);
    const program = {
      language,
      code,
      ...(others.length > 0 && {
        files: Object.fromEntries(others.map(({ name, root }) => [name, this.#textOf(root)]))
      })
    };
    const event = { type: 'execute-code', payload: program } as const;
    if (new TextEncoder().encode(encodeEvent(event)).length > MAX_EVENT) {
      this.#notice = 'This text is too long to run.';
      this.#changed();
      return;
    }
    const run = startRun({
      id: uuidv4(),
      runner: this.runners[language],
      ...program,
      timeLimit: this.#timeLimit(),
      stdin: this.#runOptions.stdin === '' ? null : this.#runOptions.stdin,
      keepState: this.#runOptions.keepState,
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

  /** The person has what is `unsaved`: it is kept no longer. */
  discardUnsaved(): void {
    this.#unsaved = null;
    this.#discarded = true;
    this.#keeper?.clear();
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
    this.#drafts?.close();
    this.#watch();
    this.#listeners.clear();
    this.#dropDesk();
    this.#padSync.dispose();
    this.pad.destroy();
  }

  // --- from the connection --------------------------------------------------------------------

  #onStatus(status: ConnectionStatus): void {
    if (status.phase !== 'open') this.#disconnected();
    if (status.phase === 'closed' && GONE.includes(status.reason)) {
      // Nobody hears that the session is gone before we know whether there is something to save.
      if (this.#adopted) this.#gone(status);
      else void this.#adopt(null).then(() => this.#gone(status));
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
    const lost = this.#view.outbox.disconnect();
    for (const [document, sync] of this.#syncs()) {
      sync.disconnect(lost.has(document));
      if (sync.unsent) this.#keeper?.whole(document, sync.doc);
    }
    this.#presence.disconnect();
  }

  #gone(status: ConnectionStatus & { phase: 'closed' }): void {
    if (this.#disposed) return;
    this.#status = status;
    if (status.reason === 'ended') this.#view.end();
    if (!this.#offer()) this.discardUnsaved();
    this.#changed();
  }

  /** Offer what nobody can take any more for copying; whether there is any. */
  #offer(): boolean {
    const texts = this.#syncs()
      .filter(([, sync]) => sync.unsent)
      .map(([name, { doc }]) => (name === 'pad' ? this.#padText() : readableText(doc, NOTES)))
      .filter(text => text.trim() !== '');
    if (texts.length > 0) this.#unsaved = texts.join('\n\n');
    return texts.length > 0;
  }

  /** All files, the first one's text first, the others' each under its name. */
  #padText(): string {
    const roots = [...this.pad.share.keys()].map(root => ({ name: root, root }));
    const others = (this.#view.state?.files ?? roots)
      .filter(({ root }) => root !== MAIN_FILE)
      .map(({ name, root }) => ({ name, text: this.text(root).toJSON() }))
      .filter(({ text }) => text !== '')
      .map(({ name, text }) => `${name}:\n${text}`);
    const first = readableText(this.pad, MAIN_FILE);
    return [first, ...others].filter(text => text !== '').join('\n\n');
  }

  #onMessage(message: Incoming): void {
    if (message.kind === 'event' && message.event.type === 'waiting') {
      this.#waiting = true;
      this.#changed();
      return;
    }
    if (!this.#adopted) {
      // Nothing shows, so that nothing can be typed, before what is typed can be kept.
      this.#early.push(message);
      if (message.kind === 'event' && message.event.type === 'session-state') {
        void this.#adopt(message.event.payload.user).then(() => this.#catchUp());
      }
      return;
    }
    if (message.kind === 'sync') this.#documentSync(message.document).receive(message.message);
    else if (message.kind === 'presence') this.#presence.receive(message.update);
    else this.#onEvent(message.event);
    this.#changed();
  }

  #onEvent(event: ServerEvent): void {
    const before = this.#view.me;
    switch (event.type) {
      case 'session-state':
        this.#waiting = false;
        this.#view.replace(event.payload, this.#run?.id ?? null);
        if (!this.#ready) this.#connected(event.payload.user);
        break;
      case 'presence-update':
        this.#view.roster(event.payload.users);
        break;
      case 'saved':
        this.#doubtful = this.#view.settle(event.payload.count) || this.#doubtful;
        this.#stopWatching();
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
    if (this.#view.state?.status === 'ended' && !this.#discarded) this.#offer();
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
    if (refused?.event.type === 'execute-code') this.#run?.stop();
    // What a closed page asked for is of no interest any more.
    if (!refused?.adopted) this.#notice = message;
  }

  // --- what closed pages left -----------------------------------------------------------------

  /** Make it ours, once; from then on documents may be synchronised. */
  #adopt(me: User | null): Promise<void> {
    this.#adopting ??= this.#takeOver(me);
    return this.#adopting;
  }

  async #takeOver(me: User | null): Promise<void> {
    const drafts = (await this.#keeper?.adopt(me?.id ?? null)) ?? [];
    if (this.#disposed) return;
    this.#adopted = true;
    const mayDesk = me === null || me.role === 'interviewer';
    for (const draft of drafts) {
      if (draft.kind !== 'edit') continue;
      if (draft.document === 'pad') this.#padSync.adopt(draft.update);
      else if (mayDesk) this.#deskOf().adopt(draft.update);
    }
    this.#view.adopt(leftEvents(drafts));
  }

  /** Take what the connection brought meanwhile, its snapshot first. */
  #catchUp(): void {
    const early = this.#early;
    this.#early = [];
    for (const message of early) this.#onMessage(message);
    this.#changed();
  }

  // --- to the connection ----------------------------------------------------------------------

  #say(event: ClientEvent): void {
    if (this.#disposed) return;
    const own = this.#view.say(event);
    this.#keeper?.event(own);
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
    if (this.#deskSync) return this.#deskSync;
    const sync = this.#deskOf();
    sync.connect();
    return sync;
  }

  #deskOf(): DocumentSync {
    this.#deskSync ??= this.#syncOf('desk', new Y.Doc(), 'desk-write');
    return this.#deskSync;
  }

  /** The documents that we have. */
  #syncs(): [DocumentName, DocumentSync][] {
    const pad: [DocumentName, DocumentSync] = ['pad', this.#padSync];
    return this.#deskSync ? [pad, ['desk', this.#deskSync]] : [pad];
  }

  #syncOf(document: DocumentName, doc: Y.Doc, action: Action): DocumentSync {
    const sync = new DocumentSync(doc, {
      ask: message => this.#connection.send({ kind: 'sync', document, message }),
      edit: message => {
        this.#view.outbox.countEdit(document);
        this.#connection.send({ kind: 'sync', document, message });
      },
      keep: update => {
        if (this.#adopted) this.#keeper?.edit(document, sync.doc, update, !this.#ready);
      },
      mayWrite: () => this.#view.may(action),
      settled: () => !this.#view.outbox.carries(document),
      differed: replaced => {
        this.#notice = replaced ? REPLACED : DIFFERS;
        this.#changed();
      },
      changed: () => this.#changed()
    });
    return sync;
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
    if (this.#adopted && this.#confirmed && this.#unsaved === null) this.#keeper?.clear();
    if (this.#doubtful && this.#view.outbox.empty) {
      this.#doubtful = false;
      this.#connection.retry();
    }
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
      atRisk: this.#atRisk,
      unsaved: this.#unsaved,
      waiting: this.#waiting,
      me: this.#view.me,
      state: this.#view.state,
      pad: this.pad,
      run: this.#run,
      runOptions: this.#runOptions,
      notice: this.#notice
    };
  }

  #saving(): SessionSnapshot['saving'] {
    if (this.#connection.local) return 'local';
    if (!this.#stores) return 'not-stored';
    if (this.#status.phase !== 'open') return 'offline';
    return this.#confirmed ? 'saved' : 'saving';
  }

  get #atRisk(): boolean {
    if (this.#connection.local) return !this.#stores;
    return !this.#durable && !this.#discarded && !this.#confirmed;
  }

  /** Whether the server has everything. */
  get #confirmed(): boolean {
    return this.#view.outbox.empty && !this.#syncs().some(([, sync]) => sync.unsent);
  }

  /**
   * A connection that confirms nothing for long is dead, whatever the browser believes. Where we
   * may not write, nothing is: an edit that met the lock on its way is confirmed when that opens.
   */
  #watch(): void {
    const due =
      !this.#disposed &&
      this.#ready &&
      this.#stores &&
      this.#view.outbox.expectant &&
      this.#view.may('write');
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
