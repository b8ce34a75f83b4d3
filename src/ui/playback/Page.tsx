/** The stand-alone page of a recording. The page's other modules load it with one import. */
import { useMemo } from 'react';
import type { JSX } from 'react';

import type { Api, Shell } from '../../connection/rest';
import type { Runners } from '../../client/runner';
import { forkSession } from '../../playback/fork';
import { openFilm } from '../../playback/open-film';
import { Playback } from './Playback';
import type { JoinTarget } from '../common/links';

export { setMarkupWorker } from '../../markup/page-renderer';

/** Milliseconds that a run may take. */
const TIME_LIMIT = 30_000;

/** `token` is an interviewing guest's, null for a Jupyter login; `go` opens a room. */
interface PageProps {
  shell: Shell;
  api: Api;
  sessionId: string;
  token: string | null;
  runners: Runners;
  /** An absolute URL with a slash at its end. */
  runtimeUrl: string;
  /** Whether this user may create sessions. */
  mayCreate: boolean;
  go: (room: JoinTarget) => void;
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
                go({ id, secret: invite ?? null });
              }
            : null
        }
      />
    </main>
  );
}
