/** The interviews that live in this browser alone: open one again, delete one. */
import { useCallback, useEffect, useState } from 'react';
import type { JSX } from 'react';

import type { LocalSession, LocalSessions } from '../core/local-sessions';
import { Confirm } from '../ui/Confirm';
import { messageOf } from '../ui/store';
import { LANGUAGE_NAMES, dayAndTime, titleOf } from '../ui/words';

export function LocalList(props: {
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
      {error !== null && (
        <p role="alert" className="arena-problem">
          {error}
        </p>
      )}
      {sessions.length === 0 && <p className="arena-empty">None yet. Create the first one.</p>}
      <ul>
        {sessions.map(session => {
          const title = titleOf(session.title);
          return (
            <li key={session.id}>
              <div className="arena-session-what">
                <span className="arena-session-title">{title}</span>
                <small>
                  {LANGUAGE_NAMES[session.language]} · {dayAndTime(session.createdAt)}
                </small>
              </div>
              <div className="arena-session-do">
                <button
                  type="button"
                  className="arena-button"
                  aria-label={`Open ${title}`}
                  onClick={() => onOpen(session)}
                >
                  Open
                </button>
                <button
                  type="button"
                  className="arena-button"
                  aria-label={`Delete ${title}`}
                  onClick={() => setDeleting(session)}
                >
                  Delete
                </button>
              </div>
            </li>
          );
        })}
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
