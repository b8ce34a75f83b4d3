/** Playback of a recording: loads the film, then shows its screen. */
import { useEffect, useState } from 'react';
import type { JSX } from 'react';

import type { OpenedFilm } from '../../playback/open-film';
import { messageOf } from '../common/format';
import { Screen } from './Screen';
import type { ScreenProps } from './Screen';

export interface PlaybackProps extends Omit<ScreenProps, keyof OpenedFilm> {
  /** Load the film. Aborting frees its worker. Rejects with a message for people. */
  open: (abort: AbortSignal) => Promise<OpenedFilm>;
}

type Opening = { opened: OpenedFilm } | { error: string } | null;

export function Playback({ open, ...props }: PlaybackProps): JSX.Element {
  const [opening, setOpening] = useState<Opening>(null);
  useEffect(() => {
    const abort = new AbortController();
    open(abort.signal).then(
      opened => !abort.signal.aborted && setOpening({ opened }),
      (error: unknown) => !abort.signal.aborted && setOpening({ error: messageOf(error) })
    );
    return () => abort.abort();
  }, [open]);

  if (opening === null) {
    return (
      <div className="arena-panel arena-playback">
        <p role="status" className="arena-film-message">
          Opening the recording…
        </p>
      </div>
    );
  }
  if ('error' in opening) {
    return (
      <div className="arena-panel arena-playback">
        <div role="alert" className="arena-film-message">
          <h2>This recording cannot be played</h2>
          <p className="arena-error-message">{opening.error}</p>
        </div>
      </div>
    );
  }
  return <Screen {...opening.opened} {...props} />;
}
