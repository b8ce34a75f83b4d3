/**
 * A session as the screen has it: the text, who is here, what ran - the same whether the server
 * is there at this moment or not.
 */
import type { Awareness } from 'y-protocols/awareness';
import type * as Y from 'yjs';
import type { CloseReason, Connection, ConnectionStatus, Incoming } from '../connection/connection';
import type { Drafts } from '../storage/drafts';
import type { FileWish } from '../session/files';
import type { Action } from '../session/permissions';
import { OwnRuns } from './run-controller';
import type { OwnProgram, RunOptions } from './run-controller';
import { Patience } from './ack-timeout';
import { Presence } from './presence';
import { MAIN_FILE } from '../protocol/wire';
import type {
  ClientEvent,
  DocumentName,
  Language,
  PadFile,
  Run,
  ServerEvent,
  ServerOnlyEvents,
  User
} from '../protocol/wire';
import type { Runners } from './runner';
import { wellFormed } from './run';
import { Safekeeping } from './unsaved-work';
import { sameSnapshot } from './snapshot';
import type { SessionSnapshot } from './snapshot';
import { SessionTexts } from './documents';
import { SessionView } from './view';

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
const WRITE: Readonly<Record<DocumentName, Action>> = { pad: 'write', notes: 'notes-write' };

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
  readonly #presence: Presence;
  readonly #texts: SessionTexts;
  readonly #view = new SessionView();
  readonly #safe: Safekeeping;
  readonly #runs: OwnRuns;
  readonly #patience: Patience;
  readonly #listeners = new Set<() => void>();

  #status: ConnectionStatus = { phase: 'connecting' };
  /** Whether this connection has brought its `session-state`: before that, nothing is sent. */
  #ready = false;
  /** What this connection brought before what closed pages left was ours. */
  #early: Incoming[] = [];
  /** Whether the server can store. */
  #stores = true;
  /** Whether only a fresh snapshot can tell how things are. */
  #doubtful = false;
  #notice: string | null = null;
  #waiting = false;
  #disposed = false;
  #snapshot: SessionSnapshot;

  constructor({ connection, runners, drafts, timeLimit = () => TIME_LIMIT }: SessionOptions) {
    this.#connection = connection;
    this.runners = runners;
    this.#texts = new SessionTexts({
      ask: (document, message) => connection.send({ kind: 'sync', document, message }),
      edit: (document, message) => {
        this.#view.outbox.countEdit(document);
        connection.send({ kind: 'sync', document, message });
      },
      keep: (document, doc, update) => this.#safe.edit(document, doc, update, !this.#ready),
      mayWrite: document => this.#view.may(WRITE[document]),
      settled: document => !this.#view.outbox.carries(document),
      differed: replaced => {
        this.#notice = replaced ? REPLACED : DIFFERS;
        this.#changed();
      },
      changed: () => this.#changed()
    });
    this.#safe = new Safekeeping(drafts ?? null, this.#texts, this.#view);
    this.#runs = new OwnRuns({
      runners,
      timeLimit,
      emit: event => this.#say(event),
      changed: () => this.#changed()
    });
    this.#patience = new Patience(() => connection.retry());
    this.#presence = new Presence(this.pad, update => {
      connection.send({ kind: 'presence', update });
    });
    this.awareness = this.#presence.awareness;
    this.#snapshot = this.#current();
    void this.#safe.failed().then(() => this.#changed());
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
    return this.#texts.pad;
  }

  /** The pad's first file. */
  get code(): Y.Text {
    return this.text(MAIN_FILE);
  }

  /** The interviewers' private text; null to everybody else, and before the server offers it. */
  get notes(): Y.Doc | null {
    return this.#texts.notes;
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

  /** Set what the interview is about, in Markdown, for everybody; the last to do so wins. */
  setQuestion(question: string): void {
    const said = wellFormed(question.trimEnd());
    if (!this.#view.may('question') || this.#view.state?.question === said) return;
    this.#say({ type: 'question-change', payload: { question: said } });
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
    const main = state?.files.find(({ root }) => root === state.main);
    if (!state || !main) return;
    const text = ({ root }: PadFile): string => this.text(root).toJSON();
    const others = state.files.filter(file => file !== main);
    this.#start({
      language: state.language,
      main: main.name,
      code: text(main),
      files: Object.fromEntries(others.map(file => [file.name, text(file)]))
    });
  }

  /**
   * Run again in this browser what somebody ran in theirs: the same files, whatever they are now.
   * Unless a run of ours is in progress, or the files of that one are no longer kept.
   */
  runAgain({ language, main, code, files }: Run): void {
    if (files === null) return;
    this.#start({ language, ...(main !== null && { main }), code, files });
  }

  #start(program: OwnProgram): void {
    if (!this.#view.may('run') || this.#runs.start(program)) return;
    this.#notice = 'This text is too long to run.';
    this.#changed();
  }

  /** Answer the question of our own run: a line of text, or null for the end of all input. */
  answer(text: string | null): void {
    this.#runs.current?.answer(text);
  }

  /** Choose how our next run is to be. */
  setRunOptions(options: Partial<RunOptions>): void {
    this.#runs.choose(options);
    this.#changed();
  }

  /** Stop our own run, if there is one. */
  stop(): void {
    this.#runs.current?.stop();
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
    this.#safe.discard();
    this.#changed();
  }

  /** Leave, and free everything but the runners. */
  dispose(): void {
    if (this.#disposed) return;
    this.#runs.current?.stop();
    this.#texts.flush();
    this.#presence.dispose();
    this.#connection.close();
    this.#disposed = true;
    this.#safe.close();
    this.#watch();
    this.#listeners.clear();
    this.#texts.dispose();
  }

  // --- from the connection --------------------------------------------------------------------

  #onStatus(status: ConnectionStatus): void {
    if (status.phase !== 'open') this.#disconnected();
    if (status.phase === 'closed' && GONE.includes(status.reason)) {
      // Nobody hears that the session is gone before we know whether there is something to save.
      if (this.#safe.adopted) this.#gone(status);
      else void this.#safe.adopt(null).then(() => this.#gone(status));
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
    this.#texts.disconnect(this.#view.outbox.disconnect());
    this.#safe.disconnected();
    this.#presence.disconnect();
  }

  #gone(status: ConnectionStatus & { phase: 'closed' }): void {
    if (this.#disposed) return;
    this.#status = status;
    if (status.reason === 'ended') this.#view.end();
    this.#safe.offer();
    if (this.#safe.unsaved === null) this.#safe.discard();
    this.#changed();
  }

  #onMessage(message: Incoming): void {
    if (message.kind === 'event' && message.event.type === 'waiting') {
      this.#waiting = true;
      this.#changed();
      return;
    }
    if (!this.#safe.adopted) {
      // Nothing shows, so that nothing can be typed, before what is typed can be kept.
      this.#early.push(message);
      if (message.kind === 'event' && message.event.type === 'session-state') {
        const me = message.event.payload.user;
        void this.#safe.adopt(me).then(() => this.#catchUp());
      }
      return;
    }
    if (message.kind === 'sync') this.#texts.receive(message.document, message.message);
    else if (message.kind === 'presence') this.#presence.receive(message.update);
    else this.#onEvent(message.event);
    this.#changed();
  }

  #onEvent(event: ServerEvent): void {
    const before = this.#view.me;
    switch (event.type) {
      case 'session-state':
        this.#waiting = false;
        this.#view.replace(event.payload, this.#runs.current?.id ?? null);
        if (!this.#ready) this.#connected(event.payload.user);
        break;
      case 'presence-update':
        this.#view.roster(event.payload.users);
        break;
      case 'saved':
        this.#doubtful = this.#view.settle(event.payload.count) || this.#doubtful;
        this.#patience.end();
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
    if (me && me.role !== 'interviewer') this.#texts.dropNotes();
    if (this.#view.state?.status === 'ended') this.#safe.offer();
  }

  #connected(me: User): void {
    this.#ready = true;
    this.#presence.connect(me);
    this.#texts.connect();
    this.#sendWaiting();
  }

  #onError({ id, message }: ServerOnlyEvents['error']): void {
    const refused = id === undefined ? null : this.#view.refuse(id);
    if (refused?.event.type === 'execute-code') this.#runs.current?.stop();
    // What a closed page asked for is of no interest any more.
    if (!refused?.adopted) this.#notice = message;
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
    this.#safe.event(own);
    if (this.#ready) this.#sendWaiting();
    this.#changed();
  }

  #sendWaiting(): void {
    for (const { event } of this.#view.outbox.takeWaiting()) {
      this.#connection.send({ kind: 'event', event });
    }
  }

  // --- what the screen sees -------------------------------------------------------------------

  #changed(): void {
    if (this.#disposed) return;
    this.#texts.resume();
    this.#safe.settle();
    if (this.#doubtful && this.#view.outbox.empty) {
      this.#doubtful = false;
      this.#connection.retry();
    }
    this.#watch();
    const next = this.#current();
    if (sameSnapshot(next, this.#snapshot)) return;
    this.#snapshot = next;
    for (const listener of [...this.#listeners]) listener();
  }

  #current(): SessionSnapshot {
    return {
      connection: this.#status,
      saving: this.#saving(),
      atRisk: this.#connection.local ? !this.#stores : this.#safe.atRisk,
      unsaved: this.#safe.unsaved,
      waiting: this.#waiting,
      me: this.#view.me,
      state: this.#view.state,
      pad: this.pad,
      run: this.#runs.current,
      runOptions: this.#runs.options,
      notice: this.#notice
    };
  }

  #saving(): SessionSnapshot['saving'] {
    if (this.#connection.local) return 'local';
    if (!this.#stores) return 'not-stored';
    if (this.#status.phase !== 'open') return 'offline';
    return this.#safe.confirmed ? 'saved' : 'saving';
  }

  /** Where we may not write, no answer is due: an edit that met the lock waits for its end. */
  #watch(): void {
    const due =
      !this.#disposed &&
      this.#ready &&
      this.#stores &&
      this.#view.outbox.expectant &&
      this.#view.may('write');
    if (due) this.#patience.begin();
    else this.#patience.end();
  }
}
