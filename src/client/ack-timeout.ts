/**
 * Acknowledgement timeout: if the server confirms nothing for a long time, the connection counts as
 * dead, whatever the browser reports.
 */

/** Milliseconds from a message to its confirmation. */
const ACK_TIMEOUT = 15_000;

/** A timer for a confirmation that is due; `onTimeout` is called where none arrives. */
export class AckTimeout {
  readonly #onTimeout: () => void;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(onTimeout: () => void) {
    this.#onTimeout = onTimeout;
  }

  /** A confirmation is due. A timer that is running goes on. */
  start(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#onTimeout();
    }, ACK_TIMEOUT);
  }

  /** The confirmation arrived, or none is due any more. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
