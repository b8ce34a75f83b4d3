/**
 * Splits output into blocks that a page can lay out separately. Text is split at ends of lines, by
 * the cost of its layout, and each value is a block. More output never changes a block that is full.
 */
import type { Chunk, Stream } from '../../protocol/wire';
import { unitCost } from '../../markup/text-cost';

/** Text of one stream within a block. */
export interface Span {
  stream: Stream;
  text: string;
}

export interface TextBlock {
  kind: 'text';
  spans: readonly Span[];
  cost: number;
  /** UTF-16 units and line breaks of the text. */
  length: number;
  lines: number;
}

export type Block = TextBlock | { kind: 'value'; mime: string; data: string; cost: number };

/** Cost after which a block ends at the next line break. */
const FULL = 16 * 1024;
/** Cost after which a block ends within a line. */
const OVERFULL = 2 * FULL;
/** The cost of a span of its own, and of a value, in addition to its text. */
const SPAN = 200;
const VALUE = 8 * 1024;

/** The blocks of `chunks`, with all of their text in order. */
export function blocksOf(chunks: readonly Chunk[]): Block[] {
  const blocks: Block[] = [];
  let text = new TextBuilder();
  const close = (): void => {
    if (text.block.spans.length > 0) {
      blocks.push(text.block);
      text = new TextBuilder();
    }
  };
  for (const chunk of chunks) {
    if (!('stream' in chunk)) {
      close();
      blocks.push({ kind: 'value', mime: chunk.mime, data: chunk.data, cost: VALUE });
      continue;
    }
    for (let at = 0; at < chunk.data.length;) {
      at = text.take(chunk.stream, chunk.data, at);
      if (at < chunk.data.length || text.isFull) close();
    }
  }
  close();
  return blocks;
}

class TextBuilder {
  readonly #spans: Span[] = [];
  readonly block: TextBlock = { kind: 'text', spans: this.#spans, cost: 0, length: 0, lines: 0 };
  #endsLine = false;

  get isFull(): boolean {
    const { cost } = this.block;
    return cost >= OVERFULL || (cost >= FULL && this.#endsLine);
  }

  /** Take the text from `start` on, until it ends or the block is full. Returns where that is. */
  take(stream: Stream, text: string, start: number): number {
    const last = this.#spans.at(-1);
    if (last?.stream !== stream) this.block.cost += SPAN;
    let at = start;
    while (at < text.length && !(this.isFull && !isWithinPair(text, at))) {
      const unit = text.charCodeAt(at);
      this.block.cost += unitCost(unit);
      this.#endsLine = unit === 0x0a;
      if (this.#endsLine) this.block.lines += 1;
      at += 1;
    }
    this.block.length += at - start;
    const taken = text.slice(start, at);
    if (last?.stream === stream) last.text += taken;
    else this.#spans.push({ stream, text: taken });
    return at;
  }
}

/** Whether `at` is between the two units of a surrogate pair. */
function isWithinPair(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return at > 0 && code >= 0xdc00 && code <= 0xdfff;
}

/** The number of the first blocks that together cost at most `budget`; at least one. */
export function countWithin(blocks: readonly Block[], budget: number): number {
  let cost = 0;
  const end = blocks.findIndex((block, index) => {
    cost += block.cost;
    return cost > budget && index > 0;
  });
  return end === -1 ? blocks.length : end;
}
