/** The question as pieces: what they are made of, and their bounds. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { MAX_PIECES, MAX_RESULT } from './messages';
import type { Piece } from './messages';
import { renderQuestion } from './question';

/** The number of pieces, the levels of pieces and the length of all texts and addresses. */
function measured(pieces: readonly Piece[]): { count: number; depth: number; units: number } {
  const all = { count: 0, depth: 0, units: 0 };
  for (const piece of pieces) {
    all.count += 1;
    if (typeof piece === 'string') {
      all.units += piece.length;
      continue;
    }
    if ('href' in piece) all.units += piece.href.length;
    if ('src' in piece) all.units += piece.src.length + piece.alt.length;
    if ('text' in piece) all.units += piece.text.length;
    if ('inner' in piece) {
      const inner = measured(piece.inner);
      all.count += inner.count;
      all.units += inner.units;
      all.depth = Math.max(all.depth, inner.depth);
    }
  }
  return { ...all, depth: all.depth + 1 };
}

/** A PNG with this size and no content. */
function png(width: number, height: number): string {
  const bytes = Buffer.alloc(33);
  bytes.writeUInt32BE(0x89504e47, 0);
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return `data:image/png;base64,${bytes.toString('base64')}`;
}

/** A JPEG with this size: an application segment, and the header of the frame. */
function jpeg(width: number, height: number): string {
  const bytes = Buffer.from('ffd8ffe000040000ffc2000b080000000001', 'hex');
  bytes.writeUInt16BE(height, 13);
  bytes.writeUInt16BE(width, 15);
  return `data:image/jpeg;base64,${bytes.toString('base64')}`;
}

describe('a question', () => {
  it('has headings, lists, tables, code and links', () => {
    expect(renderQuestion('# A\n\n- [x] b\n- c')).toEqual([
      { tag: 'h3', inner: ['A'] },
      {
        tag: 'ul',
        inner: [
          { tag: 'li', inner: [{ tag: 'input', checked: true }, 'b'] },
          { tag: 'li', inner: ['c'] }
        ]
      }
    ]);
    expect(renderQuestion('3. a')).toMatchObject([{ tag: 'ol', start: 3 }]);
    expect(renderQuestion('|a|\n|-|\n|b|')).toMatchObject([
      { tag: 'table', inner: [{ tag: 'thead' }, { tag: 'tbody' }] }
    ]);
    expect(renderQuestion('```\n<b>\n```')).toEqual([{ tag: 'pre', text: '<b>' }]);
    expect(renderQuestion('[a](https://b.example "t")')).toEqual([
      { tag: 'p', inner: [{ tag: 'a', href: 'https://b.example/', inner: ['a'] }] }
    ]);
  });

  it('has entities as characters, and HTML as text', () => {
    expect(renderQuestion('&lt;b&gt; &eacute;&#x1F600; &nosuch; a&b')).toEqual([
      { tag: 'p', inner: ['<b> é😀 &nosuch; a&b'] }
    ]);
    expect(renderQuestion('<img src=x onerror=alert(1)>')).toEqual([
      '<img src=x onerror=alert(1)>'
    ]);
  });

  it.each([
    'javascript:alert(1)',
    'javascript&colon;alert(1)',
    'data:text/html,a',
    '/a',
    'file:///a'
  ])('has no link to %s', address => {
    expect(renderQuestion(`[a](${address})`)).toEqual([{ tag: 'p', inner: ['a'] }]);
  });

  it.each([png, jpeg])('has pictures from its text, of few pixels', picture => {
    expect(renderQuestion(`![a](${picture(2000, 1000)})`)).toEqual([
      { tag: 'p', inner: [{ tag: 'img', src: picture(2000, 1000), alt: 'a' }] }
    ]);
    expect(() => renderQuestion(`![a](${picture(30_000, 30_000)})`)).toThrow('pixels');
    expect(() => renderQuestion(`![a](${picture(2000, 1000)})`.repeat(5))).toThrow('pixels');
  });

  it('has a link instead of a picture from elsewhere', () => {
    expect(renderQuestion('![](https://b.example/p.png)')).toEqual([
      { tag: 'p', inner: [{ tag: 'a', href: 'https://b.example/p.png', inner: ['Picture'] }] }
    ]);
  });
});

describe('a question that is too much', () => {
  it.each([
    ['blocks of code', '```\na\n```\n'.repeat(1000)],
    ['links', '[a](http://b.c) '.repeat(1000)],
    ['cells', `${'|a'.repeat(60)}\n${'|-'.repeat(60)}\n${'|a\n'.repeat(60)}`],
    [
      'cells that are not written',
      `${'|a'.repeat(7000)}\n${'|-'.repeat(7000)}\n${'a\n'.repeat(2000)}`
    ],
    ['list items', '- a\n'.repeat(2000)],
    ['repeated addresses', `[a]: http://b.c/${'x'.repeat(16_000)}\n\n${'[a] '.repeat(600)}`]
  ])('has very many %s', (_, text) => {
    expect(() => renderQuestion(text)).toThrow('too many');
  });

  it('has levels that are shown as source', () => {
    const shown = JSON.stringify(renderQuestion(`${'> '.repeat(40)}deep`));
    expect(shown.split('blockquote')).toHaveLength(14);
    expect(shown).toContain('> > deep');
  });

  it('is bounded, whatever it is', () => {
    const mark = fc.constantFrom(
      ...['*', '_', '`', '[', ']', '(', ')', '!', '<', '>', '|', '-', '#', '~', '\\', '&', ';'],
      ...[
        '\n',
        '\n\n',
        ' ',
        '    ',
        'a',
        '1. ',
        '- ',
        '> ',
        '```\n',
        '|-|-|\n',
        'http://b.c',
        '&amp;'
      ],
      ...['[a]: http://b.c/', '![a](data:image/png;base64,AAAA)', '\u0000', '\u202e', '😀']
    );
    const texts = fc.array(fc.tuple(mark, fc.integer({ min: 1, max: 60 })), { maxLength: 60 });
    fc.assert(
      fc.property(texts, parts => {
        let pieces: Piece[];
        try {
          pieces = renderQuestion(parts.map(([part, times]) => part.repeat(times)).join(''));
        } catch {
          return; // It is shown as plain text.
        }
        const { count, depth, units } = measured(pieces);
        expect(count).toBeLessThanOrEqual(MAX_PIECES);
        expect(units).toBeLessThanOrEqual(MAX_RESULT);
        expect(depth).toBeLessThanOrEqual(30);
      }),
      { seed: 20_261_201, numRuns: 500 }
    );
  });
});
