/**
 * Throttle with a leading edge: the first request is carried out at once, and all further requests
 * within an interval share the next one, at the end of the interval.
 */
export class Throttle {
  readonly #interval: number;
  readonly #act: () => boolean;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** `interval` is in milliseconds. `act` returns whether there was anything to do. */
  constructor(interval: number, act: () => boolean) {
    this.#interval = interval;
    this.#act = act;
  }

  /** Act now, or at the end of the interval that is running. */
  request(): void {
    if (this.#timer === null) this.#run();
  }

  /** Act no more until the next request. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #run = (): void => {
    // The interval begins first, because the action may make another request.
    this.#timer = setTimeout(this.#run, this.#interval);
    if (!this.#act()) this.stop();
  };
}
