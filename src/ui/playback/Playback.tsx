/** Playback: a session's recording, watched as a film, read as sentences, and gone on from. */
import { useEffect, useState } from 'react';
import type { JSX } from 'react';

import type { Runners } from '../../client/runner';
import type { ForkedText } from '../../playback/fork';
import type { OpenedFilm } from '../../playback/open-film';
import { Screen } from './Screen';
import { messageOf } from '../common/hooks';

/** What the page around a film hands in. */
export interface PlaybackProps {
  /** Get the film; aborting frees what that holds. Rejects with a message for people. */
  open: (abort: AbortSignal) => Promise<OpenedFilm>;
  /** What a moment's text is tried with; null where nothing runs. */
  runners: Runners | null;
  /** Milliseconds that trying a moment's text may take. */
  timeLimit: () => number;
  /** Open a new session that begins with a moment's text; null where nobody may. */
  fork: ((text: ForkedText) => Promise<void>) | null;
}

type Opening = { opened: OpenedFilm } | { problem: string } | null;

/** The film, once it is there; until then what it waits for, or why there is none. */
export function Playback({ open, ...props }: PlaybackProps): JSX.Element {
  const [opening, setOpening] = useState<Opening>(null);
  useEffect(() => {
    const abort = new AbortController();
    open(abort.signal).then(
      opened => !abort.signal.aborted && setOpening({ opened }),
      (error: unknown) => !abort.signal.aborted && setOpening({ problem: messageOf(error) })
    );
    return () => abort.abort();
  }, [open]);

  if (opening === null) {
    return (
      <div className="arena-panel arena-playback">
        <p role="status" className="arena-film-note">
          Opening the recording…
        </p>
      </div>
    );
  }
  if ('problem' in opening) {
    return (
      <div className="arena-panel arena-playback">
        <div role="alert" className="arena-film-note">
          <h2>This recording cannot be played</h2>
          <p className="arena-problem">{opening.problem}</p>
        </div>
      </div>
    );
  }
  return <Screen {...opening.opened} {...props} />;
}
