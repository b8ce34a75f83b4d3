/** React's view of what `core` and the runners publish by `subscribe`. */
import { useCallback, useSyncExternalStore } from 'react';

import { can } from '../../session/permissions';
import type { Action } from '../../session/permissions';
import type { Runner, RunnerState } from '../../client/runner';
import type { ArenaSession } from '../../client/session';
import type { SessionSnapshot } from '../../client/snapshot';

/** The session as it stands; the component renders again whenever it changes. */
export function useSnapshot(session: ArenaSession): SessionSnapshot {
  return useSyncExternalStore(
    useCallback((listener: () => void) => session.subscribe(listener), [session]),
    () => session.snapshot
  );
}

/** What a runner is doing: loading, ready, failed. */
export function useRunner(runner: Runner): RunnerState {
  return useSyncExternalStore(
    useCallback((listener: () => void) => runner.subscribe(listener), [runner]),
    () => runner.state
  );
}

/**
 * Whether this person may do `action` now; not before the session is known, nor after it closed,
 * unless that was for a text too long: then they can shorten it.
 */
export function may({ state, me, connection }: SessionSnapshot, action: Action): boolean {
  return (
    state !== null &&
    me !== null &&
    (connection.phase !== 'closed' || connection.reason === 'full') &&
    can(me.role, action, state.status)
  );
}

/** What went wrong, as a sentence for people; the server's texts begin in the middle of one. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : '';
  return text === '' ? 'Something went wrong.' : text.charAt(0).toUpperCase() + text.slice(1);
}
