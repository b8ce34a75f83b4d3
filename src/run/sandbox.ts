/**
 * The page's side of one sandbox: a hidden iframe of an opaque origin, with workers inside.
 *
 * The page creates the MessageChannels and trusts only their ports; it listens to no window
 * messages. Everything that the frame needs is posted to it, because the frame may fetch nothing.
 */
import { HANDSHAKE, readFrameMessage } from './messages';
import type { AssetFiles, PageToFrame } from './messages';
import { SandboxWorker } from './sandbox-worker';

/** Milliseconds from an iframe to its first message, or to the end of its loading. */
const FRAME_TIMEOUT = 90_000;

/**
 * The frame is pinged once per tick while a worker of it is busy. Ticks are counted and not time, so
 * that a laptop that wakes up does not declare its sandbox dead.
 */
const PING_INTERVAL = 1000;
const MISSED_PINGS = 5;
const LOST = 'The sandbox is gone';

/** The content of a frame: the worker's script, its WebAssembly, and its files. */
export interface SandboxContent {
  script: Promise<ArrayBuffer>;
  wasm: Promise<ArrayBuffer> | null;
  files: Promise<AssetFiles>;
}

/** One iframe and its workers. After it was lost, another one must be opened. */
export class Sandbox {
  /** Open a frame and load it. Raises `Error` where the frame or its content does not load. */
  static async open(url: string, { script, wasm, files }: SandboxContent): Promise<Sandbox> {
    const sandbox = new Sandbox(url);
    const whole = Promise.all([script, files]);
    whole.catch(() => undefined); // It is awaited below.
    try {
      await sandbox.#until('hello');
      if (wasm !== null) {
        sandbox.#post({ type: 'compile', wasm: await wasm });
      }
      const [code, each] = await whole;
      sandbox.#post({ type: 'load', script: code, files: each });
      await sandbox.#until('loaded');
    } catch (error) {
      sandbox.dispose();
      throw error;
    }
    return sandbox;
  }

  /** Resolves when the frame has crashed or was disposed. */
  readonly lost: Promise<void>;

  readonly #iframe: HTMLIFrameElement;
  readonly #port: MessagePort;
  readonly #workers = new Map<number, SandboxWorker>();
  #resolveLost: () => void = () => undefined;
  #disposed = false;
  #expected: { type: 'hello' | 'loaded'; met(): void; failed(message: string): void } | null = null;
  #nextId = 1;
  #missed = 0;
  #pings: ReturnType<typeof setInterval> | null = null;

  private constructor(url: string) {
    this.lost = new Promise(resolve => {
      this.#resolveLost = resolve;
    });
    const channel = new MessageChannel();
    this.#port = channel.port1;
    this.#port.onmessage = event => this.#receive(event.data);
    // Some browsers report a crashed frame by this event at once. The pings are for the others.
    this.#port.addEventListener('close', () => this.dispose());
    this.#iframe = document.createElement('iframe');
    this.#iframe.setAttribute('sandbox', 'allow-scripts');
    this.#iframe.referrerPolicy = 'no-referrer';
    this.#iframe.hidden = true;
    this.#iframe.title = 'Sandbox';
    // An opaque origin has no name but '*'. The port is worth nothing to another document: it leads
    // to no more than a program's own text.
    this.#iframe.addEventListener(
      'load',
      () => this.#iframe.contentWindow?.postMessage(HANDSHAKE, '*', [channel.port2]),
      { once: true }
    );
    this.#iframe.src = url;
    document.body.append(this.#iframe);
  }

  /** Start a worker, `without` one of the files. It is usable when its `ready` resolves. */
  spawn(without: string | null = null): SandboxWorker {
    const id = this.#nextId++;
    const channel = new MessageChannel();
    const worker = new SandboxWorker(channel.port1, {
      kill: () => {
        this.#workers.delete(id);
        if (!this.#disposed) {
          this.#post({ type: 'kill', id });
        }
        this.#watch();
      },
      settled: () => this.#watch()
    });
    this.#workers.set(id, worker);
    if (this.#disposed) {
      worker.lose(new Error(LOST));
    } else {
      this.#post({ type: 'spawn', id, without }, [channel.port2]);
      this.#watch();
    }
    return worker;
  }

  /** End everything in it and remove it from the page. */
  dispose(): void {
    if (this.#disposed) {
      return;
    }
    this.#disposed = true;
    // First, so that a lost worker is not replaced by one of this frame.
    this.#resolveLost();
    this.#expected?.failed(LOST);
    this.#port.close();
    this.#iframe.remove();
    for (const worker of this.#workers.values()) {
      worker.lose(new Error(LOST));
    }
    this.#workers.clear();
    this.#watch();
  }

  #post(message: PageToFrame, transfer: Transferable[] = []): void {
    this.#port.postMessage(message, transfer);
  }

  #receive(data: unknown): void {
    const message = readFrameMessage(data);
    switch (message?.type) {
      case 'hello':
      case 'loaded':
        if (this.#expected?.type === message.type) {
          this.#expected.met();
        }
        break;
      case 'failed':
        this.#expected?.failed(message.message);
        break;
      case 'crashed':
        this.#workers.get(message.id)?.fail(message.message);
        break;
      case 'pong':
        this.#missed = 0;
        break;
    }
  }

  /** Wait for a message of the frame. */
  #until(type: 'hello' | 'loaded'): Promise<void> {
    if (this.#disposed) {
      return Promise.reject(new Error(LOST));
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.#expected?.failed('The sandbox did not start in this browser'),
        FRAME_TIMEOUT
      );
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        this.#expected = null;
        act();
      };
      this.#expected = {
        type,
        met: () => settle(resolve),
        failed: message => settle(() => reject(new Error(message)))
      };
    });
  }

  /** Ping exactly while a worker is busy. */
  #watch(): void {
    const waiting = !this.#disposed && [...this.#workers.values()].some(worker => worker.busy);
    if (waiting && this.#pings === null) {
      this.#missed = 0;
      this.#pings = setInterval(() => {
        this.#missed += 1;
        if (this.#missed > MISSED_PINGS) {
          this.dispose();
        } else {
          this.#post({ type: 'ping' });
        }
      }, PING_INTERVAL);
    } else if (!waiting && this.#pings !== null) {
      clearInterval(this.#pings);
      this.#pings = null;
    }
  }
}
