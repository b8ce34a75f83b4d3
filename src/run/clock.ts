/** The time that a program itself takes: it stands still while a person or the network is waited for. */

/** Runs from its making; calls `onLimit` once, when it has run for `limit` milliseconds. */
export class RunClock {
  readonly #limit: number;
  readonly #onLimit: () => void;
  #before = 0;
  #since: number | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waits = 0;

  constructor(limit: number, onLimit: () => void) {
    this.#limit = limit;
    this.#onLimit = onLimit;
    this.#start();
  }

  /** Milliseconds that it has run. */
  get elapsed(): number {
    return this.#before + (this.#since === null ? 0 : performance.now() - this.#since);
  }

  /** Stand still until `waited` has settled. */
  async during<T>(waited: Promise<T>): Promise<T> {
    this.#waits += 1;
    this.stop();
    try {
      return await waited;
    } finally {
      this.#waits -= 1;
      if (this.#waits === 0) {
        this.#start();
      }
    }
  }

  /** Stand still for good, or for as long as `during` has something to wait for. */
  stop(): void {
    this.#before = this.elapsed;
    this.#since = null;
    clearTimeout(this.#timer);
  }

  #start(): void {
    this.#since = performance.now();
    this.#timer = setTimeout(this.#onLimit, Math.max(0, this.#limit - this.#before));
  }
}
