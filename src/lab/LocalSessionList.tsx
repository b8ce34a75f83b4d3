/** The interviews that live in this browser alone: open one again, delete one. */
import { useCallback, useEffect, useState } from 'react';
import type { JSX } from 'react';

import type { LocalSession, LocalSessions } from '../storage/local-sessions';
import { Confirm } from '../ui/common/Confirm';
import { ErrorMessage } from '../ui/common/ErrorMessage';
import { SessionLine } from '../ui/lobby/SessionList';
import { messageOf } from '../ui/common/hooks';
import { titleOf } from '../ui/common/format';

export function LocalSessionList(props: {
  local: () => LocalSessions;
  onOpen: (session: LocalSession) => void;
}): JSX.Element {
  const { local, onOpen } = props;
  const [sessions, setSessions] = useState<readonly LocalSession[]>([]);
  const [error, setError] = useState<string | null>(null);
  const [deleting, setDeleting] = useState<LocalSession | null>(null);
  const load = useCallback(
    () =>
      local()
        .list()
        .then(setSessions, (reason: unknown) => setError(messageOf(reason))),
    [local]
  );
  useEffect(() => void load(), [load]);

  const onDelete = async (session: LocalSession): Promise<void> => {
    setError(null);
    try {
      await local().delete(session.id);
      await load();
    } catch (reason) {
      setError(messageOf(reason));
    }
  };

  return (
    <section className="arena-sessions" aria-label="Interviews in this browser">
      <h2>In this browser</h2>
      <ErrorMessage text={error} />
      {sessions.length === 0 && <p className="arena-empty">None yet. Create the first one.</p>}
      <ul>
        {sessions.map(session => (
          <SessionLine key={session.id} session={session} onOpen={() => onOpen(session)}>
            <button
              type="button"
              className="arena-button"
              aria-label={`Delete ${titleOf(session.title)}`}
              onClick={() => setDeleting(session)}
            >
              Delete
            </button>
          </SessionLine>
        ))}
      </ul>
      {deleting && (
        <Confirm
          title="Delete this interview?"
          text="Its text and all that was recorded are only in this browser, and will be gone."
          action="Delete"
          onConfirm={() => void onDelete(deleting)}
          onClose={() => setDeleting(null)}
        />
      )}
    </section>
  );
}
