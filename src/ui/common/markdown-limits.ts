/**
 * Limits of the Markdown that is parsed. The parser's time grows with the square of the number of
 * markers in a paragraph, so hostile text could block the page for seconds. Text beyond the limits is
 * shown as it is.
 */

/** A line that begins with 24 or more markers of quotes and lists. */
const TOO_DEEP = /^(?:[ \t]*(?:>|[-+*]|\d{1,9}[.)])){24}/m;
/** A character that can begin or end an emphasis or a link. */
const MARKER = /[*_~[]/g;
/** The most markers in one paragraph. */
const MAX_MARKERS = 200;

/** Whether parsing `text` could block the page. */
export function isTooComplex(text: string): boolean {
  return (
    TOO_DEEP.test(text) ||
    text.split(/\n[ \t]*\n/).some(paragraph => (paragraph.match(MARKER)?.length ?? 0) > MAX_MARKERS)
  );
}
