/** Markdown and formulas that a program printed, as bounded markup for a sandboxed frame. */
import katex from 'katex';

import { MAX_PIECES, MAX_RESULT } from './messages';
import { parser } from './parser';

/** The most levels of elements. */
const MAX_DEPTH = 100;
/** Elements that have no end tag. */
const VOID = new Set([
  'br',
  'hr',
  'img',
  'input',
  'col',
  'wbr',
  'area',
  'source',
  'embed',
  'link',
  'meta'
]);
/** The most expansions of macros in a formula, and the most tokens of all expansions together. */
const MAX_EXPANSIONS = 1000;
const MAX_TOKENS = 300_000;
/** The largest size that a formula can ask for, in em. */
const MAX_EM = 50;

/** Markdown as untrusted HTML. Raises `Error` if it is too much. */
export function renderMarkdown(text: string): string {
  return bounded(parser.parse(text, { async: false }));
}

/** A TeX formula, with or without delimiters, as MathML. Raises `Error` if it is too much. */
export function renderFormula(text: string): string {
  const bare = text.trim().replace(/^(\$\$?|\\\[|\\\()|(\$\$?|\\\]|\\\))$/g, '');
  return bounded(
    katex.renderToString(bare, {
      output: 'mathml',
      displayMode: /^\s*(\$\$|\\\[|\\begin)/.test(text),
      // An error is shown as the source of the formula.
      throwOnError: false,
      strict: 'ignore',
      trust: false,
      maxSize: MAX_EM,
      // The text of a macro is a part of the formula.
      maxExpand: Math.min(MAX_EXPANSIONS, Math.floor(MAX_TOKENS / (bare.length + 1))),
      // A new object for each formula: `\gdef` adds macros to it.
      macros: {}
    })
  );
}

/** `markup`; raises `Error` if it is long, or has many tags or levels. */
function bounded(markup: string): string {
  let tags = 0;
  let depth = 0;
  for (const [, slash, name = ''] of markup.matchAll(/<(\/?)([a-z]+)/gi)) {
    if (slash === '/') {
      depth -= 1;
      continue;
    }
    tags += 1;
    if (!VOID.has(name.toLowerCase())) depth += 1;
    if (tags > MAX_PIECES || depth > MAX_DEPTH) throw new Error('The markup has too many elements');
  }
  if (markup.length > MAX_RESULT) throw new Error('The markup is too long');
  return markup;
}
