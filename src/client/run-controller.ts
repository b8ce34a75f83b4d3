/** Run controller: starts the runs of this page, one at a time, with the options that were chosen. */
import { uuidv4 } from 'lib0/random';
import { encodeEvent } from '../protocol/event-codec';
import { LIMITS } from '../protocol/wire';
import type { ClientEvent, Language } from '../protocol/wire';
import type { Runners } from './runner';
import { wellFormed } from '../protocol/json';
import { startRun } from './run';
import type { OwnRun } from './run';

/** Largest event that is sent, bytes: a frame less its envelope. */
const MAX_EVENT = LIMITS.frame - 1024;

/** The options that a person chose for their own runs. */
export interface RunOptions {
  /** Whether each run starts in the state of the run before it, as in a notebook. */
  keepState: boolean;
  /** Text that the program reads before it asks the person. */
  stdin: string;
}

/** A program: its main file, with its name where that is known, and the other files by name. */
export interface Program {
  language: Language;
  main?: string;
  code: string;
  files: Readonly<Record<string, string>>;
}

/** `timeLimit`, in milliseconds, is called at each run; `emit` gets the events of a run in order. */
interface RunControllerPort {
  runners: Runners;
  timeLimit: () => number;
  emit: (event: ClientEvent) => void;
  changed: () => void;
}

/** Runs programs for one session. */
export class RunController {
  readonly #port: RunControllerPort;
  #run: OwnRun | null = null;
  #options: RunOptions = { keepState: false, stdin: '' };

  constructor(port: RunControllerPort) {
    this.#port = port;
  }

  /** The run in progress; null where there is none. */
  get current(): OwnRun | null {
    return this.#run;
  }

  get options(): RunOptions {
    return this.#options;
  }

  /** Choose options of the next run. */
  choose(options: Partial<RunOptions>): void {
    this.#options = { ...this.#options, ...options };
  }

  /** Run a program, unless a run is in progress. False where the program is too long for one event. */
  start({ language, main, code, files }: Program): boolean {
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
