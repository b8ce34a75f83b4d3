/** The stand-alone page of a recording, and all that it alone needs: one import, one piece. */
import { useMemo } from 'react';
import type { JSX } from 'react';

import type { Api, Shell } from '../../connection/rest';
import type { Runners } from '../../client/runner';
import { forkSession } from '../../playback/fork';
import { openFilm } from '../../playback/open-film';
import { Playback } from './Playback';
import { joinPath } from '../common/links';

/** Milliseconds that trying a moment's text may take. */
const TIME_LIMIT = 30_000;

/** `token` is that of a guest who came as an interviewer; `go` leaves for another address. */
export interface PageProps {
  shell: Shell;
  api: Api;
  sessionId: string;
  token: string | null;
  runners: Runners;
  /** Absolute, with a slash at its end. */
  runtimeUrl: string;
  /** Whether this visitor may open sessions. */
  mayCreate: boolean;
  go: (path: string) => void;
}

export function Page(props: PageProps): JSX.Element {
  const { shell, api, sessionId, token, runners, runtimeUrl, mayCreate, go } = props;
  const open = useMemo(
    () => (abort: AbortSignal) =>
      openFilm({ shell, sessionId, token: token ?? undefined }, runtimeUrl, abort),
    [shell, sessionId, token, runtimeUrl]
  );
  return (
    <main className="arena-room">
      <Playback
        open={open}
        runners={runners}
        timeLimit={() => TIME_LIMIT}
        fork={
          mayCreate
            ? async text => {
                const { id, invite } = await forkSession(api, text);
                go(joinPath(shell.baseUrl, { id, secret: invite ?? null }));
              }
            : null
        }
      />
    </main>
  );
}
