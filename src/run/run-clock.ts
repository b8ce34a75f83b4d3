/** The time that a program itself takes: it stands still while a person or the network is waited for. */

/**
 * How long a program may wait in all, milliseconds: enough to think about every answer, and an end to
 * one that goes on computing beside a question which it left open.
 */
export const PATIENCE = 10 * 60_000;

/** Runs from its making; calls `onLimit` when that was `limit` milliseconds, `onPatience` when it stood still too long. */
export class RunClock {
  readonly #own: Countdown;
  readonly #waiting: Countdown;
  #waits = 0;
  #over = false;

  constructor(limit: number, onLimit: () => void, onPatience: () => void) {
    this.#own = new Countdown(limit, onLimit);
    this.#waiting = new Countdown(PATIENCE, onPatience);
    this.#own.start();
  }

  /** Milliseconds that it has run. */
  get elapsed(): number {
    return this.#own.elapsed;
  }

  /** Stand still until `waited` has settled. */
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

  /** Stand still for good. */
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

/** Counts time while it is started, and calls `onLimit` when there was `limit` of it, in milliseconds. */
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
