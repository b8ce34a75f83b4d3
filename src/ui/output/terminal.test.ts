import { describe, expect, it } from 'vitest';

import type { Chunk } from '../../protocol/wire';
import { drawn } from './terminal';

const out = (data: string): Chunk => ({ stream: 'stdout', data });
const err = (data: string): Chunk => ({ stream: 'stderr', data });
const text = (...parts: string[]): string =>
  drawn(parts.map(out))
    .map(({ data }) => data)
    .join('');

describe('a carriage return', () => {
  it('lets text overwrite its line', () => {
    expect(text('a\n 50%\r100%\nend\n')).toBe('a\n100%\nend\n');
    expect(text('long line\rab')).toBe('abng line');
    expect(text('10%', '\r20', '%\r30%')).toBe('30%');
  });

  it('before a line feed is an end of line', () => {
    expect(text('a\r\nb\r\n')).toBe('a\nb\n');
  });

  it('counts whole characters', () => {
    expect(text('😀😀\rab')).toBe('ab');
    expect(text('ab\r😀')).toBe('😀b');
  });

  it('keeps the streams that share a line apart', () => {
    expect(drawn([out('abcd'), err('\rXY'), out('Z\n')])).toEqual([err('XY'), out('Zd\n')]);
  });

  it('goes back to the start of the line after a value', () => {
    const value: Chunk = { mime: 'text/plain', data: 'a\rb' };
    expect(drawn([out('ab'), value, out('\rc')])).toEqual([out('ab'), value, out('c')]);
  });
});

describe('a backspace', () => {
  it('goes one character back, and not beyond the line', () => {
    expect(text('ab\b\bX\n')).toBe('Xb\n');
    expect(text('a\n\b\bX')).toBe('a\nX');
    expect(text('|\b/\b-\b\\')).toBe('\\');
  });
});

describe('an escape sequence', () => {
  it.each([
    ['of a colour', '\x1b[1;31mred\x1b[0m', 'red'],
    ['of a colour in RGB', '\x1b[38:2::1:2:3mred\x1b[m', 'red'],
    ['of a link', '\x1b]8;;https://a.example\x1b\\link\x1b]8;;\x07', 'link'],
    ['that clears the screen', 'a\x1b[2J\x1b[Hb', 'ab'],
    ['of two characters', 'a\x1b7\x1b(Bb', 'ab'],
    ['without an end', 'a\x1b[31', 'a'],
    ['that is no sequence', 'a\x1b\nb', 'a\nb'],
    ['that erases the rest of the line', '100 of 100\rdone\x1b[K', 'done'],
    ['that erases the line', 'abc\x1b[2K\rX', 'X']
  ])('%s is not shown', (_, given, shown) => {
    expect(text(given)).toBe(shown);
  });
});

describe('the cost', () => {
  it('is nothing for plain text', () => {
    const chunks = [out('a\n'), err('b\tc\n')];
    expect(drawn(chunks)).toBe(chunks);
  });

  it.each([
    '\x1b',
    '\x1b[',
    '\x1b]',
    '\x1b[1',
    '\r',
    '\b',
    'a\r',
    '\x1b[1K',
    '\x1b[2K',
    '\x1b[K',
    'a\b'
  ])('is in proportion to the length of %j', part => {
    const chunk = out(part.repeat(2 ** 16 / part.length));
    const shown = drawn([out('x'.repeat(2 ** 16)), chunk]);
    expect(shown).not.toEqual([out('x'.repeat(2 ** 16)), chunk]);
    expect(shown.reduce((sum, { data }) => sum + data.length, 0)).toBeLessThan(2 ** 17);
  });

  it('of a long text is none: it is shown as it is', () => {
    const chunks = [out('x\r'.repeat(2 ** 16)), out('!')];
    expect(drawn(chunks)).toBe(chunks);
  });
});
