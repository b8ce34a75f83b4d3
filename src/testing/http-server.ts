/** The server of a socket over HTTP, for tests: it answers `fetch`, and the test is its room. */

/** Opens at the request for events; `fail` makes all requests fail. */
export class HttpServer {
  fail = false;
  /** Whether POSTs wait for `answer`. */
  holds = false;
  /** The bodies of the POSTs, and their numbers. */
  readonly posts: { number: string | null; secret: string | null; body: Uint8Array }[] = [];
  readonly requests: { url: string; headers: Headers }[] = [];
  #stream: ReadableStreamDefaultController<Uint8Array> | null = null;
  #held: (() => void)[] = [];

  fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const url = input instanceof Request ? input.url : String(input);
    const headers = new Headers(init?.headers);
    this.requests.push({ url, headers });
    if (this.fail) throw new TypeError('no network');
    if (init?.method !== 'POST') return this.#open(init?.signal ?? null);
    const body = init.body instanceof Blob ? new Uint8Array(await init.body.arrayBuffer()) : null;
    this.posts.push({
      number: headers.get('X-Arena-Number'),
      secret: headers.get('X-Arena-Connection'),
      body: body ?? new Uint8Array()
    });
    if (this.holds) await new Promise<void>(resolve => this.#held.push(resolve));
    return new Response(null, { status: 204 });
  };

  /** Whether the client reads events. */
  get isOpen(): boolean {
    return this.#stream !== null;
  }

  /** Send an event's text; it need not be whole. */
  write(text: string): void {
    this.#stream?.enqueue(new TextEncoder().encode(text));
  }

  /** Send frames: the bytes of a server. */
  send(...bytes: number[]): void {
    this.write(`data: ${btoa(String.fromCharCode(...bytes))}\n\n`);
  }

  end(): void {
    this.#stream?.close();
    this.#stream = null;
  }

  /** Answer the POSTs that wait. */
  answer(): void {
    for (const resolve of this.#held.splice(0)) resolve();
  }

  #open(signal: AbortSignal | null): Response {
    const body = new ReadableStream<Uint8Array>({
      start: controller => {
        this.#stream = controller;
        signal?.addEventListener('abort', () => {
          if (this.#stream === controller) this.#stream = null;
          controller.error(new DOMException('aborted', 'AbortError'));
        });
      }
    });
    return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } });
  }
}
