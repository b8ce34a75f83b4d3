/** An error as text, in which each place of the program leads there. */
import { Fragment } from 'react';
import type { JSX } from 'react';

import type { Location } from '../core/protocol';

/** `location` is the error's own place: it knows the column where the text names only a line. */
export interface ErrorTextProps {
  text: string;
  location: Location | null;
  onGoTo: ((place: Location) => void) | undefined;
}

/** `line 3` behind the name of the program, or `main.js:3` with or without a column. */
const PLACE = /(?<=(?:"main\.py"|main\.py), )line (\d{1,7})|\bmain\.\w+:(\d{1,7})(?::(\d{1,7}))?/g;

export function ErrorText({ text, location, onGoTo }: ErrorTextProps): JSX.Element {
  const parts: JSX.Element[] = [];
  let from = 0;
  for (const found of onGoTo ? text.matchAll(PLACE) : []) {
    const line = Number(found[1] ?? found[2]);
    const named = found[3] === undefined ? null : Number(found[3]) - 1;
    const column = named ?? (line === location?.line ? location.column : 0);
    parts.push(
      <Fragment key={from}>
        {text.slice(from, found.index)}
        <button type="button" className="arena-place" onClick={() => onGoTo?.({ line, column })}>
          {found[0]}
        </button>
      </Fragment>
    );
    from = found.index + found[0].length;
  }
  return (
    <pre className="arena-text arena-error">
      {parts}
      {text.slice(from)}
    </pre>
  );
}
