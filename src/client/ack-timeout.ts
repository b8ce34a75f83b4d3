/**
 * How long an answer may take: a connection that confirms nothing for long is dead, whatever the
 * browser believes.
 */

/** Milliseconds. */
const ANSWER_TIMEOUT = 15_000;

/** Waits for an answer that is due; `onOver` is called where none comes. */
export class Patience {
  readonly #onOver: () => void;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(onOver: () => void) {
    this.#onOver = onOver;
  }

  /** An answer is due, if it was not before. */
  begin(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#onOver();
    }, ANSWER_TIMEOUT);
  }

  /** It came, or is due no more. */
  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
