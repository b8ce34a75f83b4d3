/** Shown in place of the editor when a session has closed: text that the server did not store, to copy. */
import { useRef, useState } from 'react';
import type { JSX } from 'react';

import type { ArenaSession } from '../../client/session';
import type { CloseReason } from '../../connection/connection';
import { copyText } from '../common/clipboard';
import { CLOSE_MESSAGES } from './close-messages';

/** Without a `reason` the session has ended. */
export function UnsavedWork(props: {
  session: ArenaSession;
  text: string;
  reason?: CloseReason | undefined;
}): JSX.Element {
  const { session, text } = props;
  const field = useRef<HTMLTextAreaElement>(null);
  const [copied, setCopied] = useState(false);
  const onCopy = async (): Promise<void> => {
    setCopied(await copyText(text));
    field.current?.select();
  };
  return (
    <section className="arena-unsaved" aria-label="Unsaved text">
      <p role="alert">{CLOSE_MESSAGES[props.reason ?? 'ended'].unsaved}</p>
      <textarea ref={field} readOnly spellCheck="false" aria-label="What you typed" value={text} />
      <div className="arena-unsaved-actions">
        <button type="button" className="arena-button arena-primary" onClick={() => void onCopy()}>
          {copied ? 'Copied' : 'Copy'}
        </button>
        <button type="button" className="arena-button" onClick={() => session.discardUnsaved()}>
          Done: forget this text
        </button>
      </div>
    </section>
  );
}
