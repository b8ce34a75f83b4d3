/** Timers of a program: they are counted, because a program runs until none is left, as in Node. */

type Handler = (...args: unknown[]) => void;

export class Timers {
  readonly #pending = new Set<number>();
  readonly #cancel = clearTimeout.bind(globalThis);
  #changed: () => void = () => undefined;
  /** Called after each call of a handler. */
  afterEach: () => void = () => undefined;

  /** Replace the global timer functions by counting ones. */
  constructor() {
    const { setTimeout: later, setInterval: repeat } = globalThis;
    const start = (handler: unknown, run: (call: Handler) => number): number => {
      if (typeof handler !== 'function') {
        throw new TypeError('The "callback" argument must be of type function');
      }
      const id = run(handler as Handler);
      this.#pending.add(id);
      return id;
    };
    const clear = (id?: number): void => {
      this.#cancel(id);
      this.#settle(id);
    };
    Object.assign(globalThis, {
      setTimeout: (handler: unknown, delay?: number, ...args: unknown[]) =>
        start(handler, call => {
          const id: number = later.call(
            globalThis,
            () => {
              // Settled afterwards, so that a timer which starts the next one is not the last.
              try {
                call(...args);
                this.afterEach();
              } finally {
                this.#settle(id);
              }
            },
            delay
          ) as unknown as number;
          return id;
        }),
      setInterval: (handler: unknown, delay?: number, ...args: unknown[]) =>
        start(
          handler,
          call => repeat.call(globalThis, () => call(...args), delay) as unknown as number
        ),
      clearTimeout: clear,
      clearInterval: clear
    });
  }

  /** Resolves when no timer is pending, and the microtasks of the last ones are done. */
  async idle(): Promise<void> {
    for (;;) {
      // One turn for the microtasks, one for the browser to report unhandled rejections.
      await nextTurn();
      await nextTurn();
      if (this.#pending.size === 0) {
        return;
      }
      await new Promise<void>(resolve => {
        this.#changed = resolve;
      });
    }
  }

  /** Cancel all that are pending. */
  clear(): void {
    this.#pending.forEach(id => this.#cancel(id));
    this.#pending.clear();
  }

  #settle(id: number | undefined): void {
    if (id !== undefined && this.#pending.delete(id) && this.#pending.size === 0) {
      this.#changed();
    }
  }
}

/** Resolves in a later turn of the event loop, after every microtask that waits now. */
function nextTurn(): Promise<void> {
  return new Promise(resolve => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      channel.port1.close();
      resolve();
    };
    channel.port2.postMessage(null);
  });
}
