/**
 * Markdown that nobody writes by hand, and that takes the parser seconds: its time grows with the
 * square of what stands within one paragraph. It is shown as it was written.
 */

/** Markers of quotes and lists in one line. */
const TOO_DEEP = /^(?:[ \t]*(?:>|[-+*]|\d{1,9}[.)])){24}/m;
/** What may begin or end an emphasis or a link. */
const MARKER = /[*_~[]/g;
/** Those of a paragraph. */
const MOST_MARKERS = 200;

/** Whether to parse `text` could keep the page waiting. */
export function isTooComplex(text: string): boolean {
  return (
    TOO_DEEP.test(text) ||
    text
      .split(/\n[ \t]*\n/)
      .some(paragraph => (paragraph.match(MARKER)?.length ?? 0) > MOST_MARKERS)
  );
}
