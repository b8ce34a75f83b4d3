/** React hooks that read a session and a runner. */
import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react';

import type { Runner, RunnerState } from '../../client/runner';
import type { ArenaSession } from '../../client/session';
import { differsByKeys } from '../../client/snapshot';
import type { SessionSnapshot } from '../../client/snapshot';

/**
 * The current snapshot of a session; the component renders again when it changes, but not for each key
 * that is saved: `useSaving` and `useLeaveWarning` are for that.
 */
export function useSnapshot(session: ArenaSession): SessionSnapshot {
  const snapshots = useMemo(() => new Snapshots(session), [session]);
  return useSyncExternalStore(useSubscription(session), snapshots.latest);
}

/** Keeps the snapshot while a new one differs only in what each key changes. */
class Snapshots {
  readonly #session: ArenaSession;
  #shown: SessionSnapshot;

  constructor(session: ArenaSession) {
    this.#session = session;
    this.#shown = session.snapshot;
  }

  latest = (): SessionSnapshot => {
    const { snapshot } = this.#session;
    if (!differsByKeys(this.#shown, snapshot)) this.#shown = snapshot;
    return this.#shown;
  };
}

/** Whether everything is saved; the component renders again when that changes, twice a key. */
export function useSaving(session: ArenaSession): SessionSnapshot['saving'] {
  return useSyncExternalStore(useSubscription(session), () => session.snapshot.saving);
}

/** The browser asks before it closes the page, while closing it would lose typed text. */
export function useLeaveWarning(session: ArenaSession): void {
  useEffect(() => {
    const onLeaving = (event: BeforeUnloadEvent): void => event.preventDefault();
    const update = (): void => {
      if (session.snapshot.atRisk) window.addEventListener('beforeunload', onLeaving);
      else window.removeEventListener('beforeunload', onLeaving);
    };
    update();
    const stop = session.subscribe(update);
    return () => {
      stop();
      window.removeEventListener('beforeunload', onLeaving);
    };
  }, [session]);
}

function useSubscription(session: ArenaSession): (listener: () => void) => () => void {
  return useCallback((listener: () => void) => session.subscribe(listener), [session]);
}

/** The current state of a runner; the component renders again when it changes. */
export function useRunner(runner: Runner): RunnerState {
  return useSyncExternalStore(
    useCallback((listener: () => void) => runner.subscribe(listener), [runner]),
    () => runner.state
  );
}
