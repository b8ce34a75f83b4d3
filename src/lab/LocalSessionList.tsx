/** The list of sessions that exist only in this browser: open, delete. */
import { useCallback } from 'react';
import type { JSX } from 'react';

import type { LocalSessions } from '../storage/local-sessions';
import type { LocalSession } from '../storage/rows';
import { titleOf } from '../ui/common/format';
import { ConfirmButton, SessionRow, SessionSection } from '../ui/lobby/SessionRows';
import { useSessionList } from '../ui/lobby/use-session-list';

export function LocalSessionList(props: {
  local: () => LocalSessions;
  onOpen: (session: LocalSession) => void;
}): JSX.Element {
  const { local, onOpen } = props;
  const list = useCallback(() => local().list(), [local]);
  const { sessions, error, change } = useSessionList(list);
  return (
    <SessionSection
      label="Interviews in this browser"
      head={<h2>In this browser</h2>}
      sessions={sessions}
      error={error}
      row={session => (
        <SessionRow key={session.id} session={session} onOpen={() => onOpen(session)}>
          <ConfirmButton
            verb="Delete"
            title={titleOf(session.title)}
            question="Delete this interview?"
            text="Its text and all that was recorded are only in this browser, and will be gone."
            action="Delete"
            onConfirm={() => void change(local().delete(session.id))}
          />
        </SessionRow>
      )}
    />
  );
}
