/** An error as text, in which each place of the program's files leads there. */
import { useMemo } from 'react';
import type { JSX, ReactNode } from 'react';

import type { Location, Place } from '../../protocol/wire';

/** `main` and `others` are what the files of the run are called. */
export interface ErrorTextProps {
  text: string;
  /** The error's own place in the main file: it knows the column where the text names only a line. */
  location: Location | null;
  main: string;
  others: readonly string[];
  /** Whether there is a text to lead to. */
  leads: (file: string) => boolean;
  onGoTo: (place: Place, file: string) => void;
}

export function ErrorText(props: ErrorTextProps): JSX.Element {
  const { text, location, main, others, leads, onGoTo } = props;
  const places = useMemo(() => placesIn(text, [main, ...others]), [text, main, others]);
  const parts: ReactNode[] = [];
  let from = 0;
  for (const { at, label, file, line, column } of places.filter(each => leads(each.file))) {
    const exact = file === main && line === location?.line ? location.column : 0;
    const place = { line, column: column ?? exact };
    parts.push(
      text.slice(from, at),
      <button
        key={at}
        type="button"
        className="arena-error-link"
        title={`Go to line ${line} of ${file}`}
        onClick={() => onGoTo(place, file)}
      >
        {label}
      </button>
    );
    from = at + label.length;
  }
  return (
    <pre className="arena-text arena-error">
      {parts}
      {text.slice(from)}
    </pre>
  );
}

interface Named extends Omit<Place, 'column'> {
  /** Where in the text it is named, and by which of its words. */
  at: number;
  label: string;
  file: string;
  column: number | null;
}

/** `line 3` behind the name of a file, as in Python, or `main.js:3` with or without a column. */
function placesIn(text: string, files: readonly string[]): Named[] {
  // A name may be the end of another.
  const names = [...files]
    .sort((one, other) => other.length - one.length)
    .map(name => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('|');
  const pattern = new RegExp(
    `(?<![^\\s"(@])("?)(${names})(?:\\1, (line (\\d{1,7}))|:(\\d{1,7})(?::(\\d{1,7}))?)`,
    'g'
  );
  return [...text.matchAll(pattern)].map(found => {
    const [all, , file = '', words, behind, line, column] = found;
    const label = words ?? all;
    return {
      at: found.index + all.length - label.length,
      label,
      file,
      line: Number(behind ?? line),
      column: column === undefined ? null : Number(column) - 1
    };
  });
}
