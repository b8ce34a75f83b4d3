/** Markup that a program printed, cleaned for a sandboxed frame and bounded in what it costs there. */
import type { Element, Nodes, Properties, Root } from 'hast';
import { fromHtml } from 'hast-util-from-html';
import { sanitize } from 'hast-util-sanitize';
import { toHtml } from 'hast-util-to-html';
import katex from 'katex';

import { allowedDeclarations, allowedRules } from './allowed-css';
import { ALLOWED } from './allowed-html';
import { estimatedHeight } from './estimated-height';
import { MAX_RESULT, MAX_WEIGHT } from './messages';
import type { Markup } from './messages';
import { parser } from './parser';
import { pixelsOf } from './picture-size';
import { weightOf } from './weight';

/** The most expansions of macros in a formula, and the most tokens of all expansions together. */
const MAX_EXPANSIONS = 1000;
const MAX_TOKENS = 300_000;
/** The largest size that a formula can ask for, in em. */
const MAX_EM = 50;
/** The longest class, id or title, and the most columns or rows that a cell may span. */
const MAX_ATTRIBUTE = 300;
const MAX_SPAN = 500;
const PICTURE = /^data:image\/(?:png|jpeg);base64,([A-Za-z0-9+/\s]+={0,2}\s*)$/;
const LOCAL = /^#[\w.:-]+$/;
/** A reference to a part of the same drawing, written as the weight reads it. */
const PART = /^url\((["']?)#[\w.:-]+\1\)$/;
/** A value that refers to nothing: without the word, and without escapes that could spell it. */
const PLAIN = /^(?!.*url)[^\\]*$/is;

/** Markdown as markup. Raises `Error` if it is too much. */
export function renderMarkdown(text: string): Markup {
  return renderHtml(parser.parse(text, { async: false }));
}

/** A TeX formula, with or without delimiters, as MathML. Raises `Error` if it is too much. */
export function renderFormula(text: string): Markup {
  const bare = text.trim().replace(/^(\$\$?|\\\[|\\\()|(\$\$?|\\\]|\\\))$/g, '');
  return renderHtml(
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

/**
 * HTML or SVG with its allowed elements, attributes and styles. Raises `Error` if it is too much for a
 * page even if the reader asks for it.
 */
export function renderHtml(text: string): Markup {
  const parsed = fromHtml(text, { fragment: true });
  const rules = allowedRules(stylesOf(parsed).join('\n'));
  const root = sanitize(parsed, ALLOWED) as Root;
  clean(root);
  const weight = Math.ceil(weightOf(root) + rules.length / 10);
  const html = toHtml(root);
  const css = rules.join('\n');
  if (!(weight <= MAX_WEIGHT)) throw new Error('It has too many elements');
  if (html.length + css.length > MAX_RESULT) throw new Error('It is too long');
  return { html, css, weight, height: estimatedHeight(root) };
}

/** The text of all stylesheets. */
function stylesOf(node: Nodes): string[] {
  if (!('children' in node)) return [];
  return node.children.flatMap(child =>
    child.type === 'element' && child.tagName === 'style'
      ? child.children.map(each => (each.type === 'text' ? each.value : ''))
      : stylesOf(child)
  );
}

/** Clean the attributes of all elements. */
function clean(node: Root | Element): void {
  for (const child of node.children) {
    if (child.type !== 'element') continue;
    child.properties = cleaned(child.tagName, child.properties);
    clean(child);
  }
}

function cleaned(tag: string, properties: Properties): Properties {
  const kept: Properties = {};
  for (const [name, value] of Object.entries(properties)) {
    const text = Array.isArray(value) ? value.join(' ') : value;
    const safe = typeof text === 'string' ? attribute(tag, name, text) : text;
    if (safe === null || safe === undefined || safe === '') continue;
    kept[name] = name === 'colSpan' || name === 'rowSpan' ? Math.min(Number(safe), MAX_SPAN) : safe;
  }
  return kept;
}

/** The value that the attribute `name` may have; null if it may have none like `value`. */
function attribute(tag: string, name: string, value: string): string | null {
  switch (name) {
    case 'style':
      return allowedDeclarations(value);
    case 'd':
    case 'points':
      return value;
    case 'src':
      return isPicture(value) ? value : null;
    case 'href':
    case 'xLinkHref':
      return LOCAL.test(value) || (tag === 'image' && isPicture(value)) ? value : null;
    case 'title':
    case 'alt':
      return value.slice(0, MAX_ATTRIBUTE);
    default:
      return value.length <= MAX_ATTRIBUTE && (PLAIN.test(value) || PART.test(value))
        ? value
        : null;
  }
}

/** Whether `value` has the data of a picture with a readable header. */
function isPicture(value: string): boolean {
  const data = PICTURE.exec(value)?.[1];
  return data !== undefined && Number.isFinite(pixelsOf(data));
}
