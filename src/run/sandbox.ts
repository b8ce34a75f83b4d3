/**
 * The page's side of one sandbox: a hidden iframe of an opaque origin, and the workers inside it.
 *
 * The page creates the MessageChannels and trusts nothing but their ports; it does not listen to
 * window messages at all. What the frame needs is posted in, because nothing in there may fetch.
 */
import type { Chunk, Location } from '../protocol/wire';
import { HANDSHAKE, readFrameMessage, readWorkerMessage } from './messages';
import type { Files, PackageFiles, PageToFrame, PageToWorker, Source } from './messages';

/** How one execution ended, as far as the worker is concerned. */
export type WorkerEnd =
  | { kind: 'done'; error: string | null; location: Location | null; spent: boolean }
  /** The worker, or the frame around it, is gone; `reason` is for people, where we ended it. */
  | { kind: 'lost'; reason?: string };

/** What a worker is to run. */
export interface WorkerProgram extends Source {
  stdin: string | null;
  keepState: boolean;
}

/** What the page does for a program while it runs; without `ask` there is nobody to ask. */
export interface Services {
  output(chunk: Chunk): void;
  ask?(prompt: string): Promise<string | null>;
  /** Furnish the worker with the packages that have these modules. */
  need(modules: readonly string[]): void;
}

/** How long a frame may take to say hello, or a worker to become ready, in milliseconds. */
const DEADLINE = 90_000;
const SLOW_PACKAGES =
  `The packages could not be imported within ${DEADLINE / 1000} seconds. ` +
  'Nothing else was harmed: you can run again.';
/**
 * The frame is asked for a sign of life once per tick while something waits for it. Ticks are
 * counted rather than time, so that a laptop waking up does not find its sandbox declared dead.
 */
const PING_INTERVAL = 1000;
const MISSED_PINGS = 5;

/** A worker did not come up, though its frame is well. */
export class StartError extends Error {}

/** What a frame is loaded with, once it is there: the worker's script, its WebAssembly, its files. */
export interface SandboxContent {
  script: Promise<ArrayBuffer>;
  wasm: Promise<ArrayBuffer> | null;
  files: Promise<Files>;
}

/** One iframe and its workers. Once lost it stays lost: open another. */
export class Sandbox {
  /** Open a frame and load it. Raises `Error` when it does not come up, or its content does not. */
  static async open(url: string, { script, wasm, files }: SandboxContent): Promise<Sandbox> {
    const sandbox = new Sandbox(url);
    const whole = Promise.all([script, files]);
    whole.catch(() => undefined); // until it is asked for
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

  /** Resolves when the frame is gone: crashed, or disposed of. */
  readonly lost: Promise<void>;

  readonly #iframe: HTMLIFrameElement;
  readonly #port: MessagePort;
  readonly #workers = new Map<number, SandboxWorker>();
  #declareLost: () => void = () => undefined;
  #gone = false;
  #expected: { type: 'hello' | 'loaded'; met(): void; failed(message: string): void } | null = null;
  #nextId = 1;
  #missed = 0;
  #pings: ReturnType<typeof setInterval> | null = null;

  private constructor(url: string) {
    this.lost = new Promise(resolve => {
      this.#declareLost = resolve;
    });
    const channel = new MessageChannel();
    this.#port = channel.port1;
    this.#port.onmessage = event => this.#receive(event.data);
    // Where it exists, this event tells of a crashed frame at once; the pings are for elsewhere.
    this.#port.addEventListener('close', () => this.dispose());
    this.#iframe = document.createElement('iframe');
    this.#iframe.setAttribute('sandbox', 'allow-scripts');
    this.#iframe.referrerPolicy = 'no-referrer';
    this.#iframe.hidden = true;
    this.#iframe.title = 'Sandbox';
    // An opaque origin has no name to put here but '*'. The port is worth nothing to a stranger:
    // it leads to no more than a program's own text.
    this.#iframe.addEventListener(
      'load',
      () => this.#iframe.contentWindow?.postMessage(HANDSHAKE, '*', [channel.port2]),
      { once: true }
    );
    this.#iframe.src = url;
    document.body.append(this.#iframe);
  }

  /** Start a worker, without one of the files if that is said. It is usable once its `ready` resolves. */
  spawn(without: string | null = null): SandboxWorker {
    const id = this.#nextId++;
    const channel = new MessageChannel();
    const worker = new SandboxWorker(channel.port1, DEADLINE, {
      kill: () => {
        this.#workers.delete(id);
        if (!this.#gone) {
          this.#post({ type: 'kill', id });
        }
        this.#watch();
      },
      settled: () => this.#watch()
    });
    this.#workers.set(id, worker);
    if (this.#gone) {
      worker.lose(new Error('The sandbox is gone'));
    } else {
      this.#post({ type: 'spawn', id, without }, [channel.port2]);
      this.#watch();
    }
    return worker;
  }

  /** End everything in it and remove it from the page. */
  dispose(): void {
    if (this.#gone) {
      return;
    }
    this.#gone = true;
    // First of all, so that who replaces a lost worker does not ask this frame for it.
    this.#declareLost();
    this.#expected?.failed('The sandbox is gone');
    this.#port.close();
    this.#iframe.remove();
    for (const worker of this.#workers.values()) {
      worker.lose(new Error('The sandbox is gone'));
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
    if (this.#gone) {
      return Promise.reject(new Error('The sandbox is gone'));
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.#expected?.failed('The sandbox did not start in this browser'),
        DEADLINE
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

  /** Ping exactly while somebody waits for a worker. */
  #watch(): void {
    const waiting = !this.#gone && [...this.#workers.values()].some(worker => worker.busy);
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

/** The page's side of one worker, which runs one program. */
export class SandboxWorker {
  /** Resolves when the worker can run a program; rejects with `Error` when it never will. */
  readonly ready: Promise<void>;

  readonly #port: MessagePort;
  readonly #sandbox: { kill(): void; settled(): void };
  #start: { resolve(): void; reject(error: Error): void } | null = null;
  #execution: (Services & { end(end: WorkerEnd): void }) | null = null;
  /** Hears whether packages were installed; one lot at a time, and what was sent already. */
  #onFurnished: ((usable: boolean) => void) | null = null;
  #furnishing: Promise<boolean> = Promise.resolve(true);
  readonly #has = new Set<string>();
  #dead = false;

  constructor(port: MessagePort, deadline: number, sandbox: { kill(): void; settled(): void }) {
    this.#port = port;
    this.#sandbox = sandbox;
    this.ready = new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.fail('The runtime did not start in time'), deadline);
      this.#start = {
        resolve: () => {
          clearTimeout(timer);
          resolve();
        },
        reject: error => {
          clearTimeout(timer);
          reject(error);
        }
      };
    });
    // Whoever needs the worker awaits `ready`; a spare that nobody awaits must not be reported.
    this.ready.catch(() => undefined);
    this.#port.onmessage = event => this.#receive(event.data);
  }

  /** True while it starts, installs packages or runs a program. */
  get busy(): boolean {
    return this.#start !== null || this.#onFurnished !== null || this.#execution !== null;
  }

  /** True once it was ended or lost. */
  get dead(): boolean {
    return this.#dead;
  }

  /** Whether it was sent these packages, and has imported these modules of theirs. */
  has({ files, modules }: PackageFiles): boolean {
    return [...Object.keys(files), ...modules].every(name => this.#has.has(name));
  }

  /** Have it install packages. False when it is no more after that. Never rejects. */
  furnish(packages: PackageFiles): Promise<boolean> {
    this.#furnishing = this.#furnishing.then(usable => usable && this.#furnish(packages));
    return this.#furnishing;
  }

  async #furnish({ files, modules, note }: PackageFiles): Promise<boolean> {
    if (this.#dead) {
      return false;
    }
    const lacking = Object.entries(files).filter(([name]) => !this.#has.has(name));
    for (const name of [...Object.keys(files), ...modules]) {
      this.#has.add(name);
    }
    const timer = setTimeout(() => this.kill(SLOW_PACKAGES), DEADLINE);
    const usable = await new Promise<boolean>(resolve => {
      this.#onFurnished = resolve;
      this.#sandbox.settled();
      this.#post({ type: 'packages', files: Object.fromEntries(lacking), modules, note });
    });
    clearTimeout(timer);
    this.#onFurnished = null;
    this.#sandbox.settled();
    return usable;
  }

  /** Run a program. Never rejects. No service is called any more once the promise resolved. */
  execute(program: WorkerProgram, services: Services): Promise<WorkerEnd> {
    if (this.#dead) {
      return Promise.resolve({ kind: 'lost' });
    }
    return new Promise(resolve => {
      this.#execution = {
        ...services,
        end: end => {
          this.#execution = null;
          this.#sandbox.settled();
          resolve(end);
        }
      };
      this.#sandbox.settled();
      this.#post({ type: 'run', ...program, asks: services.ask !== undefined });
    });
  }

  /** End it at once, whatever it does; `reason` is for whoever waits for its program. */
  kill(reason?: string): void {
    if (!this.#dead) {
      this.lose(new Error('Ended'), reason);
      this.#sandbox.kill();
    }
  }

  /** It is gone: whoever waits for it hears so. */
  lose(reason: Error, told?: string): void {
    this.#dead = true;
    this.#port.close();
    const start = this.#start;
    this.#start = null;
    start?.reject(reason);
    this.#onFurnished?.(false);
    this.#execution?.end({ kind: 'lost', ...(told !== undefined && { reason: told }) });
  }

  /** Its start failed. Errors of a worker that is up are the program's own business. */
  fail(reason: string): void {
    if (this.#start !== null) {
      this.lose(new StartError(reason));
      this.#sandbox.kill();
    }
  }

  #post(message: PageToWorker): void {
    this.#port.postMessage(message);
  }

  #receive(data: unknown): void {
    const message = readWorkerMessage(data);
    const execution = this.#execution;
    switch (message?.type) {
      case 'ready': {
        const start = this.#start;
        this.#start = null;
        start?.resolve();
        this.#sandbox.settled();
        break;
      }
      case 'failed':
        this.fail(message.message);
        break;
      case 'output':
        for (const chunk of message.chunks) {
          execution?.output(chunk);
        }
        break;
      case 'ask':
        void execution?.ask?.(message.prompt).then(text => this.#post({ type: 'answer', text }));
        break;
      case 'need':
        execution?.need(message.modules);
        break;
      case 'furnished':
        this.#onFurnished?.(!message.spent);
        break;
      case 'done':
        execution?.end({
          kind: 'done',
          error: message.error,
          location: message.location,
          spent: message.spent
        });
        break;
    }
  }
}
