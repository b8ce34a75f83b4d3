/**
 * Passes a run's output on within its limits. The worker keeps to them by itself and says when it
 * cuts; one that does not is no longer our code, and its run is to be ended.
 */
import type { Chunk } from '../core/protocol';
import { LIMITS } from '../core/protocol';
import { DISPLAY_LIMIT } from './messages';

/** Lets `output` hear chunks until it is closed; calls `onOverrun` when the limits are broken. */
export class Gate {
  readonly #onOverrun: () => void;
  #output: ((chunk: Chunk) => void) | null;
  #left = LIMITS.output;
  #displays = DISPLAY_LIMIT;

  constructor(output: (chunk: Chunk) => void, onOverrun: () => void) {
    this.#output = output;
    this.#onOverrun = onOverrun;
  }

  pass(chunk: Chunk): void {
    this.#left -= chunk.data.length;
    this.#displays -= 'mime' in chunk ? 1 : 0;
    if (this.#left < 0 || this.#displays < 0) {
      this.close();
      this.#onOverrun();
    } else {
      this.#output?.(chunk);
    }
  }

  close(): void {
    this.#output = null;
  }
}
