/**
 * Splits output into blocks that a page can lay out separately. Text is split at ends of lines, and
 * each value is a block. More output never changes a block that is full.
 */
import type { Chunk, Stream } from '../../protocol/wire';

/** Text of one stream within a block. */
interface Span {
  stream: Stream;
  text: string;
}

export type Block =
  { kind: 'text'; spans: readonly Span[] } | { kind: 'value'; mime: string; data: string };

/** UTF-16 units after which a block ends at the next line break. */
const FULL = 32 * 1024;
/** UTF-16 units after which a block ends within a line. */
const OVERFULL = 4 * FULL;

/** The blocks of `chunks`, with all of their text in order. */
export function blocksOf(chunks: readonly Chunk[]): Block[] {
  const blocks: Block[] = [];
  let spans: Span[] = [];
  let size = 0;
  const close = (): void => {
    if (spans.length > 0) {
      blocks.push({ kind: 'text', spans });
    }
    spans = [];
    size = 0;
  };
  for (const chunk of chunks) {
    if (!('stream' in chunk)) {
      close();
      blocks.push({ kind: 'value', mime: chunk.mime, data: chunk.data });
      continue;
    }
    let rest = chunk.data;
    while (rest !== '') {
      const end = endOfBlock(rest, size);
      append(spans, { stream: chunk.stream, text: rest.slice(0, end) });
      size += Math.min(end, rest.length);
      if (end <= rest.length) {
        close();
      }
      rest = rest.slice(end);
    }
  }
  close();
  return blocks;
}

/** The offset in `text` at which a block of `size` units ends; `Infinity` if it goes on after it. */
function endOfBlock(text: string, size: number): number {
  const newline = text.indexOf('\n', Math.max(0, FULL - size));
  const line = newline === -1 ? Infinity : newline + 1;
  const most = OVERFULL - size;
  return Math.min(line, most <= text.length ? most : Infinity);
}

function append(spans: Span[], next: Span): void {
  const last = spans.at(-1);
  if (last?.stream === next.stream) {
    spans[spans.length - 1] = { stream: last.stream, text: last.text + next.text };
  } else {
    spans.push(next);
  }
}
