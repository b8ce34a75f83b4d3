/** Who is in which file: read from presence, where a cursor names the text that it is in. */
import { useEffect, useState } from 'react';
import type { Awareness } from 'y-protocols/awareness';

import { safeColor } from '../common/color';

/** Somebody else, in the file whose text has this root. */
export interface FilePresence {
  root: string;
  name: string;
  color: string;
}

/** Where everybody else's cursor is; renders again only when somebody changes files. */
export function useFilePresence(awareness: Awareness): readonly FilePresence[] {
  const [found, setFound] = useState<readonly FilePresence[]>(() => filePresence(awareness));
  useEffect(() => {
    const look = (): void =>
      setFound(before => {
        const now = filePresence(awareness);
        return JSON.stringify(now) === JSON.stringify(before) ? before : now;
      });
    awareness.on('change', look);
    return () => awareness.off('change', look);
  }, [awareness]);
  return found;
}

/** One entry a person and file, however many pages they have open. */
function filePresence(awareness: Awareness): FilePresence[] {
  const all = new Map<string, FilePresence>();
  for (const [client, state] of awareness.getStates()) {
    const root = rootOf(state.cursor);
    if (client === awareness.clientID || root === null) {
      continue;
    }
    const user = isRecord(state.user) ? state.user : {};
    const { id, name, color } = user;
    all.set(`${String(id)} ${root}`, {
      root,
      name: typeof name === 'string' && name !== '' ? name : 'Someone',
      color: safeColor(color)
    });
  }
  return [...all.values()];
}

/** The root of the text that a cursor from presence is in; null where it names none. */
export function rootOf(cursor: unknown): string | null {
  const head = isRecord(cursor) ? cursor.head : null;
  return isRecord(head) && typeof head.tname === 'string' ? head.tname : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
