/**
 * A session for the screen: the text, the people, the runs, and the actions of a person. It works
 * in the same way with and without a connection to the server.
 */
import type { Awareness } from 'y-protocols/awareness';
import type * as Y from 'yjs';
import type { Connection } from '../connection/connection';
import type { Drafts } from '../storage/drafts';
import type { FileCommand } from '../session/files';
import { RunController } from './run-controller';
import type { Program, RunOptions } from './run-controller';
import { MAIN_FILE } from '../protocol/wire';
import type { Language, PadFile, Run } from '../protocol/wire';
import { wellFormed } from '../protocol/json';
import type { Runners } from './runner';
import { SessionSync } from './session-sync';
import { sameSnapshot } from './snapshot';
import type { SessionSnapshot } from './snapshot';

/** The caller owns `runners`: `dispose()` stops a run, but does not free them. */
interface SessionOptions {
  connection: Connection;
  runners: Runners;
  /** Where unconfirmed work survives this page; the session closes it. */
  drafts?: Drafts;
  /** Milliseconds that a run may take; called at each run. */
  timeLimit?: () => number;
}

const TIME_LIMIT = 30_000;

/** One session in one page. */
export class ArenaSession {
  /** Cursors, for the editor to bind to. */
  readonly awareness: Awareness;
  readonly runners: Runners;

  readonly #connection: Connection;
  readonly #sync: SessionSync;
  readonly #runs: RunController;
  readonly #listeners = new Set<() => void>();
  #notice: string | null = null;
  #disposed = false;
  #snapshot: SessionSnapshot;

  constructor({ connection, runners, drafts, timeLimit = () => TIME_LIMIT }: SessionOptions) {
    this.#connection = connection;
    this.runners = runners;
    this.#sync = new SessionSync(connection, drafts ?? null, {
      running: () => this.#runs.current?.id ?? null,
      stopRun: () => this.stop(),
      notify: message => {
        this.#notice = message;
      },
      changed: () => this.#changed()
    });
    this.#runs = new RunController({
      runners,
      timeLimit,
      emit: event => this.#sync.dispatch(event),
      changed: () => this.#changed()
    });
    this.awareness = this.#sync.presence.awareness;
    this.#snapshot = this.#current();
    this.#sync.open();
  }

  get snapshot(): SessionSnapshot {
    return this.#snapshot;
  }

  /** The shared text, editable at any time; edits made offline merge later. */
  get pad(): Y.Doc {
    return this.#sync.documents.pad;
  }

  /** The pad's first file. */
  get code(): Y.Text {
    return this.text(MAIN_FILE);
  }

  /** The interviewers' private text; null to everybody else, and before the server offers it. */
  get notes(): Y.Doc | null {
    return this.#sync.documents.notes;
  }

  /** The text of the pad's file with this root. */
  text(root: string): Y.Text {
    return this.pad.getText(root);
  }

  /** Call `listener` after every change of `snapshot`; returns how to stop that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Choose the language of the next run, for everybody. */
  setLanguage(language: Language): void {
    const { view } = this.#sync;
    if (!view.may('language') || view.state?.language === language) return;
    this.#sync.dispatch({ type: 'language-change', payload: { language } });
  }

  /** Set the question in Markdown, for everybody; the last writer wins. */
  setQuestion(text: string): void {
    const { view } = this.#sync;
    const question = wellFormed(text.trimEnd());
    if (!view.may('question') || view.state?.question === question) return;
    this.#sync.dispatch({ type: 'question-change', payload: { question } });
  }

  /** Change our own name, for everybody. The server may add a number; a refusal is a notice. */
  changeName(text: string): void {
    const { view } = this.#sync;
    const name = wellFormed(text.trim());
    if (!view.may('name') || name === '' || name === view.me?.name) return;
    this.#sync.dispatch({ type: 'name-change', payload: { name } });
  }

  /** Add an empty file. It is there once the log has it; a refusal is a notice. */
  addFile(name: string): void {
    this.#changeFiles({ type: 'file-add', payload: { name } });
  }

  renameFile(from: string, to: string): void {
    this.#changeFiles({ type: 'file-rename', payload: { from, to } });
  }

  deleteFile(name: string): void {
    this.#changeFiles({ type: 'file-delete', payload: { name } });
  }

  /** Make a file the one that runs, and that bots see. */
  setMainFile(name: string): void {
    this.#changeFiles({ type: 'file-main', payload: { name } });
  }

  #changeFiles(command: FileCommand): void {
    if (this.#sync.view.may('write')) this.#sync.dispatch(command);
  }

  /** Run the main file in this browser, unless a run of ours is in progress. */
  run(): void {
    const { state } = this.#sync.view;
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
   * Repeat a run of anybody in this browser, with the files that it had. Does nothing while a run of
   * ours is in progress, or where the files of that run are no longer kept.
   */
  runAgain({ language, main, code, files }: Run): void {
    if (files === null) return;
    this.#start({ language, ...(main !== null && { main }), code, files });
  }

  #start(program: Program): void {
    if (!this.#sync.view.may('run') || this.#runs.start(program)) return;
    this.#notice = 'This text is too long to run.';
    this.#changed();
  }

  /** Answer the question of our own run: a line of text, or null for the end of all input. */
  answer(text: string | null): void {
    this.#runs.current?.answer(text);
  }

  /** Choose the options of our next run. */
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

  /** The person has copied the `unsaved` text: it is kept no longer. */
  discardUnsaved(): void {
    this.#sync.unsavedWork.discard();
    this.#changed();
  }

  /** Leave, and free everything but the runners. */
  dispose(): void {
    if (this.#disposed) return;
    this.stop();
    this.#sync.dispose();
    this.#disposed = true;
    this.#listeners.clear();
  }

  #changed(): void {
    if (this.#disposed) return;
    const next = this.#current();
    if (sameSnapshot(next, this.#snapshot)) return;
    this.#snapshot = next;
    for (const listener of [...this.#listeners]) listener();
  }

  #current(): SessionSnapshot {
    const { status, stores, waiting, unsavedWork, view } = this.#sync;
    return {
      connection: status,
      saving: this.#saving(),
      atRisk: this.#connection.local ? !stores : unsavedWork.atRisk,
      unsaved: unsavedWork.offered,
      waiting,
      me: view.me,
      state: view.state,
      pad: this.pad,
      run: this.#runs.current,
      runOptions: this.#runs.options,
      notice: this.#notice
    };
  }

  #saving(): SessionSnapshot['saving'] {
    const { status, stores, unsavedWork } = this.#sync;
    if (this.#connection.local) return 'local';
    if (!stores) return 'not-stored';
    if (status.phase !== 'open') return 'offline';
    return unsavedWork.confirmed ? 'saved' : 'saving';
  }
}
