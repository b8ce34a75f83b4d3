/** One run: executes a program on a runner, and reports it as events that everybody gets. */
import { wellFormed } from '../protocol/json';
import { LIMITS } from '../protocol/wire';
import type { ClientEvent, Language } from '../protocol/wire';
import { answered, asked } from '../session/run-output';
import { OutputStream } from './output-stream';
import type { Runner, RunOutcome, RunRequest } from './runner';

/** Longest text of an error, UTF-16 units. */
const MAX_ERROR = 16 * 1024;

/** The input of a run. `timeLimit` is in milliseconds; `emit` gets the events in order. */
interface RunStart {
  id: string;
  runner: Runner;
  language: Language;
  /** The main file: its name, where that is known, and its text. */
  main?: string;
  code: string;
  /** The other files, by name. */
  files?: Readonly<Record<string, string>>;
  timeLimit: number;
  stdin?: string | null;
  keepState?: boolean;
  emit: (event: ClientEvent) => void;
}

/** A run in progress in this page. */
export interface OwnRun {
  readonly id: string;
  /** Resolves when the result is reported; never rejects. */
  readonly ended: Promise<void>;
  /** End it as `stopped`; harmless when it has ended. */
  stop(): void;
  /** Answer its question, null for the end of all input; nothing happens where it asks none. */
  answer(text: string | null): void;
}

/** Start a run and report that; its output and its result follow as events. */
export function startRun(options: RunStart): OwnRun {
  const { id, runner, language, code, timeLimit, emit } = options;
  const { stdin = null, keepState = false } = options;
  const abort = new AbortController();
  let waiting: ((text: string | null) => void) | null = null;
  const rest = {
    ...(options.main !== undefined && { main: options.main }),
    ...(options.files !== undefined && { files: options.files })
  };
  emit({ type: 'execute-code', payload: { runId: id, language, code, ...rest } });
  const output = new OutputStream(chunks => {
    emit({ type: 'execution-output', payload: { runId: id, chunks } });
  });
  const ask = (prompt: string): Promise<string | null> => {
    if (waiting !== null) return Promise.reject(new Error('The run has a question open'));
    output.flush();
    const text = wellFormed(prompt).slice(0, LIMITS.input);
    output.count(asked(text));
    emit({ type: 'input-request', payload: { runId: id, prompt: text } });
    return new Promise(resolve => {
      waiting = resolve;
    });
  };
  const answer = (text: string | null): void => {
    if (waiting === null) return;
    const read = text === null ? null : wellFormed(text).slice(0, LIMITS.input);
    output.count(answered(read));
    emit({ type: 'input-reply', payload: { runId: id, text: read } });
    waiting(read);
    waiting = null;
  };
  const execute = async (): Promise<void> => {
    const request = { code, ...rest, timeLimit, stdin, keepState, ask };
    const outcome = await settled(runner, request, output, abort.signal);
    output.end();
    waiting = null;
    const { status, durationMs, location } = outcome;
    const error = outcome.error === null ? null : wellFormed(outcome.error.slice(0, MAX_ERROR));
    emit({
      type: 'execution-result',
      payload: { runId: id, error, durationMs, status, ...(location && { location }) }
    });
  };
  return { id, ended: execute(), stop: () => abort.abort(), answer };
}

async function settled(
  runner: Runner,
  request: RunRequest,
  output: OutputStream,
  stop: AbortSignal
): Promise<RunOutcome> {
  const started = Date.now();
  try {
    return await runner.run(request, chunk => output.write(chunk), stop);
  } catch (error) {
    // A runner should not reject. If one does, the run must still end for everybody.
    const message = error instanceof Error ? error.message : String(error);
    return { status: 'error', error: message, durationMs: Date.now() - started };
  }
}
