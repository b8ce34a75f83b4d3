/** Whether the text is saved: a word that is always there, and a sentence for Ctrl+S. */
import { useEffect, useRef, useState } from 'react';
import type { JSX } from 'react';

import type { ArenaSession } from '../../client/session';
import type { SessionSnapshot } from '../../client/snapshot';
import { savedAnswer, savedState } from '../common/format';
import { useSaving } from '../common/hooks';

/** Milliseconds for which the sentence is shown. */
const SHOWN = 5000;

/** The word is not a live region: it changes with every key. */
export function Saved(props: { session: ArenaSession; snapshot: SessionSnapshot }): JSX.Element {
  const { connection, state } = props.snapshot;
  const saving = useSaving(props.session);
  const place = useRef<HTMLSpanElement>(null);
  const isAsked = useSaveKey(place);
  const known = connection.phase === 'open' && connection.checking ? 'checking' : saving;
  const isEnded = state?.status === 'ended';
  return (
    <span ref={place} className="arena-saved-place">
      <span role="status" className="arena-saved-answer">
        {isAsked && !isEnded && savedAnswer(connection, saving)}
      </span>
      <span className="arena-saved" data-state={connection.phase === 'open' ? known : 'offline'}>
        {isEnded ? 'Ended' : savedState(connection, saving, state !== null)}
      </span>
    </span>
  );
}

/** Whether Ctrl+S was pressed in the panel, or beside all elements, within the last seconds. */
function useSaveKey(place: { readonly current: HTMLElement | null }): boolean {
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const panel = place.current?.closest('.arena-panel');
      const { target } = event;
      const isHere =
        target === document.body || (target instanceof Node && panel?.contains(target));
      const isSave = event.key.toLowerCase() === 's' && (event.ctrlKey || event.metaKey);
      if (isHere && isSave && !event.altKey && !event.shiftKey) {
        event.preventDefault();
        setAsked(count => count + 1);
      }
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [place]);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(0), SHOWN);
    return () => clearTimeout(timer);
  }, [asked]);
  return asked > 0;
}
