/** The last page of a session that is gone: the text that it did not get, to be copied. */
import { useRef, useState } from 'react';
import type { JSX } from 'react';

import type { CloseReason } from '../../connection/connection';
import type { ArenaSession } from '../../client/session';
import { copyText } from '../common/LinkField';

const TITLES: Readonly<Partial<Record<CloseReason, string>>> = {
  refused: 'This session is gone. Here is what you typed.',
  removed: 'You were removed from this session. Here is what you typed and it did not get.',
  ended: 'This session has ended. Here is what you typed and it did not get.',
  malformed: 'The server did not take your text. Here is what you typed.'
};

/** `reason` is why the session is gone; without one, it has ended. */
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
  const title = TITLES[props.reason ?? 'ended'] ?? TITLES.refused;
  return (
    <section className="arena-unsaved" aria-label="Unsaved text">
      <p role="alert">{title}</p>
      <textarea ref={field} readOnly spellCheck={false} aria-label="What you typed" value={text} />
      <div className="arena-unsaved-do">
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
