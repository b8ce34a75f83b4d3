/** The field for the name of a new or renamed file, in the place of its tab. */
import { useEffect, useRef, useState } from 'react';
import type { JSX } from 'react';

import { LIMITS } from '../../protocol/wire';
import { ErrorMessage } from '../common/ErrorMessage';

/**
 * `problem` returns the reason why a name is invalid, or null. `onDone` gets a valid new name, or null
 * if the name stays.
 */
export function FileNameField(props: {
  initial: string;
  problem: (name: string) => string | null;
  onDone: (name: string | null) => void;
  /** The field lost the focus; the name stays. */
  onLeave: () => void;
}): JSX.Element {
  const { initial, onDone } = props;
  const field = useRef<HTMLInputElement>(null);
  const [name, setName] = useState(initial);
  const [tried, setTried] = useState(false);
  const typed = name.trim().normalize('NFC');
  const problem = typed === initial ? null : props.problem(typed);

  useEffect(() => {
    field.current?.focus();
    // Select the name without its extension.
    const dot = initial.lastIndexOf('.');
    field.current?.setSelectionRange(0, dot > 0 ? dot : initial.length);
  }, [initial]);

  return (
    <form
      className="arena-file-name"
      onSubmit={event => {
        event.preventDefault();
        if (problem === null) {
          onDone(typed === initial || typed === '' ? null : typed);
        } else {
          setTried(true);
        }
      }}
    >
      <input
        ref={field}
        aria-label="Name of the file"
        aria-invalid={tried && problem !== null}
        maxLength={2 * LIMITS.fileName}
        value={name}
        spellCheck="false"
        autoComplete="off"
        onChange={event => setName(event.target.value)}
        onBlur={props.onLeave}
        onKeyDown={event => {
          if (event.key === 'Escape') {
            onDone(null);
          }
          event.stopPropagation();
        }}
      />
      <ErrorMessage text={tried ? problem : null} />
    </form>
  );
}
