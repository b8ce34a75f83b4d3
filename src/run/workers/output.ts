/**
 * Output of a run, in its worker: sent in order, batched when there is much, and bounded.
 *
 * A program that never yields cannot flush, and is killed with its batch. So output is sent at once
 * while there is little of it, and batched only in a flood (token bucket).
 */
import type { Chunk, Stream } from '../../protocol/wire';
import { LIMITS } from '../../protocol/wire';
import { OutputCount } from '../../session/run-output';
import { DISPLAY_LIMIT } from '../messages';

/** In a flood, a batch is sent at this size, UTF-16 units, or after this interval, milliseconds. */
const BATCH = 16 * 1024;
const INTERVAL = 50;
/** Messages that may be sent at once before that; one is earned back each millisecond. */
const BURST = 1000;
/** The cost that is reserved for the notice that output was cut, which is a short chunk. */
const RESERVE = LIMITS.chunkCost;

export class Output {
  readonly #send: (chunks: Chunk[]) => void;
  readonly #count: OutputCount;
  // Bound now: a program may replace the globals.
  readonly #now = performance.now.bind(performance);
  readonly #later = setTimeout.bind(globalThis);
  readonly #cancel = clearTimeout.bind(globalThis);
  #gathered: Chunk[] = [];
  #size = 0;
  #passed = 0;
  #displays = 0;
  #cut = false;
  #credit = BURST;
  /** The times at which credit was last earned, and a batch last sent. */
  #earned: number;
  #sent: number;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** `limit` is the cost of all output of the run. */
  constructor(send: (chunks: Chunk[]) => void, limit: number = LIMITS.output) {
    this.#send = send;
    this.#count = new OutputCount(limit - RESERVE);
    this.#earned = this.#now();
    this.#sent = this.#earned;
  }

  /** Write text to a stream. */
  write(stream: Stream, text: string): void {
    for (let at = 0; at < text.length && !this.#cut;) {
      const end = wholeCharacters(text, at + BATCH);
      const room = this.#count.room({ stream, data: text.slice(at, end) });
      if (at + room < end) {
        this.#pass({ stream, data: text.slice(at, wholeCharacters(text, at + room)) });
        this.#cutOff();
      } else {
        this.#pass({ stream, data: text.slice(at, end) });
      }
      at = end;
    }
  }

  /** Count output that the page adds by itself: questions and answers. */
  count(chunks: readonly Chunk[]): void {
    this.#count.add(...chunks);
  }

  /** Display a value. False where it is too large to be shown. */
  show(mime: string, data: string): boolean {
    if (data.length > LIMITS.value) {
      return false;
    }
    this.#displays += 1;
    if (this.#displays === DISPLAY_LIMIT + 1) {
      this.write('stderr', `\n… values after the first ${DISPLAY_LIMIT} are not shown\n`);
    } else if (this.#displays <= DISPLAY_LIMIT && !this.#cut) {
      if (this.#count.room({ mime, data }) < data.length) {
        this.#cutOff();
      } else {
        this.#pass({ mime, data });
      }
    }
    return true;
  }

  /** Send the batch. */
  flush(): void {
    if (this.#timer !== null) {
      this.#cancel(this.#timer);
      this.#timer = null;
    }
    if (this.#gathered.length > 0) {
      const chunks = this.#gathered;
      this.#gathered = [];
      this.#size = 0;
      this.#sent = this.#now();
      this.#send(chunks);
    }
  }

  #cutOff(): void {
    this.#cut = true;
    const notice = `\n… output cut after ${this.#passed} characters\n`;
    this.#gather({ stream: 'stderr', data: notice });
    this.flush();
  }

  #pass(chunk: Chunk): void {
    if (chunk.data !== '') {
      this.#count.add(chunk);
      this.#passed += chunk.data.length;
      this.#gather(chunk);
    }
  }

  #gather(chunk: Chunk): void {
    const previous = this.#gathered[this.#gathered.length - 1];
    if (
      previous !== undefined &&
      'stream' in previous &&
      'stream' in chunk &&
      previous.stream === chunk.stream &&
      previous.data.length + chunk.data.length <= BATCH
    ) {
      previous.data += chunk.data;
    } else {
      this.#gathered.push(chunk);
    }
    this.#size += chunk.data.length;
    const now = this.#now();
    this.#credit = Math.min(BURST, this.#credit + now - this.#earned);
    this.#earned = now;
    if (this.#credit >= 1 || this.#size >= BATCH || now - this.#sent >= INTERVAL) {
      this.#credit = Math.max(0, this.#credit - 1);
      this.flush();
    } else {
      this.#timer ??= this.#later(() => this.flush(), INTERVAL);
    }
  }
}

/** The largest end, not beyond `end`, that does not split a surrogate pair. */
function wholeCharacters(text: string, end: number): number {
  if (end >= text.length) {
    return text.length;
  }
  const code = text.charCodeAt(end - 1);
  return code >= 0xd800 && code <= 0xdbff ? end - 1 : end;
}
