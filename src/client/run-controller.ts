/**
 * The runs of this page, one at a time, and how the person wants them.
 */
import { uuidv4 } from 'lib0/random';
import { encodeEvent } from '../protocol/event-codec';
import { LIMITS } from '../protocol/wire';
import type { ClientEvent, Language } from '../protocol/wire';
import type { Runners } from './runner';
import { startRun, wellFormed } from './run';
import type { OwnRun } from './run';

/** Largest event that we send, bytes: a frame, less what is around it. */
const MAX_EVENT = LIMITS.frame - 1024;

/** What a person chose for their own runs. */
export interface RunOptions {
  /** Whether each run finds what the one before left behind, as in a notebook. */
  keepState: boolean;
  /** What the program is given to read, before anybody is asked. */
  stdin: string;
}

/** What is to run: the main file, what it is called if anybody said, and the other files by name. */
export interface OwnProgram {
  language: Language;
  main?: string;
  code: string;
  files: Readonly<Record<string, string>>;
}

/** `timeLimit`, in milliseconds, is asked at each run; `emit` gets a run's events in order. */
export interface OwnRunsPort {
  runners: Runners;
  timeLimit: () => number;
  emit: (event: ClientEvent) => void;
  changed: () => void;
}

/** Runs programs for one session. */
export class OwnRuns {
  readonly #port: OwnRunsPort;
  #run: OwnRun | null = null;
  #options: RunOptions = { keepState: false, stdin: '' };

  constructor(port: OwnRunsPort) {
    this.#port = port;
  }

  /** The run in progress; null where there is none. */
  get current(): OwnRun | null {
    return this.#run;
  }

  get options(): RunOptions {
    return this.#options;
  }

  /** Choose how the next run is to be. */
  choose(options: Partial<RunOptions>): void {
    this.#options = { ...this.#options, ...options };
  }

  /** Run a program, unless a run is in progress; false where it is too long for anybody to hear of. */
  start({ language, main, code, files }: OwnProgram): boolean {
    if (this.#run) return true;
    const others = Object.entries(files).map(([name, text]) => [name, wellFormed(text)] as const);
    const program = {
      language,
      ...(main !== undefined && { main }),
      code: wellFormed(code),
      ...(others.length > 0 && { files: Object.fromEntries(others) })
    };
    const event = { type: 'execute-code', payload: program } as const;
    if (new TextEncoder().encode(encodeEvent(event)).length > MAX_EVENT) return false;
    const { runners, timeLimit, emit, changed } = this.#port;
    const { stdin, keepState } = this.#options;
    const run = startRun({
      id: uuidv4(),
      runner: runners[language],
      ...program,
      timeLimit: timeLimit(),
      stdin: stdin === '' ? null : stdin,
      keepState,
      emit
    });
    this.#run = run;
    changed();
    void run.ended.then(() => {
      this.#run = null;
      changed();
    });
    return true;
  }
}
