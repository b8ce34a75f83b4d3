/**
 * Renders texts in a worker, one at a time. A text that is not rendered by the deadline costs the
 * worker, never the page; the next text gets a new one.
 */
import { startRuntimeWorker } from '../connection/runtime-worker';
import { LIMITS } from '../protocol/wire';
import type { Kind, MarkupAnswer, MarkupRequest, Results } from './messages';

/** The part of a worker that the renderer uses. */
export type MarkupWorker = Pick<Worker, 'onmessage' | 'onerror' | 'terminate'> & {
  postMessage: (request: MarkupRequest) => void;
};

/** The URL of the runtime build, which has the worker, or a function that starts one. */
export type WorkerSource = string | (() => MarkupWorker);

/** The longest text of each kind, in UTF-16 units: a program may print megabytes. */
const LONGEST: Readonly<Record<Kind, number>> = {
  question: LIMITS.question,
  markdown: LIMITS.question,
  formula: LIMITS.question,
  html: LIMITS.value
};
/** Milliseconds for the worker's script to load and start, and for one text. */
const LOADING_MS = 20_000;
const TEXT_MS = 1000;
/**
 * Milliseconds before a new worker starts: Chromium lets a busy worker run for two more seconds
 * after it is ended.
 */
const PAUSE_MS = 2000;
/** The most refused texts of each kind that are remembered. */
const REMEMBERED = 100;

interface Job extends MarkupRequest {
  resolve: (result: Results[Kind] | null) => void;
  reject: (error: unknown) => void;
}

export class Renderer {
  readonly #source: WorkerSource;
  readonly #waiting: Job[] = [];
  readonly #refused: Readonly<Record<Kind, Set<string>>> = {
    question: new Set(),
    markdown: new Set(),
    formula: new Set(),
    html: new Set()
  };
  #worker: MarkupWorker | null = null;
  #busy = false;

  constructor(source: WorkerSource) {
    this.#source = source;
  }

  /** Render `text`; null if that takes too long or gives too much. Rejects if no worker starts. */
  render<K extends Kind>(kind: K, text: string): Promise<Results[K] | null> {
    return new Promise<Results[Kind] | null>((resolve, reject) => {
      this.#waiting.push({ kind, text, resolve, reject });
      void this.#work();
    }) as Promise<Results[K] | null>;
  }

  /** Work until no text waits. */
  async #work(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    for (let job = this.#next(); job; job = this.#next()) {
      await this.#render(job);
    }
    this.#busy = false;
  }

  /** The text that is rendered next: the question, which everybody reads first, before any output. */
  #next(): Job | undefined {
    const question = this.#waiting.findIndex(job => job.kind === 'question');
    return this.#waiting.splice(Math.max(0, question), 1)[0];
  }

  async #render(job: Job): Promise<void> {
    const refused = this.#refused[job.kind];
    if (job.text.length > LONGEST[job.kind] || refused.has(job.text)) {
      job.resolve(null);
      return;
    }
    try {
      this.#worker ??= await started(this.#source);
    } catch (error) {
      for (const each of [job, ...this.#waiting.splice(0)]) each.reject(error);
      return;
    }
    const answer = await answered(this.#worker, job);
    if (answer?.kind === 'result') {
      job.resolve(answer.result);
      return;
    }
    if (refused.size >= REMEMBERED) refused.clear();
    refused.add(job.text);
    job.resolve(null);
    if (answer === null) {
      this.#worker.terminate();
      this.#worker = null;
      await pause(PAUSE_MS);
    }
  }
}

/** A worker whose script has started. Rejects with `Error` if that fails. */
async function started(source: WorkerSource): Promise<MarkupWorker> {
  const worker = typeof source === 'string' ? await startRuntimeWorker(source, 'markup') : source();
  return new Promise((resolve, reject) => {
    const fail = (): void => {
      worker.terminate();
      reject(new Error('The markup worker does not start'));
    };
    const timer = setTimeout(fail, LOADING_MS);
    worker.onmessage = () => {
      clearTimeout(timer);
      resolve(worker);
    };
    worker.onerror = () => {
      clearTimeout(timer);
      fail();
    };
  });
}

/** The answer of `worker`; null if it fails or does not answer by the deadline. */
async function answered(worker: MarkupWorker, job: Job): Promise<MarkupAnswer | null> {
  const answer = new Promise<MarkupAnswer | null>(resolve => {
    worker.onmessage = ({ data }: MessageEvent<MarkupAnswer>) => resolve(data);
    worker.onerror = () => resolve(null);
  });
  worker.postMessage({ kind: job.kind, text: job.text });
  // In two halves: a page that was busy for long receives an answer before the second one ends.
  const deadline = pause(TEXT_MS / 2).then(() => pause(TEXT_MS / 2));
  return Promise.race([answer, deadline.then(() => null)]);
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}
