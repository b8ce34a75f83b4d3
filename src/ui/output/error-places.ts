/** Finds the places in a program's files that the text of an error names. */
import type { Place } from '../../protocol/wire';

export interface FoundPlace extends Omit<Place, 'column'> {
  /** The offset of the label in the error's text. */
  at: number;
  label: string;
  file: string;
  column: number | null;
}

/** Stands between the name of a file and a line. */
const SEPARATOR = /"?, line (?=\d)|:(?=\d)/g;
const LINE = /(\d{1,7})(?::(\d{1,7}))?/y;
/** Stands before the name of a file. */
const BEFORE = /[\s"(@]/;

/**
 * Finds `"main.py", line 3` as in Python, and `main.js:3` or `main.js:3:5`. The text is searched for
 * separators and not for names, so that a hostile name costs one comparison for each of them.
 */
export function placesIn(text: string, files: readonly string[]): FoundPlace[] {
  // Longer names first: a name may be the end of another.
  const names = files.filter(Boolean).sort((one, other) => other.length - one.length);
  const places: FoundPlace[] = [];
  let free = 0;
  for (const { 0: separator, index } of text.matchAll(SEPARATOR)) {
    const quote = separator.startsWith('"') ? '"' : '';
    const startOf = (name: string): number => index - name.length - quote.length;
    const file = names.find(name => {
      const start = startOf(name);
      return start >= free && text.startsWith(quote + name, start) && isStart(text, start);
    });
    if (file === undefined) {
      continue;
    }
    LINE.lastIndex = index + separator.length;
    const [all = '', line = '', column] = LINE.exec(text) ?? [];
    const isPython = separator !== ':';
    const at = isPython ? index + separator.indexOf('line') : startOf(file);
    const end = isPython ? LINE.lastIndex - all.length + line.length : LINE.lastIndex;
    free = end;
    places.push({
      at,
      label: text.slice(at, end),
      file,
      line: Number(line),
      column: isPython || column === undefined ? null : Number(column) - 1
    });
  }
  return places;
}

function isStart(text: string, at: number): boolean {
  return at === 0 || BEFORE.test(text.charAt(at - 1));
}
