/** The output of one run on its way into events: joined, split, throttled and bounded. */
import { OutputCount, appendChunks, costOf } from '../session/run-output';
import { wellFormed } from '../protocol/json';
import { LIMITS } from '../protocol/wire';
import type { Chunk } from '../protocol/wire';
import { Throttle } from './throttle';

/** Milliseconds for which output shares an event. */
const OUTPUT_INTERVAL = 100;
/** Output that is sent without waiting, UTF-16 units. A chunk of text is no longer than this. */
const BATCH = 16 * 1024;
/** Chunks in one event; the server takes no more. */
const MAX_CHUNKS = 256;
/** Part of `LIMITS.output` that is reserved for the note that output was cut. */
const NOTE_ROOM = 2 * LIMITS.chunkCost;

/** Takes chunks of output, and calls `emit` with chunks for one event at a time. */
export class OutputStream {
  readonly #emit: (chunks: Chunk[]) => void;
  #batch: Chunk[] = [];
  #batchCost = 0;
  readonly #count = new OutputCount(LIMITS.output - NOTE_ROOM);
  #passed = 0;
  #cut = false;
  #ended = false;
  readonly #throttle = new Throttle(OUTPUT_INTERVAL, () => this.flush());

  constructor(emit: (chunks: Chunk[]) => void) {
    this.#emit = emit;
  }

  write(chunk: Chunk): void {
    if (this.#cut || this.#ended || chunk.data === '') return;
    const data = wellFormed(chunk.data);
    if ('stream' in chunk) {
      for (const piece of pieces(data, BATCH)) this.#add({ stream: chunk.stream, data: piece });
    } else if (data.length <= LIMITS.value && fitsEvent(data)) {
      // A value cannot be split: it is sent alone, however large.
      if (this.#batchCost + data.length > BATCH) this.flush();
      this.#add({ mime: chunk.mime, data });
    } else {
      const note = `… a value of type ${chunk.mime.slice(0, 100)} is too large to show`;
      this.#add({ stream: 'stderr', data: `${note} (${data.length} characters)\n` });
    }
  }

  /** Count output that has an event of its own: questions and answers. */
  count(chunks: readonly Chunk[]): void {
    this.#count.add(...chunks);
  }

  /** Send the batch now. Returns whether there was one. */
  flush(): boolean {
    if (this.#batch.length === 0) return false;
    const chunks = this.#batch;
    this.#batch = [];
    this.#batchCost = 0;
    this.#emit(chunks);
    return true;
  }

  /** Send the batch, and take nothing more. */
  end(): void {
    this.flush();
    this.#ended = true;
    this.#throttle.stop();
  }

  #add(chunk: Chunk): void {
    if (this.#cut) return;
    const room = this.#count.room(chunk);
    if (room < chunk.data.length) {
      this.#cut = true;
      if ('stream' in chunk && room > 0) {
        const [start = ''] = pieces(chunk.data, room);
        this.#keep({ stream: chunk.stream, data: start });
      }
      this.#keep({ stream: 'stderr', data: `\n… output cut after ${this.#passed} characters\n` });
    } else {
      this.#keep(chunk);
    }
    this.#throttle.request();
    if (this.#batchCost >= BATCH) this.flush();
  }

  #keep(chunk: Chunk): void {
    this.#batch = appendChunks(this.#batch, [chunk]);
    this.#batchCost = costOf(this.#batch);
    this.#count.add(chunk);
    this.#passed += chunk.data.length;
    if (this.#batch.length >= MAX_CHUNKS) this.flush();
  }
}

/** `text` in pieces of at most `length` units, without splitting a character. */
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

/** Whether a value of JSON-escaped `data` leaves room in a frame for its envelope. */
function fitsEvent(data: string): boolean {
  return new TextEncoder().encode(JSON.stringify(data)).length <= LIMITS.frame - 4096;
}
