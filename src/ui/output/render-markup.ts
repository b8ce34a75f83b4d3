/** Renders Markdown and formulas to markup. Both renderers are large, and are loaded when needed. */
import { isTooComplex } from '../common/markdown-limits';

/** The longest text that is rendered, in UTF-16 units: a program may print megabytes. */
const LONGEST = 8 * 1024;

/**
 * Markdown as HTML, which is untrusted: it must be shown in a sandboxed frame. Rejects if the text
 * would take long to parse.
 */
export async function markdown(text: string): Promise<string> {
  if (text.length > LONGEST || isTooComplex(text)) throw new Error('It is too long or too dense');
  const { marked } = await import('marked');
  return marked.parse(text, { async: false });
}

/** A TeX formula, with or without delimiters, as MathML. Rejects if it is too long. */
export async function formula(text: string): Promise<string> {
  if (text.length > LONGEST) throw new Error('It is too long');
  const { default: katex } = await import('katex');
  const displayMode = /^\s*(\$\$|\\\[|\\begin)/.test(text);
  const bare = text.trim().replace(/^(\$\$?|\\\[|\\\()|(\$\$?|\\\]|\\\))$/g, '');
  return katex.renderToString(bare, { output: 'mathml', throwOnError: false, displayMode });
}
