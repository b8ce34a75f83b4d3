import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Chunk } from '../../protocol/wire';
import { blocksOf } from './text-blocks';
import type { Block } from './text-blocks';

const out = (data: string): Chunk => ({ stream: 'stdout', data });
const err = (data: string): Chunk => ({ stream: 'stderr', data });

function textOf(block: Block | undefined): string {
  return block?.kind === 'text' ? block.spans.map(span => span.text).join('') : '';
}

describe('blocks of output', () => {
  it('keeps a line together that two chunks and two streams share', () => {
    expect(blocksOf([out('a'), out('b'), err('c\n'), out('d')])).toMatchObject([
      {
        kind: 'text',
        spans: [
          { stream: 'stdout', text: 'ab' },
          { stream: 'stderr', text: 'c\n' },
          { stream: 'stdout', text: 'd' }
        ]
      }
    ]);
  });

  it('keeps a value between the text before and after it', () => {
    const kinds = blocksOf([out('a'), { mime: 'text/plain', data: '1' }, out('b')]);
    expect(kinds.map(block => block.kind)).toEqual(['text', 'value', 'text']);
  });

  it('cuts long text at the ends of lines', () => {
    const line = `${'x'.repeat(99)}\n`;
    const blocks = blocksOf([out(line.repeat(10_000))]);
    expect(blocks.length).toBeGreaterThan(10);
    for (const block of blocks) {
      expect(textOf(block).endsWith('\n')).toBe(true);
      expect(textOf(block).length).toBeLessThan(40_000);
    }
  });

  it('cuts a line without an end, too', () => {
    const blocks = blocksOf([out('x'.repeat(1_000_000))]);
    expect(blocks.length).toBeGreaterThan(5);
  });

  it('loses nothing, and more output never changes a full block', () => {
    const chunk = fc.tuple(
      fc.constantFrom(out, err),
      fc.constantFrom('', 'word', '\n', 'x\ny'),
      fc.constantFrom(1, 7, 30_000)
    );
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 8 }), fc.nat(8), (recipe, cut) => {
        const chunks = recipe.map(([stream, text, times]) => stream(text.repeat(times)));
        const all = blocksOf(chunks);
        expect(all.map(textOf).join('')).toBe(chunks.map(({ data }) => data).join(''));
        const earlier = blocksOf(chunks.slice(0, cut)).slice(0, -1);
        expect(all.slice(0, earlier.length)).toEqual(earlier);
      }),
      { numRuns: 60 }
    );
  });
});
