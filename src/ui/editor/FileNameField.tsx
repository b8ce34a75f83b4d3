/** A field for a file's name, in the place where the name will stand. */
import { useEffect, useRef, useState } from 'react';
import type { JSX } from 'react';

import { LIMITS } from '../../protocol/wire';
import { ErrorMessage } from '../common/ErrorMessage';

/** `problem` says what is wrong with a name, or null; `onDone` gets a good name, or null for none. */
export function FileNameField(props: {
  initial: string;
  problem: (name: string) => string | null;
  onDone: (name: string | null) => void;
  /** The focus went elsewhere: then there is no name either. */
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
    // Without its extension, which mostly stays.
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
        spellCheck={false}
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
