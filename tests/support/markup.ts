/** A markup worker in the same thread, for tests. */
import { answer } from '../../src/markup/answer';
import type { MarkupAnswer, MarkupRequest } from '../../src/markup/messages';
import type { MarkupWorker } from '../../src/markup/renderer';

/** Answers like the real worker, or as a test says. It keeps the requests that it received. */
export class FakeMarkupWorker implements MarkupWorker {
  readonly requests: MarkupRequest[] = [];
  ended = false;
  onerror: Worker['onerror'] = null;
  readonly #answer: (request: MarkupRequest) => MarkupAnswer | null;
  #listener: Worker['onmessage'] = null;

  /** Null for a request that is never answered. */
  constructor(answers: (request: MarkupRequest) => MarkupAnswer | null = answer) {
    this.#answer = answers;
  }

  get onmessage(): Worker['onmessage'] {
    return this.#listener;
  }

  /** The worker is ready when somebody listens. */
  set onmessage(listener: Worker['onmessage']) {
    if (!this.#listener) queueMicrotask(() => this.say({ kind: 'ready' }));
    this.#listener = listener;
  }

  postMessage(request: MarkupRequest): void {
    this.requests.push(request);
    const said = this.#answer(request);
    if (said) queueMicrotask(() => this.say(structuredClone(said)));
  }

  say(data: MarkupAnswer): void {
    if (!this.ended) {
      this.#listener?.call(this as unknown as Worker, new MessageEvent('message', { data }));
    }
  }

  terminate(): void {
    this.ended = true;
  }
}
