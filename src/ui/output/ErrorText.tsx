/** The text of an error. Places in the program's files are buttons that go there. */
import { useMemo } from 'react';
import type { JSX, ReactNode } from 'react';

import type { Location, Place } from '../../protocol/wire';
import { textCost } from '../../markup/text-cost';
import { placesIn } from './error-places';
import { PlainText } from '../common/PlainText';

/** `main` and `others` are the names of the run's files. */
interface ErrorTextProps {
  text: string;
  /** The location in the main file. It has a column, where the text may name only a line. */
  location: Location | null;
  main: string;
  others: readonly string[];
  /** Whether the session has a file of this name. */
  hasFile: (file: string) => boolean;
  onGoTo: (place: Place, file: string) => void;
}

/** The cost of the layout beyond which a text is drawn in blocks, without links. */
const HARD = 32 * 1024;
/** The most links at the start of a text, and at its end, where Python names the last call. */
const LINKS = 50;

function atBothEnds<T>(all: readonly T[]): readonly T[] {
  return all.length > 2 * LINKS ? [...all.slice(0, LINKS), ...all.slice(-LINKS)] : all;
}

export function ErrorText(props: ErrorTextProps): JSX.Element {
  const { text, location, main, others, hasFile, onGoTo } = props;
  const places = useMemo(() => placesIn(text, [main, ...others]), [text, main, others]);
  const links = atBothEnds(places.filter(each => hasFile(each.file)));
  const isHard = useMemo(() => textCost(text) > HARD, [text]);
  if (isHard) {
    return (
      <div className="arena-error">
        <PlainText text={text} />
      </div>
    );
  }
  const parts: ReactNode[] = [];
  let from = 0;
  for (const { at, label, file, line, column } of links) {
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
