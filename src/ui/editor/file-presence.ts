/** The file of each other participant, by the cursor in their presence. */
import { useEffect, useState } from 'react';
import type { Awareness } from 'y-protocols/awareness';

import { othersPresence, rootOf } from './presence-states';

/** Another participant in the file whose text has this root. */
export interface FilePresence {
  root: string;
  name: string;
  color: string;
}

/** The presence in all files; the component renders again when somebody moves to another file. */
export function useFilePresence(awareness: Awareness): readonly FilePresence[] {
  const [found, setFound] = useState<readonly FilePresence[]>(() => filePresence(awareness));
  useEffect(() => {
    const onChange = (): void =>
      setFound(before => {
        const now = filePresence(awareness);
        return JSON.stringify(now) === JSON.stringify(before) ? before : now;
      });
    awareness.on('change', onChange);
    return () => awareness.off('change', onChange);
  }, [awareness]);
  return found;
}

/** One entry for each participant and file, also where a participant has several connections. */
function filePresence(awareness: Awareness): FilePresence[] {
  const all = new Map<string, FilePresence>();
  for (const { userId, name, color, cursor } of othersPresence(awareness)) {
    const root = rootOf(cursor);
    if (root !== null) {
      all.set(`${String(userId)} ${root}`, { root, name, color });
    }
  }
  return [...all.values()];
}
