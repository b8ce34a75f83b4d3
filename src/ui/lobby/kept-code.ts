/**
 * The code that a candidate keeps: a copy in this browser, which is offered once the session has ended.
 * A person who was removed has none.
 */
import type { ArenaSession } from '../../client/session';
import { isRecord } from '../../protocol/json';
import type { SecretStore } from './secret-store';

/** A copy of the session's files. It is offered only if its candidate was there until the end. */
export interface KeptCode {
  title: string;
  files: readonly { name: string; text: string }[];
  ended: boolean;
}

/** Keep the code as it is now, for candidates; `ended` says that the session has ended. */
export function keepCode(
  store: SecretStore,
  { snapshot, text }: SessionText,
  ended: boolean
): void {
  const { state, me } = snapshot;
  if (state === null || me?.role !== 'candidate') {
    return;
  }
  const files = state.files.map(({ name, root }) => ({ name, text: text(root) }));
  store.write(JSON.stringify({ title: state.title, files, ended } satisfies KeptCode));
}

interface SessionText {
  snapshot: ArenaSession['snapshot'];
  text: (root: string) => string;
}

/** The session has ended: from now on the copy is offered, whatever becomes of the session. */
export function offerCode(store: SecretStore): void {
  const kept = readKept(store);
  if (kept && !kept.ended) {
    store.write(JSON.stringify({ ...kept, ended: true }));
  }
}

/** The copy that is offered to its candidate; null where there is none. */
export function offeredCode(store: SecretStore): KeptCode | null {
  const kept = readKept(store);
  return kept?.ended ? kept : null;
}

function readKept(store: SecretStore): KeptCode | null {
  const json = store.read();
  if (json === null) {
    return null;
  }
  try {
    const value: unknown = JSON.parse(json);
    return isKept(value) ? value : null;
  } catch {
    // A copy that is cut off is no copy.
    return null;
  }
}

function isKept(value: unknown): value is KeptCode {
  return isRecord(value) && typeof value.title === 'string' && Array.isArray(value.files);
}
