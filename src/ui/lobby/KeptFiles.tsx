/** The code that a candidate may keep after the end of a session, to copy and to download. */
import { useState } from 'react';
import type { JSX } from 'react';

import { copyText } from '../common/clipboard';
import { download } from '../common/download';
import type { KeptCode } from './kept-code';

/** `onForget` deletes the copy. */
export function KeptFiles(props: { kept: KeptCode; onForget: () => void }): JSX.Element {
  return (
    <section className="arena-kept" aria-label="Your copy of the code">
      <p>Your copy of the code is kept in this browser only.</p>
      <ul>
        {props.kept.files.map(file => (
          <KeptFile key={file.name} {...file} />
        ))}
      </ul>
      <button type="button" className="arena-text-button" onClick={props.onForget}>
        Delete this copy
      </button>
    </section>
  );
}

function KeptFile({ name, text }: KeptCode['files'][number]): JSX.Element {
  const [copied, setCopied] = useState<boolean | null>(null);
  return (
    <li>
      <b>{name}</b>
      <button
        type="button"
        className="arena-button"
        aria-label={`Download ${name}`}
        onClick={() => download({ file: new Blob([text], { type: 'text/plain' }), name })}
      >
        Download
      </button>
      <button
        type="button"
        className="arena-button"
        aria-label={`Copy ${name}`}
        onClick={() => void copyText(text).then(setCopied)}
      >
        {copied ? 'Copied' : 'Copy'}
      </button>
      {copied === false && <span role="alert">This browser does not copy. Download it.</span>}
    </li>
  );
}
