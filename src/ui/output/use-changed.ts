/** Whether the program of a run is another one by now. */
import { useMemo, useSyncExternalStore } from 'react';
import type * as Y from 'yjs';

import { wellFormed } from '../../protocol/json';
import type { Run } from '../../protocol/wire';
import { firstName } from '../../session/files';

/** The texts of the session as they are now. */
export interface PresentTexts {
  pad: Y.Doc;
  /** The root of the file that was called `name` in `run`; null where the session has no such file. */
  rootOf: (name: string, run: Run) => string | null;
}

/**
 * Whether a file of the run's program has another text now, or is gone. False without a room, and for a
 * result without a program.
 */
export function useChanged(run: Run, room: PresentTexts | undefined): boolean {
  const { code, files, language, main } = run;
  const pad = room?.pad;
  const names = [main ?? firstName(language), ...Object.keys(files ?? {})];
  // As text: the roots are the same at most renderings.
  const roots = JSON.stringify(names.map(name => room?.rootOf(name, run) ?? null));
  const comparison = useMemo(() => {
    const known = pad !== undefined && code !== '' ? (JSON.parse(roots) as (string | null)[]) : [];
    const before = [code, ...Object.values(files ?? {})];
    return compared(
      known.map((root, index) => ({
        before: before[index] ?? '',
        now: root === null ? null : (pad?.getText(root) ?? null)
      }))
    );
  }, [pad, roots, code, files]);
  return useSyncExternalStore(comparison.subscribe, comparison.differs);
}

/** Whether any text differs from what it was, as a store: the texts are read when they change. */
function compared(texts: readonly { before: string; now: Y.Text | null }[]): {
  subscribe: (listener: () => void) => () => void;
  differs: () => boolean;
} {
  const compare = (): boolean =>
    texts.some(({ before, now }) => {
      // Most edits change the length, and a long text costs much to read.
      return now?.length !== before.length || wellFormed(now.toJSON()) !== before;
    });
  let differs = compare();
  const subscribe = (listener: () => void): (() => void) => {
    const update = (): void => {
      differs = compare();
      listener();
    };
    // The texts may have changed since the comparison was made.
    differs = compare();
    for (const { now } of texts) now?.observe(update);
    return () => {
      for (const { now } of texts) now?.unobserve(update);
    };
  };
  return { subscribe, differs: () => differs };
}
