/** The program of a run, under the run's output. */
import { Fragment, useState } from 'react';
import type { JSX } from 'react';

import type { Run } from '../../protocol/wire';
import { PlainText } from '../common/PlainText';

/** The program of a run, which is drawn when somebody asks for it. */
export function RunCode({ run }: { run: Run }): JSX.Element {
  const [open, setOpen] = useState(false);
  return (
    <details className="arena-run-code" onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>Code of this run</summary>
      {open && (
        <>
          <CodeText text={run.code} />
          {Object.entries(run.files ?? {}).map(([name, text]) => (
            <Fragment key={name}>
              <p>{name}</p>
              <CodeText text={text} />
            </Fragment>
          ))}
        </>
      )}
    </details>
  );
}

function CodeText({ text }: { text: string }): JSX.Element {
  return (
    <div className="arena-code-text">
      <PlainText text={text} />
    </div>
  );
}
