/** The Runner port: what executes one language. `core` knows this and nothing behind it. */
import type { Chunk, Language, RunStatus } from './protocol';

/** One program to execute. */
export interface RunRequest {
  /** The main file. */
  code: string;
  /** The other files, by name: what the program may import. */
  files?: Readonly<Record<string, string>>;
  /** Milliseconds after which the run ends as `timeout`. */
  timeLimit: number;
}

/** How a run ended. `error` is text for people: the person's own lines, no frames of ours. */
export interface RunOutcome {
  status: Exclude<RunStatus, 'running' | 'lost'>;
  error: string | null;
  durationMs: number;
}

/** `progress` goes from 0 to 1, or is null where it cannot be known. */
export type RunnerState =
  | { phase: 'idle' }
  | { phase: 'loading'; label: string; progress: number | null }
  | { phase: 'ready' }
  | { phase: 'failed'; message: string };

export interface Runner {
  readonly state: RunnerState;
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
