/** The data of a list of sessions: loading, changing and deleting, with the last error. */
import { useCallback, useEffect, useState } from 'react';

import { messageOf } from '../common/format';

interface SessionListData<S> {
  /** Null until the first load has succeeded. */
  sessions: readonly S[] | null;
  error: string | null;
  setError: (message: string | null) => void;
  /** Load the list again. */
  load: () => Promise<void>;
  /** Wait for a change that was requested, then load the list again. */
  change: (request: Promise<unknown>) => Promise<void>;
}

/** Loads the list with `list` when the component mounts; `list` must keep its identity. */
export function useSessionList<S>(list: () => Promise<readonly S[]>): SessionListData<S> {
  const [sessions, setSessions] = useState<readonly S[] | null>(null);
  const [error, setError] = useState<string | null>(null);

  const load = useCallback(
    () =>
      list().then(
        loaded => {
          setSessions(loaded);
          setError(null);
        },
        (reason: unknown) => setError(messageOf(reason))
      ),
    [list]
  );
  useEffect(() => void load(), [load]);

  const change = async (request: Promise<unknown>): Promise<void> => {
    try {
      await request;
      await load();
    } catch (reason) {
      setError(messageOf(reason));
    }
  };
  return { sessions, error, setError, load, change };
}
