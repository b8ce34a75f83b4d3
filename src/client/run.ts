/**
 * One run: from the button, through the runner, into events that everybody gets.
 */
import { appendChunks } from '../session/run-history';
import { LIMITS } from '../protocol/wire';
import type { Chunk, ClientEvent, Language } from '../protocol/wire';
import type { Runner, RunOutcome, RunRequest } from './runner';

/** Output of this many milliseconds shares an event; the first goes out at once. */
const GATHER = 100;
/** Output that goes out without waiting, UTF-16 units. A text chunk is no longer than this. */
const BATCH = 16 * 1024;
/** What a chunk costs beside its text, UTF-16 units: keeps events of many tiny chunks small. */
const CHUNK_COST = 32;
/** Chunks in one event; the server takes no more. */
const MAX_CHUNKS = 256;
/** Left of `LIMITS.output` for saying that there was more, UTF-16 units. */
const LAST_WORDS = 256;

/** What a run needs. `timeLimit` is in milliseconds; `emit` gets the events in order. */
export interface RunOptions {
  id: string;
  runner: Runner;
  language: Language;
  /** The main file: what it is called, if anybody said, and its text. */
  main?: string;
  code: string;
  /** The other files, by name. */
  files?: Readonly<Record<string, string>>;
  timeLimit: number;
  stdin?: string | null;
  keepState?: boolean;
  emit: (event: ClientEvent) => void;
}

/** A run in progress in this browser. */
export interface OwnRun {
  readonly id: string;
  /** Resolves when the result is out; never rejects. */
  readonly ended: Promise<void>;
  /** End it as `stopped`; harmless when it has ended. */
  stop(): void;
  /** Answer its question, null for the end of all input; nothing happens where it asks none. */
  answer(text: string | null): void;
}

/** Start a run and say so; its output and its result follow as events. */
export function startRun(options: RunOptions): OwnRun {
  const { id, runner, language, code, timeLimit, emit } = options;
  const { stdin = null, keepState = false } = options;
  const abort = new AbortController();
  let waiting: ((text: string | null) => void) | null = null;
  const rest = {
    ...(options.main !== undefined && { main: options.main }),
    ...(options.files !== undefined && { files: options.files })
  };
  emit({ type: 'execute-code', payload: { runId: id, language, code, ...rest } });
  const output = new OutputStream(chunks => {
    emit({ type: 'execution-output', payload: { runId: id, chunks } });
  });
  const ask = (prompt: string): Promise<string | null> => {
    if (waiting !== null) return Promise.reject(new Error('The run has a question open'));
    output.flush();
    const text = wellFormed(prompt).slice(0, LIMITS.input);
    emit({ type: 'input-request', payload: { runId: id, prompt: text } });
    return new Promise(resolve => {
      waiting = resolve;
    });
  };
  const answer = (text: string | null): void => {
    if (waiting === null) return;
    const read = text === null ? null : wellFormed(text).slice(0, LIMITS.input);
    emit({ type: 'input-reply', payload: { runId: id, text: read } });
    waiting(read);
    waiting = null;
  };
  const execute = async (): Promise<void> => {
    const request = { code, ...rest, timeLimit, stdin, keepState, ask };
    const outcome = await settled(runner, request, output, abort.signal);
    output.end();
    waiting = null;
    const { status, durationMs, location } = outcome;
    const error = outcome.error === null ? null : wellFormed(outcome.error.slice(0, BATCH));
    emit({
      type: 'execution-result',
      payload: { runId: id, error, durationMs, status, ...(location && { location }) }
    });
  };
  return { id, ended: execute(), stop: () => abort.abort(), answer };
}

/** `text` with each half of a broken surrogate pair replaced, which UTF-8 cannot carry. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

async function settled(
  runner: Runner,
  request: RunRequest,
  output: OutputStream,
  stop: AbortSignal
): Promise<RunOutcome> {
  const started = Date.now();
  try {
    return await runner.run(request, chunk => output.write(chunk), stop);
  } catch (error) {
    // A runner should not reject; if one does, the run must still end for everybody.
    const message = error instanceof Error ? error.message : String(error);
    return { status: 'error', error: message, durationMs: Date.now() - started };
  }
}

/** Gathers, bounds and splits the output of one run. */
class OutputStream {
  readonly #emit: (chunks: Chunk[]) => void;
  #batch: Chunk[] = [];
  #batchCost = 0;
  #passed = 0;
  #cost = 0;
  #cut = false;
  #ended = false;
  #gathering: ReturnType<typeof setTimeout> | null = null;

  constructor(emit: (chunks: Chunk[]) => void) {
    this.#emit = emit;
  }

  write(chunk: Chunk): void {
    if (this.#cut || this.#ended) return;
    const data = wellFormed(chunk.data);
    if ('stream' in chunk) {
      for (const piece of pieces(data, BATCH)) this.#add({ stream: chunk.stream, data: piece });
    } else if (data.length <= LIMITS.value && fitsEvent(data)) {
      // A value cannot be split: it travels alone, however large.
      if (this.#batchCost + data.length > BATCH) this.#flush();
      this.#add({ mime: chunk.mime, data });
    } else {
      const note = `… a value of type ${chunk.mime.slice(0, 100)} is too large to show`;
      this.#add({ stream: 'stderr', data: `${note} (${data.length} characters)\n` });
    }
  }

  /** Send what is gathered. */
  flush(): void {
    this.#flush();
  }

  end(): void {
    this.#flush();
    this.#ended = true;
    if (this.#gathering !== null) clearTimeout(this.#gathering);
  }

  #add(chunk: Chunk): void {
    if (this.#cut) return;
    const room = LIMITS.output - LAST_WORDS - this.#cost - CHUNK_COST;
    if (chunk.data.length > room) {
      this.#cut = true;
      if ('stream' in chunk && room > 0) {
        const [start = ''] = pieces(chunk.data, room);
        this.#keep({ stream: chunk.stream, data: start });
      }
      this.#keep({ stream: 'stderr', data: `\n… output cut after ${this.#passed} characters\n` });
    } else {
      this.#keep(chunk);
    }
    if (this.#gathering === null) {
      this.#flush();
      this.#gathering = setTimeout(this.#gathered, GATHER);
    } else if (this.#batchCost >= BATCH) {
      this.#flush();
    }
  }

  #keep(chunk: Chunk): void {
    const before = this.#batch.length;
    this.#batch = appendChunks(this.#batch, [chunk]);
    const cost = chunk.data.length + (this.#batch.length > before ? CHUNK_COST : 0);
    this.#batchCost += cost;
    this.#cost += cost;
    this.#passed += chunk.data.length;
    if (this.#batch.length >= MAX_CHUNKS) this.#flush();
  }

  #gathered = (): void => {
    this.#gathering = null;
    if (this.#batch.length === 0) return;
    this.#flush();
    this.#gathering = setTimeout(this.#gathered, GATHER);
  };

  #flush(): void {
    if (this.#batch.length === 0) return;
    const chunks = this.#batch;
    this.#batch = [];
    this.#batchCost = 0;
    this.#emit(chunks);
  }
}

/** `text` in pieces of at most `length` units, no character cut in two. */
function pieces(text: string, length: number): string[] {
  const all: string[] = [];
  let start = 0;
  while (start < text.length) {
    let end = Math.min(start + length, text.length);
    const last = text.charCodeAt(end - 1);
    if (end < text.length && last >= 0xd800 && last <= 0xdbff && end - start > 1) end--;
    all.push(text.slice(start, end));
    start = end;
  }
  return all;
}

/** Whether a value of JSON-escaped `data` leaves room in a frame for what is around it. */
function fitsEvent(data: string): boolean {
  return new TextEncoder().encode(JSON.stringify(data)).length <= LIMITS.frame - 4096;
}
