/** A Runner for tests: echoes its program as stdout, and can fail or hang when told to. */
import type { Chunk } from '../protocol/wire';
import type { RunOutcome, RunRequest, Runner, RunnerState } from '../client/runner';

/**
 * Runs a "language" of three statements, one per line: `fail <message>` ends with that error,
 * `forever` runs until it is stopped or out of time, and every other line is printed.
 */
export class EchoRunner implements Runner {
  readonly input = 'none';
  readonly #listeners = new Set<() => void>();
  #state: RunnerState = { phase: 'idle' };
  #queue: Promise<unknown> = Promise.resolve();
  #disposed = new AbortController();

  get state(): RunnerState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  prepare(): void {
    if (!this.#disposed.signal.aborted) {
      this.#setState({ phase: 'ready' });
    }
  }

  run(request: RunRequest, output: (chunk: Chunk) => void, stop: AbortSignal): Promise<RunOutcome> {
    const turn = this.#queue.then(() => this.#run(request, output, stop));
    this.#queue = turn;
    return turn;
  }

  dispose(): void {
    this.#disposed.abort();
    this.#setState({ phase: 'idle' });
    this.#listeners.clear();
  }

  async #run(
    request: RunRequest,
    output: (chunk: Chunk) => void,
    stop: AbortSignal
  ): Promise<RunOutcome> {
    const started = performance.now();
    const ended = (status: RunOutcome['status'], error: string | null): RunOutcome => ({
      status,
      error,
      durationMs: Math.round(performance.now() - started)
    });
    if (this.#isDisposed()) {
      return ended('error', 'Ended');
    }
    this.prepare();
    for (const line of request.code.split('\n')) {
      if (stop.aborted) {
        return ended('stopped', null);
      }
      if (line.startsWith('fail ')) {
        return ended('error', line.slice('fail '.length));
      }
      if (line === 'forever') {
        const end = AbortSignal.any([stop, this.#disposed.signal]);
        if (!(await aborted(end, request.timeLimit))) {
          return ended('timeout', 'Stopped: the time limit is over.');
        }
        return this.#isDisposed() ? ended('error', 'Ended') : ended('stopped', null);
      }
      output({ stream: 'stdout', data: `${line}\n` });
    }
    return ended('ok', null);
  }

  #isDisposed(): boolean {
    return this.#disposed.signal.aborted;
  }

  #setState(state: RunnerState): void {
    if (state.phase !== this.#state.phase) {
      this.#state = state;
      for (const listener of this.#listeners) {
        listener();
      }
    }
  }
}

/** True once `signal` is aborted; false if `limit` milliseconds pass before. */
function aborted(signal: AbortSignal, limit: number): Promise<boolean> {
  return new Promise(resolve => {
    const timer = setTimeout(() => resolve(false), limit);
    const hear = (): void => {
      clearTimeout(timer);
      resolve(true);
    };
    signal.addEventListener('abort', hear, { once: true });
    if (signal.aborted) {
      hear();
    }
  });
}
