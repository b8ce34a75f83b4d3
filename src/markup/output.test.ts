/** Markdown and formulas as markup: their bounds. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { MAX_PIECES, MAX_RESULT } from './messages';
import { renderFormula, renderMarkdown } from './output';

const BOUNDED = 'too many elements';

describe('a formula', () => {
  it('is MathML, with or without delimiters', () => {
    for (const text of ['x^2', '$x^2$', '$$x^2$$', '\\(x^2\\)', '\\[x^2\\]']) {
      expect(renderFormula(text)).toContain('<msup><mi>x</mi><mn>2</mn></msup>');
    }
    expect(renderFormula('$$x$$')).toContain('display="block"');
  });

  it('with an error is its source', () => {
    expect(renderFormula('\\frac{')).toContain('katex-error');
  });

  it('has no addresses, and no sizes beyond a page', () => {
    expect(renderFormula('\\href{https://b.example}{x}')).not.toContain('href="');
    expect(renderFormula('\\rule{9999em}{9999em}')).not.toMatch(/(?:width|height)="9999em"/);
  });

  it('does not get the macros of another formula', () => {
    expect(renderFormula('\\gdef\\mine{x^2}\\mine')).toContain('<msup>');
    expect(renderFormula('\\mine')).not.toContain('<msup>');
  });

  it.each([
    ['macros', `\\def\\a{${'x'.repeat(4000)}}${'\\a'.repeat(900)}`],
    [
      'macros of macros',
      `\\def\\a{${'x'.repeat(50)}}\\def\\b{${'\\a'.repeat(50)}}${'\\b'.repeat(50)}`
    ]
  ])('does not grow by %s', (_, text) => {
    expect(renderFormula(text)).toContain('Too many expansions');
  });

  it.each([
    ['signs', 'x'.repeat(4000)],
    ['cells', `\\begin{matrix}${'&'.repeat(4000)}\\end{matrix}`],
    ['levels', `${'\\sqrt{'.repeat(200)}x${'}'.repeat(200)}`]
  ])('is refused for very many %s', (_, text) => {
    expect(() => renderFormula(text)).toThrow(BOUNDED);
  });
});

describe('Markdown of a program', () => {
  it('is HTML', () => {
    expect(renderMarkdown('a *b*')).toBe('<p>a <em>b</em></p>\n');
  });

  it.each([
    ['elements', '*a* '.repeat(2000)],
    ['elements of its own', '<i>'.repeat(2000)],
    ['levels', '<div>'.repeat(200)]
  ])('is refused for very many %s', (_, text) => {
    expect(() => renderMarkdown(text)).toThrow(BOUNDED);
  });

  it('is refused if its addresses repeat', () => {
    const text = `[a]: http://b.c/${'x'.repeat(4000)}\n\n${'[a] '.repeat(900)}`;
    expect(() => renderMarkdown(text)).toThrow('too long');
  });
});

it('is bounded, whatever the text is', () => {
  const part = fc.constantFrom(
    ...[
      '\\def\\a{',
      '\\a',
      '}',
      '{',
      '\\frac',
      '\\sqrt{',
      '^',
      '_',
      '&',
      '\\\\',
      '$',
      '#1',
      'x',
      '\\pmb{'
    ],
    ...[
      '\\begin{matrix}',
      '\\end{matrix}',
      '<div>',
      '<br>',
      '*',
      '**a',
      '[a]',
      '|a',
      '\n',
      '> ',
      '- '
    ]
  );
  const texts = fc.array(fc.tuple(part, fc.integer({ min: 1, max: 60 })), { maxLength: 30 });
  fc.assert(
    fc.property(texts, fc.constantFrom(renderFormula, renderMarkdown), (parts, render) => {
      let markup: string;
      try {
        markup = render(parts.map(([each, times]) => each.repeat(times)).join(''));
      } catch {
        return; // It is shown as plain text.
      }
      expect(markup.length).toBeLessThanOrEqual(MAX_RESULT);
      expect(markup.match(/<[a-z]/gi)?.length ?? 0).toBeLessThanOrEqual(MAX_PIECES);
    }),
    { seed: 20_261_201, numRuns: 300 }
  );
});
