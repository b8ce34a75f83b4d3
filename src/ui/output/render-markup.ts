/** Markdown and formulas as markup. Both renderers are large, and come when there is something. */
import { isTooComplex } from '../common/markdown-limits';

/** Characters that are formatted: a program may print megabytes, on the page of everybody. */
const LONGEST = 8 * 1024;

/**
 * Markdown as HTML, which is as hostile as its author: it belongs into a frame. Rejects where it
 * would take long.
 */
export async function markdown(text: string): Promise<string> {
  if (text.length > LONGEST || isTooComplex(text)) throw new Error('It is too long or too dense');
  const { marked } = await import('marked');
  return marked.parse(text, { async: false });
}

/**
 * A formula, with or without its dollars, as MathML: browsers know it without fonts or styles.
 * Rejects where it would take long.
 */
export async function formula(text: string): Promise<string> {
  if (text.length > LONGEST) throw new Error('It is too long');
  const { default: katex } = await import('katex');
  const displayMode = /^\s*(\$\$|\\\[|\\begin)/.test(text);
  const bare = text.trim().replace(/^(\$\$?|\\\[|\\\()|(\$\$?|\\\]|\\\))$/g, '');
  return katex.renderToString(bare, { output: 'mathml', throwOnError: false, displayMode });
}
