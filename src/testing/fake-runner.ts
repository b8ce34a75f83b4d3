/** A fake of a sandbox, for tests. */
import type { Runner, RunnerState, RunOutcome, RunRequest } from '../client/runner';
import type { Chunk } from '../protocol/wire';

/** A runner whose output and end are set by the test; aborting ends a run as `stopped`. */
export class FakeRunner implements Runner {
  readonly state: RunnerState = { phase: 'ready' };
  readonly input = 'live';
  readonly requests: RunRequest[] = [];
  print: (chunk: Chunk) => void = () => undefined;
  end: (outcome: RunOutcome) => void = () => undefined;
  fail: (error: Error) => void = () => undefined;

  subscribe(): () => void {
    return () => undefined;
  }

  prepare(): void {
    // Always ready.
  }

  run(request: RunRequest, output: (chunk: Chunk) => void, stop: AbortSignal): Promise<RunOutcome> {
    this.requests.push(request);
    return new Promise((resolve, reject) => {
      this.print = output;
      this.end = resolve;
      this.fail = reject;
      stop.addEventListener('abort', () =>
        resolve({ status: 'stopped', error: null, durationMs: 1 })
      );
    });
  }

  dispose(): void {
    // Nothing to free.
  }
}
