import { describe, expect, it } from 'vitest';

import { isTooComplex } from './markdown-limits';

const LIST = Array.from({ length: 50 }, (_, n) => `- **${n}** [more](https://example.org)`);

describe('Markdown that would block the page', () => {
  it.each(['_a', '*_a', '[', '**a'])('has very many of %j in a paragraph', piece => {
    expect(isTooComplex(piece.repeat(300))).toBe(true);
    expect(isTooComplex(`before\n\n${piece.repeat(30)}\n\n`.repeat(30))).toBe(false);
  });

  it.each(['> ', '- ', '1. '])('has very many of %j in a line', piece => {
    expect(isTooComplex(`text\n\n${piece.repeat(30)}deep`)).toBe(true);
    expect(isTooComplex(`${piece.repeat(8)}deep`)).toBe(false);
  });

  it('is not found in normal text', () => {
    expect(isTooComplex(LIST.slice(0, 25).join('\n'))).toBe(false);
    expect(isTooComplex(LIST.map(line => `${line}\n`).join('\n'))).toBe(false);
  });
});
