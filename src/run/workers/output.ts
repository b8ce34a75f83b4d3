/**
 * A run's output on its way out of the worker: in order, batched when there is much, and bounded.
 *
 * A program that never yields cannot be asked to flush, and is then killed with what it withheld.
 * So output leaves at once while there is little of it, and is gathered only in a flood.
 */
import type { Chunk, Stream } from '../../protocol/wire';
import { LIMITS } from '../../protocol/wire';
import { DISPLAY_LIMIT } from '../messages';

/** In a flood, send when this much is gathered (UTF-16 units) or this much time went by (ms). */
const BATCH = 16 * 1024;
const INTERVAL = 50;
/** How many messages may leave at once before that; they are earned back one a millisecond. */
const BURST = 1000;
/** Kept free for the notice that output was cut. */
const RESERVE = 100;

export class Output {
  readonly #send: (chunks: Chunk[]) => void;
  readonly #limit: number;
  // Taken now: a program may replace the globals.
  readonly #now = performance.now.bind(performance);
  readonly #later = setTimeout.bind(globalThis);
  readonly #cancel = clearTimeout.bind(globalThis);
  #gathered: Chunk[] = [];
  #size = 0;
  #total = 0;
  #displays = 0;
  #cut = false;
  #credit = BURST;
  /** When credit was last earned, and when something was last sent. */
  #earned: number;
  #sent: number;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** `limit` is in UTF-16 units, over the whole run. */
  constructor(send: (chunks: Chunk[]) => void, limit: number = LIMITS.output) {
    this.#send = send;
    this.#limit = limit - RESERVE;
    this.#earned = this.#now();
    this.#sent = this.#earned;
  }

  /** Take text of a stream. */
  write(stream: Stream, text: string): void {
    const room = this.#limit - this.#total;
    if (this.#cut || text === '') {
      return;
    }
    const taken = text.length <= room ? text : text.slice(0, room);
    this.#total += taken.length;
    for (let at = 0; at < taken.length;) {
      const end = wholeCharacters(taken, at + BATCH);
      this.#gather({ stream, data: taken.slice(at, end) });
      at = end;
    }
    if (taken.length < text.length) {
      this.#cutOff();
    }
  }

  /** Take a value to display; one that is too big is refused, and the caller told by false. */
  show(mime: string, data: string): boolean {
    if (data.length > LIMITS.value) {
      return false;
    }
    this.#displays += 1;
    if (this.#displays === DISPLAY_LIMIT + 1) {
      this.write('stderr', `\n… values after the first ${DISPLAY_LIMIT} are not shown\n`);
    } else if (this.#displays <= DISPLAY_LIMIT && !this.#cut) {
      if (this.#total + data.length > this.#limit) {
        this.#cutOff();
      } else {
        this.#total += data.length;
        this.#gather({ mime, data });
      }
    }
    return true;
  }

  /** Send what is gathered. */
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
    const notice = `\n… output cut after ${this.#total} characters\n`;
    this.#gather({ stream: 'stderr', data: notice });
    this.flush();
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

/** The largest end, not beyond `end`, that does not tear a surrogate pair apart. */
function wholeCharacters(text: string, end: number): number {
  if (end >= text.length) {
    return text.length;
  }
  const code = text.charCodeAt(end - 1);
  return code >= 0xd800 && code <= 0xdbff ? end - 1 : end;
}
