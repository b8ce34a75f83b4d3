/** Renders Markdown and formulas to markup, in the markup worker. */
import { render } from '../../markup/page-renderer';

/**
 * Markdown as HTML, which is untrusted: it must be shown in a sandboxed frame. Rejects with an `Error`
 * for people if the text is too long to format.
 */
export function markdown(text: string): Promise<string> {
  return render('markdown', text);
}

/** A TeX formula, with or without delimiters, as MathML. Rejects like `markdown`. */
export function formula(text: string): Promise<string> {
  return render('formula', text);
}
