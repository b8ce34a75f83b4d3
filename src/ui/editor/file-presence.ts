/** The file of each other participant, by the cursor in their presence. */
import { useMemo, useSyncExternalStore } from 'react';
import type { Awareness } from 'y-protocols/awareness';

import { presenceOf, rootOf } from './presence-states';

/** Another participant in the file whose text has this root. */
export interface FilePresence {
  root: string;
  name: string;
  color: string;
}

/** The presence in all files; the component renders again when somebody moves to another file. */
export function useFilePresence(awareness: Awareness): readonly FilePresence[] {
  const store = useMemo(() => new PresenceByFile(awareness), [awareness]);
  return useSyncExternalStore(store.subscribe, store.get);
}

/** Keeps the files of all participants, and looks only at those whose presence changes. */
class PresenceByFile {
  readonly #awareness: Awareness;
  #placed: ReadonlyMap<number, Placed>;
  #found: readonly FilePresence[];

  constructor(awareness: Awareness) {
    this.#awareness = awareness;
    this.#placed = changed(new Map(), awareness, awareness.getStates().keys());
    this.#found = distinct(this.#placed.values());
  }

  get = (): readonly FilePresence[] => this.#found;

  /** Call `listener` after each change; returns how to stop that. */
  subscribe = (listener: () => void): (() => void) => {
    const awareness = this.#awareness;
    const update = (clients: Iterable<number>): void => {
      const placed = changed(this.#placed, awareness, clients);
      if (placed !== this.#placed) {
        this.#placed = placed;
        this.#found = distinct(placed.values());
        listener();
      }
    };
    const onChange = (change: Record<'added' | 'updated' | 'removed', number[]>): void =>
      update(Object.values(change).flat());
    // Some may have moved since the first render.
    update(new Set([...this.#placed.keys(), ...awareness.getStates().keys()]));
    awareness.on('change', onChange);
    return () => awareness.off('change', onChange);
  };
}

/** A file in which a participant is, for one of their connections. */
interface Placed extends FilePresence {
  userId: unknown;
}

function placedOf(awareness: Awareness, client: number): Placed | null {
  const presence = presenceOf(awareness, client);
  const root = rootOf(presence?.cursor);
  if (presence === null || root === null) {
    return null;
  }
  const { userId, name, color } = presence;
  return { userId, root, name, color };
}

/** `before` with the present state of `clients`: itself, unless one of them is elsewhere. */
function changed(
  before: ReadonlyMap<number, Placed>,
  awareness: Awareness,
  clients: Iterable<number>
): ReadonlyMap<number, Placed> {
  let after: Map<number, Placed> | null = null;
  for (const client of clients) {
    const was = before.get(client);
    const is = placedOf(awareness, client);
    if (is === null && was !== undefined) {
      after ??= new Map(before);
      after.delete(client);
    } else if (is !== null && !isSame(was, is)) {
      after ??= new Map(before);
      after.set(client, is);
    }
  }
  return after ?? before;
}

function isSame(one: Placed | undefined, other: Placed): boolean {
  return (['userId', 'root', 'name', 'color'] as const).every(key => one?.[key] === other[key]);
}

/** One entry for each participant and file, also where a participant has several connections. */
function distinct(all: Iterable<Placed>): readonly FilePresence[] {
  const found = new Map<string, FilePresence>();
  for (const { userId, root, name, color } of all) {
    found.set(`${String(userId)} ${root}`, { root, name, color });
  }
  return [...found.values()];
}
