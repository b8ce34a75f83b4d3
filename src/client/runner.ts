/** The Runner port: what executes one language. `core` knows this and nothing behind it. */
import { LANGUAGES } from '../protocol/wire';
import type { Chunk, Language, Location, RunStatus } from '../protocol/wire';

/** One program to execute. */
export interface RunRequest {
  /** The main file: its text, and its name where that is another than a session's first file has. */
  code: string;
  main?: string;
  /** The other files, by name: what the program may import. */
  files?: Readonly<Record<string, string>>;
  /** Milliseconds after which the run ends as `timeout`. */
  timeLimit: number;
  /** What the program is given to read, before anybody is asked; null where that is nothing. */
  stdin?: string | null;
  /**
   * Answers a question of the program: a line of text, or null for the end of all input. It is
   * called for one question at a time. The time that this takes does not count, up to some minutes
   * in all. Without it there is nobody to ask.
   */
  ask?: (prompt: string) => Promise<string | null>;
  /** Run in what the last such run left behind, and leave it to the next. */
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

/** `progress` goes from 0 to 1, or is null where it cannot be known. */
export type RunnerState =
  | { phase: 'idle' }
  | { phase: 'loading'; label: string; progress: number | null }
  | { phase: 'ready' }
  | { phase: 'failed'; message: string };

export interface Runner {
  readonly state: RunnerState;
  /**
   * How a program gets what it reads: it can ask while it runs, or has only what it was given
   * before, or it reads nothing at all.
   */
  readonly input: 'live' | 'beforehand' | 'none';
  /** Call `listener` after every change of `state`; returns how to stop that. */
  subscribe(listener: () => void): () => void;
  /** Start loading in the background; harmless when repeated, retries after `failed`. */
  prepare(): void;
  /**
   * Execute, loading first if need be. Never rejects: what goes wrong is an outcome.
   * `output` is called in order, before the promise resolves. Aborting `stop` ends anything.
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
