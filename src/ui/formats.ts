/** Markdown and formulas as markup. Both renderers are large, and come when there is something. */

/** Markdown as HTML, which is as hostile as its author: it belongs into a frame. */
export async function markdown(text: string): Promise<string> {
  const { marked } = await import('marked');
  return marked.parse(text, { async: false });
}

/** A formula, with or without its dollars, as MathML: browsers know it without fonts or styles. */
export async function formula(text: string): Promise<string> {
  const { default: katex } = await import('katex');
  const displayMode = /^\s*(\$\$|\\\[|\\begin)/.test(text);
  const bare = text.trim().replace(/^(\$\$?|\\\[|\\\()|(\$\$?|\\\]|\\\))$/g, '');
  return katex.renderToString(bare, { output: 'mathml', throwOnError: false, displayMode });
}
