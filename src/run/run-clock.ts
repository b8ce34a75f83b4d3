/** Run clock: the time of a program itself, without the time it waits for a person or the network. */

/**
 * Longest time that a program may wait in all, milliseconds: enough to think about every answer, and
 * an end to a program that computes on beside an open question.
 */
export const MAX_WAIT = 10 * 60_000;

/** Starts at once. Calls `onLimit` after `limit` milliseconds, and `onMaxWait` after `MAX_WAIT`. */
export class RunClock {
  readonly #own: Countdown;
  readonly #waiting: Countdown;
  #waits = 0;
  #over = false;

  constructor(limit: number, onLimit: () => void, onMaxWait: () => void) {
    this.#own = new Countdown(limit, onLimit);
    this.#waiting = new Countdown(MAX_WAIT, onMaxWait);
    this.#own.start();
  }

  /** Milliseconds that the program has run. */
  get elapsed(): number {
    return this.#own.elapsed;
  }

  /** Stop until `waited` has settled. */
  async during<T>(waited: Promise<T>): Promise<T> {
    this.#waits += 1;
    this.#turn();
    try {
      return await waited;
    } finally {
      this.#waits -= 1;
      this.#turn();
    }
  }

  /** Stop for good. */
  stop(): void {
    this.#over = true;
    this.#turn();
  }

  #turn(): void {
    this.#own.stop();
    this.#waiting.stop();
    if (!this.#over) {
      (this.#waits === 0 ? this.#own : this.#waiting).start();
    }
  }
}

/** Counts the time while it is started, and calls `onLimit` after `limit` milliseconds of it. */
class Countdown {
  readonly #limit: number;
  readonly #onLimit: () => void;
  #before = 0;
  #since: number | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(limit: number, onLimit: () => void) {
    this.#limit = limit;
    this.#onLimit = onLimit;
  }

  get elapsed(): number {
    return this.#before + (this.#since === null ? 0 : performance.now() - this.#since);
  }

  start(): void {
    this.#since = performance.now();
    this.#timer = setTimeout(this.#onLimit, Math.max(0, this.#limit - this.#before));
  }

  stop(): void {
    this.#before = this.elapsed;
    this.#since = null;
    clearTimeout(this.#timer);
  }
}
