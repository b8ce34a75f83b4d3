/** Markdown and formulas as markup: their bounds. */
import type { Nodes } from 'hast';
import fc from 'fast-check';
import { fromHtml } from 'hast-util-from-html';
import { describe, expect, it } from 'vitest';

import { ALLOWED } from './allowed-html';
import { MAX_RESULT, MAX_WEIGHT } from './messages';
import type { Markup } from './messages';
import { renderFormula, renderHtml, renderMarkdown } from './output';

/** A picture of one pixel. */
const DOT =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** The same with a header of 30,000 x 30,000 pixels. */
const HUGE = DOT.replace('UgAAAAEAAAAB', 'UgAAdTAAAHUw');

describe('a formula', () => {
  it('is MathML, with or without delimiters', () => {
    for (const text of ['x^2', '$x^2$', '$$x^2$$', '\\(x^2\\)', '\\[x^2\\]']) {
      expect(renderFormula(text).html).toContain('<msup><mi>x</mi><mn>2</mn></msup>');
    }
    expect(renderFormula('$$x$$').html).toContain('display="block"');
  });

  it('with an error is its source', () => {
    expect(renderFormula('\\frac{').html).toContain('katex-error');
  });

  it('has no addresses, and no sizes beyond a page', () => {
    expect(renderFormula('\\href{https://b.example}{x}').html).not.toContain('href="');
    expect(renderFormula('\\rule{9999em}{9999em}').html).not.toMatch(/(?:width|height)="9999em"/);
  });

  it('does not get the macros of another formula', () => {
    expect(renderFormula('\\gdef\\mine{x^2}\\mine').html).toContain('<msup>');
    expect(renderFormula('\\mine').html).not.toContain('<msup>');
  });

  it.each([
    ['macros', `\\def\\a{${'x'.repeat(4000)}}${'\\a'.repeat(900)}`],
    [
      'macros of macros',
      `\\def\\a{${'x'.repeat(50)}}\\def\\b{${'\\a'.repeat(50)}}${'\\b'.repeat(50)}`
    ]
  ])('does not grow by %s', (_, text) => {
    expect(renderFormula(text).html).toContain('Too many expansions');
  });

  it.each([
    ['cells', `\\begin{matrix}${'&'.repeat(8000)}\\end{matrix}`],
    ['levels', `${'\\sqrt{'.repeat(200)}x${'}'.repeat(200)}`]
  ])('is refused for very many %s', (_, text) => {
    expect(() => renderFormula(text)).toThrow(/too many/);
  });
});

describe('Markdown of a program', () => {
  it('is HTML', () => {
    expect(renderMarkdown('a *b*').html).toBe('<p>a <em>b</em></p>\n');
  });

  it('loses its addresses', () => {
    expect(renderMarkdown('[a](http://b.c) ![d](http://e.f)').html).not.toContain('http');
  });
});

describe('HTML of a program', () => {
  it('keeps what tables of pandas are made of', () => {
    const { html, css, weight } = renderHtml(
      '<div><style scoped>.dataframe thead th { text-align: right; }</style>' +
        '<table border="1" class="dataframe"><thead><tr style="text-align: right;"><th></th>' +
        '<th>a</th></tr></thead><tbody><tr><th>0</th><td>1</td></tr></tbody></table></div>'
    );
    expect(html).toContain('<table border="1" class="dataframe">');
    expect(html).toContain('<tr style="text-align: right;">'.replace(': ', ':'));
    expect(css).toBe('.dataframe thead th{text-align:right;}');
    expect(weight).toBeLessThan(20);
  });

  it('keeps what drawings of matplotlib are made of', () => {
    const { html, css, height } = renderHtml(
      '<?xml version="1.0"?><!DOCTYPE svg><svg width="460pt" height="300pt" viewBox="0 0 460 300">' +
        '<metadata>x</metadata><defs><style>*{stroke-linejoin: round}</style></defs><g>' +
        '<path id="m" d="M 0 0 L 3 4 z" clip-path="url(#p)" style="fill: #ffffff"/>' +
        '<clipPath id="p"><rect width="3" height="4"/></clipPath><use xlink:href="#m" x="3"/>' +
        `<image xlink:href="data:image/png;base64,${DOT}"/></g></svg>`
    );
    expect(html).toContain('<path id="m" d="M 0 0 L 3 4 z" clip-path="url(#p)"');
    expect(html).toContain('<use xlink:href="#m" x="3">');
    expect(html).toContain(DOT);
    expect(html).not.toContain('metadata');
    expect(css).toBe('*{stroke-linejoin:round;}');
    expect(height).toBe(420);
  });

  it.each([
    ['an attribute that loads', '<img srcset="# .1x, http://a/b 1x" alt="c">', '<img alt="c">'],
    [
      'a style that loads',
      '<p style="background:url(//a);color:red">b</p>',
      '<p style="color:red;">b</p>'
    ],
    ['a style that covers', '<p style="position:fixed;filter:blur(9px)">b</p>', '<p>b</p>'],
    [
      'a picture of another kind',
      '<img src="data:image/png;base64,AAAA" alt="a">b',
      '<img alt="a">b'
    ],
    ['an element of another kind', '<form action="a"><input><b>c</b></form>', '<b>c</b>'],
    ['script', '<b onclick="a()">c</b><script>d()</script>', '<b>c</b>'],
    ['an escaped reference', '<svg><g clip-path="url(#\\61)"></g></svg>', '<svg><g></g></svg>'],
    ['a disguised reference', '<svg><g fill="u\\72l(#a)"></g></svg>', '<svg><g></g></svg>'],
    ['a coded reference', '<svg><g clip-path="url(#%61)"></g></svg>', '<svg><g></g></svg>'],
    ['a coded address', '<svg><use href="#%61"></use></svg>', '<svg><use></use></svg>'],
    ['an end of its style', '<style>a{color:red}</st<b></style>', ''],
    [
      'a drawing in a drawing',
      '<svg><image href="data:image/svg+xml,a"></image></svg>',
      '<svg><image></image></svg>'
    ]
  ])('loses %s', (_, text, html) => {
    expect(renderHtml(text).html).toBe(html);
    expect(renderHtml(text).css).not.toContain('<');
  });

  it.each([
    ['parts that are used many times', nested('use', 'href="#', '"')],
    ['parts that are clipped many times', nested('g', 'clip-path="url(#', ')"')],
    [
      'parts under an id that is there twice',
      nested('use', 'href="#', '"').replace('</svg>', '<g id="a3"></g><g id="a5"></g></svg>')
    ],
    ['parts of themselves', '<svg><g id="a"><use href="#a"/></g></svg>'],
    ['empty cells', `<table><tr>${'<td>'.repeat(400)}</tr>${'<tr>'.repeat(400)}</table>`],
    ['columns', `<table><tr>${'<td colspan=500>'.repeat(40)}</tr>${'<tr>'.repeat(20)}</table>`],
    ['rules', `<style>${'b{color:red}'.repeat(1001)}</style>`],
    ['levels', '<div>'.repeat(61)],
    ['levels of formulas', `<math>${'<msqrt>'.repeat(21)}</math>`],
    ['pixels', `<img src="data:image/png;base64,${HUGE}">`]
  ])('is refused for very many %s', (_, text) => {
    expect(() => renderHtml(text)).toThrow(/too many|too long/);
  });

  it.each(['<!--'.repeat(40_000), '\n'.repeat(190_000), '&#'.repeat(90_000)])(
    'takes a time that grows with its length',
    text => {
      expect(() => renderHtml(text)).not.toThrow(RangeError);
    }
  );
});

it('has only what is listed, and is bounded, whatever the text is', () => {
  const part = fc.constantFrom(
    ...'\\def\\a{|\\a|}|{|\\frac|\\sqrt{|^|_|&|\\\\|$|#1|x|\\pmb{'.split('|'),
    ...'\\begin{matrix}|\\end{matrix}|*|**a|[a]|\n|> |- '.split('|'),
    ...'<div>~<br>~</b>~<b ~a="~"~/>~<table>~<td>~<svg>~<math>~<style>~</style>~p{color:red}'.split(
      '~'
    ),
    ...'<use href="#a">~<g id="a">~<!--~-->~<![CDATA[~]]>~<mi>~<p>~ style="~ src="//x" ~<img'.split(
      '~'
    )
  );
  const texts = fc.array(fc.tuple(part, fc.integer({ min: 1, max: 60 })), { maxLength: 30 });
  const render = fc.constantFrom(renderFormula, renderMarkdown, renderHtml);
  fc.assert(
    fc.property(texts, render, (parts, rendered) => {
      let markup: Markup;
      try {
        markup = rendered(parts.map(([each, times]) => each.repeat(times)).join(''));
      } catch {
        return; // It is shown as plain text.
      }
      expect(markup.html.length + markup.css.length).toBeLessThanOrEqual(MAX_RESULT);
      expect(markup.weight).toBeLessThanOrEqual(MAX_WEIGHT);
      expect(strange(fromHtml(markup.html, { fragment: true }))).toEqual([]);
    }),
    { seed: 20_261_201, numRuns: 300 }
  );
});

/** A drawing of 10 to the power of 7 elements. */
function nested(tag: string, before: string, after: string): string {
  const level = (depth: number): string => {
    const each = `<${tag} ${before}a${depth - 1}${after}></${tag}>`;
    return `<g id="a${depth}">${each.repeat(10)}</g>`;
  };
  const levels = Array.from({ length: 7 }, (_, depth) => level(depth + 1));
  return `<svg><rect id="a0"></rect>${levels.join('')}</svg>`;
}

/** The elements and the addresses of `node` that must not be there. */
function strange(node: Nodes): string[] {
  if (!('children' in node)) return [];
  const inner = node.children.flatMap(child => strange(child));
  if (node.type !== 'element') return inner;
  const { tagName, properties } = node;
  const addresses = [properties.src, properties.href].filter(each =>
    /^(?!#|data:)/.test(typeof each === 'string' ? each : '#')
  );
  const isListed = ALLOWED.tagNames?.includes(tagName) === true;
  return [...(isListed ? [] : [tagName]), ...addresses.map(String), ...inner];
}
