/** The unit in which a text is indented, found in the text itself. */
import type { Text } from '@codemirror/state';

/** Lines that are looked at: the unit shows in the first few. */
const LINES = 500;
const UNITS = ['\t', '  ', '    '];

/** A tab, two or four spaces, by which most lines are deeper than the line before; or null. */
export function indentationOf(doc: Text): string | null {
  const counts = new Map<string, number>();
  let before = '';
  for (const line of doc.iterLines(1, Math.min(doc.lines, LINES) + 1)) {
    const text = line.trimStart();
    if (text !== '') {
      const indent = line.slice(0, line.length - text.length);
      const step = indent.startsWith(before) ? indent.slice(before.length) : '';
      counts.set(step, (counts.get(step) ?? 0) + 1);
      before = indent;
    }
  }
  const [best = null, second] = UNITS.filter(unit => counts.has(unit)).sort(
    (one, other) => (counts.get(other) ?? 0) - (counts.get(one) ?? 0)
  );
  const isTied = best !== null && second !== undefined && counts.get(best) === counts.get(second);
  return isTied ? null : best;
}
