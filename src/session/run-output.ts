/**
 * The output of a run: how its chunks join, and how much they count in the limits.
 * `arena_ext/session/output.py` has the same for the server.
 */
import { LIMITS } from '../protocol/wire';
import type { Chunk } from '../protocol/wire';

/**
 * `chunks` and then `more`. Text is joined to text of the same stream, up to `LIMITS.chunk`. An empty
 * chunk changes nothing: old logs have some.
 */
export function appendChunks(chunks: readonly Chunk[], more: readonly Chunk[]): Chunk[] {
  const all = [...chunks];
  for (const chunk of more) {
    const last = all.at(-1);
    if (chunk.data === '') continue;
    if (last && continues(last, chunk))
      all[all.length - 1] = { ...last, data: last.data + chunk.data };
    else all.push(chunk);
  }
  return all;
}

function continues(last: Chunk, next: Chunk): boolean {
  return (
    'stream' in last &&
    'stream' in next &&
    last.stream === next.stream &&
    last.data.length + next.data.length <= LIMITS.chunk
  );
}

/**
 * How much `chunks` count, UTF-16 units: each its text, and at least `LIMITS.chunkCost`. So a limit of
 * text is a limit of the number of chunks, too.
 */
export function costOf(chunks: readonly Chunk[]): number {
  return chunks.reduce((sum, { data }) => sum + cost(data.length), 0);
}

function cost(length: number): number {
  return length > LIMITS.chunkCost ? length : LIMITS.chunkCost;
}

/** A program's question as output. */
export function asked(prompt: string): Chunk[] {
  return [{ stream: 'stdout', data: prompt }];
}

/** The answer as output: as on a terminal, it ends its line. Null is the end of all input. */
export function answered(text: string | null): Chunk[] {
  return text === null ? [] : [{ stream: 'stdin', data: `${text}\n` }];
}

/** Counts the cost of a run's output as it comes, without keeping the output. */
export class OutputCount {
  readonly #limit: number;
  #total = 0;
  /** The stream and the length of the last chunk. */
  #stream: string | null = null;
  #length = 0;

  /** `limit` is the largest cost. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether the limit is exceeded. */
  get exceeded(): boolean {
    return this.#total > this.#limit;
  }

  /** How many units of the text of `chunk` fit in the limit. */
  room(chunk: Chunk): number {
    const free = Math.max(0, this.#limit - this.#total);
    // A short chunk counts as much as a longer one: text that joins it may cost nothing.
    const joined = this.#joins(chunk) ? free + cost(this.#length) - this.#length : null;
    return Math.min(chunk.data.length, joined ?? (free < LIMITS.chunkCost ? 0 : free));
  }

  add(...chunks: readonly Chunk[]): void {
    for (const chunk of chunks) {
      if (chunk.data === '') continue;
      const joined = this.#joins(chunk);
      const length = chunk.data.length + (joined ? this.#length : 0);
      this.#total += cost(length) - (joined ? cost(this.#length) : 0);
      this.#stream = 'stream' in chunk ? chunk.stream : null;
      this.#length = length;
    }
  }

  #joins(chunk: Chunk): boolean {
    return (
      'stream' in chunk &&
      chunk.stream === this.#stream &&
      this.#length + chunk.data.length <= LIMITS.chunk
    );
  }
}
