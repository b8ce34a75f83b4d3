/** The Runner port: executes programs of one language. */
import { LANGUAGES } from '../protocol/wire';
import type { Chunk, Language, Location, RunStatus } from '../protocol/wire';

/** One program to execute. */
export interface RunRequest {
  /** The main file: its text, and its name where that is not the default name of the language. */
  code: string;
  main?: string;
  /** The other files, by name, which the program may import. */
  files?: Readonly<Record<string, string>>;
  /** Milliseconds after which the run ends as `timeout`. */
  timeLimit: number;
  /** Text that the program reads before it asks the person; null without such text. */
  stdin?: string | null;
  /**
   * Answers a question of the program: a line of text, or null for the end of all input. It is
   * called for one question at a time. Its time does not count, up to some minutes in all. Without
   * it the program cannot ask.
   */
  ask?: (prompt: string) => Promise<string | null>;
  /** Run in the state that the last such run left, and leave it to the next. */
  keepState?: boolean;
}

/** How a run ended. `error` is text for people: the person's own lines, no frames of ours. */
export interface RunOutcome {
  status: Exclude<RunStatus, 'running' | 'lost'>;
  error: string | null;
  durationMs: number;
  /** Where in the code the error is, if that is known. */
  location?: Location;
}

/** `progress` goes from 0 to 1, or is null where it cannot be known; `size` is 1, in bytes. */
export type RunnerState =
  | { phase: 'idle' }
  | { phase: 'loading'; label: string; progress: number | null; size?: number }
  | { phase: 'ready' }
  | { phase: 'failed'; message: string };

export interface Runner {
  readonly state: RunnerState;
  /**
   * How a program gets its input: it can ask while it runs, or has only the text that was given
   * before the run, or cannot read at all.
   */
  readonly input: 'live' | 'beforehand' | 'none';
  /** Call `listener` after every change of `state`; returns how to stop that. */
  subscribe(listener: () => void): () => void;
  /** Start loading in the background; harmless when repeated, retries after `failed`. */
  prepare(): void;
  /**
   * Execute, loading first if need be. Never rejects: a failure is an outcome.
   * `output` is called in order, before the promise resolves. Aborting `stop` ends the run.
   * One run at a time; a second call waits for the first.
   */
  run(request: RunRequest, output: (chunk: Chunk) => void, stop: AbortSignal): Promise<RunOutcome>;
  /** End everything and free it. */
  dispose(): void;
}

export type Runners = Readonly<Record<Language, Runner>>;

/** A runner for each language, as `make` makes it. */
export function runnersBy<R extends Runner>(
  make: (language: Language) => R
): Readonly<Record<Language, R>> {
  return Object.fromEntries(LANGUAGES.map(language => [language, make(language)])) as Record<
    Language,
    R
  >;
}
