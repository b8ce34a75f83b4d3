/** Presence states of the other participants, read as data that anybody may have written. */
import { isRecord } from '../../protocol/json';
import type { Awareness } from 'y-protocols/awareness';

import { safeColor } from '../common/color';

/** A cursor as standard Yjs editors write it: two relative positions as JSON, not checked yet. */
interface PresenceCursor {
  anchor?: unknown;
  head?: unknown;
}

/** One connection's presence. */
interface PresenceState {
  /** The participant's id, as far as it is known. */
  userId: unknown;
  name: string;
  color: string;
  cursor: PresenceCursor;
}

/** The presence of `client`; null where it has no cursor, or is our own. */
export function presenceOf(awareness: Awareness, client: number): PresenceState | null {
  const { cursor, user } = awareness.getStates().get(client) ?? {};
  if (client === awareness.clientID || !isRecord(cursor)) {
    return null;
  }
  const { id, name, color } = isRecord(user) ? user : {};
  return {
    userId: id,
    name: typeof name === 'string' && name !== '' ? name : 'Someone',
    color: safeColor(color),
    cursor
  };
}

/** The root of the text that a cursor is in; null where it names none. */
export function rootOf(cursor: unknown): string | null {
  const head = isRecord(cursor) ? cursor.head : null;
  return isRecord(head) && typeof head.tname === 'string' ? head.tname : null;
}
