/** React hooks that read a session and a runner. */
import { useCallback, useSyncExternalStore } from 'react';

import type { Runner, RunnerState } from '../../client/runner';
import type { ArenaSession } from '../../client/session';
import type { SessionSnapshot } from '../../client/snapshot';

/** The current snapshot of a session; the component renders again when it changes. */
export function useSnapshot(session: ArenaSession): SessionSnapshot {
  return useSyncExternalStore(
    useCallback((listener: () => void) => session.subscribe(listener), [session]),
    () => session.snapshot
  );
}

/** The current state of a runner; the component renders again when it changes. */
export function useRunner(runner: Runner): RunnerState {
  return useSyncExternalStore(
    useCallback((listener: () => void) => runner.subscribe(listener), [runner]),
    () => runner.state
  );
}
