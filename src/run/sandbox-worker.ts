/** The page's side of one worker in a sandbox. */
import type { Chunk, Location } from '../protocol/wire';
import { readWorkerMessage } from './messages';
import type { PackageFiles, PageToWorker, Source } from './messages';

/** The end of one execution, as the worker reports it. */
export type WorkerEnd =
  | { kind: 'done'; error: string | null; location: Location | null; spent: boolean }
  /** The worker or its frame was lost; `reason` is for people, where the page ended it. */
  | { kind: 'lost'; reason?: string };

/** A program for a worker, with its input and whether it runs in the state of the last one. */
interface WorkerProgram extends Source {
  stdin: string | null;
  keepState: boolean;
}

/** The page's services for a running program; without `ask` the program cannot ask. */
export interface ProgramHost {
  output(chunk: Chunk): void;
  ask?(prompt: string): Promise<string | null>;
  /** Install the packages that have these modules in the worker. */
  need(modules: readonly string[]): void;
}

/** Milliseconds that a worker may take to become ready, or to import packages. */
const WORKER_TIMEOUT = 90_000;
const SLOW_PACKAGES =
  `The packages could not be imported within ${WORKER_TIMEOUT / 1000} seconds. ` +
  'Nothing else was harmed: you can run again.';

/** A worker did not start, though its frame did. */
export class StartError extends Error {}

/** The page's side of one worker, which runs one program. */
export class SandboxWorker {
  /** Resolves when the worker can run a program; rejects with `Error` when it never will. */
  readonly ready: Promise<void>;

  readonly #port: MessagePort;
  readonly #sandbox: { kill(): void; settled(): void };
  #start: { resolve(): void; reject(error: Error): void } | null = null;
  #execution: (ProgramHost & { end(end: WorkerEnd): void }) | null = null;
  /** Called with whether the worker is usable after the installation in progress. */
  #onInstalled: ((usable: boolean) => void) | null = null;
  /** Installations run one at a time. */
  #installing: Promise<boolean> = Promise.resolve(true);
  /** The packages and modules that were sent. */
  readonly #has = new Set<string>();
  #dead = false;

  constructor(port: MessagePort, sandbox: { kill(): void; settled(): void }) {
    this.#port = port;
    this.#sandbox = sandbox;
    this.ready = new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.fail('The runtime did not start in time'),
        WORKER_TIMEOUT
      );
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
    // A failure is awaited where the worker is used. In an unused spare worker it must not be
    // unhandled.
    this.ready.catch(() => undefined);
    this.#port.onmessage = event => this.#receive(event.data);
  }

  /** True while it starts, installs packages or runs a program. */
  get busy(): boolean {
    return this.#start !== null || this.#onInstalled !== null || this.#execution !== null;
  }

  /** True once it was ended or lost. */
  get dead(): boolean {
    return this.#dead;
  }

  /** Whether these packages and modules were sent to it. */
  has({ files, modules }: PackageFiles): boolean {
    return [...Object.keys(files), ...modules].every(name => this.#has.has(name));
  }

  /** Install packages. Resolves with whether the worker is usable afterwards; never rejects. */
  installPackages(packages: PackageFiles): Promise<boolean> {
    this.#installing = this.#installing.then(usable => usable && this.#install(packages));
    return this.#installing;
  }

  async #install({ files, modules, note }: PackageFiles): Promise<boolean> {
    if (this.#dead) {
      return false;
    }
    const lacking = Object.entries(files).filter(([name]) => !this.#has.has(name));
    for (const name of [...Object.keys(files), ...modules]) {
      this.#has.add(name);
    }
    const timer = setTimeout(() => this.kill(SLOW_PACKAGES), WORKER_TIMEOUT);
    const usable = await new Promise<boolean>(resolve => {
      this.#onInstalled = resolve;
      this.#sandbox.settled();
      this.#post({ type: 'packages', files: Object.fromEntries(lacking), modules, note });
    });
    clearTimeout(timer);
    this.#onInstalled = null;
    this.#sandbox.settled();
    return usable;
  }

  /** Run a program. Never rejects. After it has resolved, `host` is called no more. */
  execute(program: WorkerProgram, host: ProgramHost): Promise<WorkerEnd> {
    if (this.#dead) {
      return Promise.resolve({ kind: 'lost' });
    }
    return new Promise(resolve => {
      this.#execution = {
        ...host,
        end: end => {
          this.#execution = null;
          this.#sandbox.settled();
          resolve(end);
        }
      };
      this.#sandbox.settled();
      this.#post({ type: 'run', ...program, asks: host.ask !== undefined });
    });
  }

  /** End the worker at once; `reason` is for people, about the program that it runs. */
  kill(reason?: string): void {
    if (!this.#dead) {
      this.lose(new Error('Ended'), reason);
      this.#sandbox.kill();
    }
  }

  /** The worker was lost: everything that waits for it ends. */
  lose(error: Error, reason?: string): void {
    this.#dead = true;
    this.#port.close();
    const start = this.#start;
    this.#start = null;
    start?.reject(error);
    this.#onInstalled?.(false);
    this.#execution?.end({ kind: 'lost', ...(reason !== undefined && { reason }) });
  }

  /** The start failed. Errors of a worker that has started belong to its program. */
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
      case 'packages-installed':
        this.#onInstalled?.(!message.spent);
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
