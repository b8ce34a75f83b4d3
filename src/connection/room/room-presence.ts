/**
 * Presence in a room: the position of each cursor, relayed and never stored. A client sends only
 * its position; the room adds the name, colour and role. `arena_ext/rooms/presence.py` has the
 * same rules.
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import type { ClientIds } from './client-ids';
import type { RoomConnection } from './room-connection';
import { FrameError, decoded } from '../../protocol/frames';
import { isRecord } from '../../protocol/json';
import { MAIN_FILE } from '../../protocol/wire';
import type { User } from '../../protocol/wire';

/** Clients under which one connection may be present: an editor has one. */
const MAX_PER_CONNECTION = 4;
/** Clients in one update: a client sends its own, and may repeat those that it received. */
const MAX_CLIENTS = 64;
/** One client's state, UTF-16 units of JSON. */
const MAX_STATE = 4096;
/** The largest clock of a client: the room adds one when the client leaves. */
const MAX_CLOCK = 2 ** 31;

/** A Yjs relative position in a text of the pad, as JSON. */
interface Position {
  type: null;
  tname: string;
  item: { client: number; clock: number } | null;
  assoc: 0 | -1;
}

interface Shown {
  owner: RoomConnection;
  clock: number;
  cursor: { anchor: Position; head: Position } | null;
}

interface ClientState {
  client: number;
  clock: number;
  state: unknown;
}

/** The functions that presence needs from its room. */
interface PresencePort {
  /** The current data of a participant. */
  user(participant: string): User | undefined;
  /** Whether a file of the session has this root. */
  hasText(root: string): boolean;
  readonly clientIds: ClientIds;
  /** Send an update to all clients but `source`. */
  relay(update: Uint8Array | null, source: RoomConnection): void;
}

export class RoomPresence {
  readonly #shown = new Map<number, Shown>();
  readonly #port: PresencePort;

  constructor(port: PresencePort) {
    this.#port = port;
  }

  /**
   * Apply the awareness update of `owner`; returns the update for the others, null for none. States
   * of other connections are ignored. Raises `FrameError`.
   */
  update(owner: RoomConnection, update: Uint8Array): Uint8Array | null {
    const heard: ClientState[] = [];
    for (const { client, clock, state } of decodePresence(update)) {
      if (clock > MAX_CLOCK || (state !== null && !this.#mayShow(owner, client))) continue;
      const shown = this.#shown.get(client);
      if (shown ? shown.owner !== owner || clock < shown.clock : !this.#mayAdd(owner, state)) {
        continue;
      }
      if (isRecord(state)) this.#shown.set(client, { owner, clock, cursor: this.#cursor(state) });
      else this.#shown.delete(client);
      heard.push(this.#state(client) ?? { client, clock, state: null });
    }
    return encodePresence(heard);
  }

  /** Remove all states of `owner`; returns the update for the others, null for none. */
  leave(owner: RoomConnection): Uint8Array | null {
    return encodePresence(this.#of(owner).map(each => this.#remove(...each)));
  }

  /** The update with all states; null for none. */
  all(): Uint8Array | null {
    return encodePresence([...this.#shown.keys()].flatMap(client => this.#state(client) ?? []));
  }

  /**
   * Whether a connection may show presence under a client id; its first showing claims the id.
   * Observers claim none, as they write nothing; so their presence gives way to a claim.
   */
  #mayShow(owner: RoomConnection, client: number): boolean {
    const port = this.#port;
    const { clientIds } = port;
    const { participant } = owner;
    if (clientIds.takenByAnother(participant, client)) {
      owner.refuseClient(client);
      return false;
    }
    const shown = this.#shown.get(client);
    const other = shown && shown.owner !== owner ? shown : null;
    if (other && port.user(other.owner.participant)?.role !== 'observer') return false;
    if (port.user(participant)?.role === 'observer') return true;
    if (!clientIds.claim(participant, client)) return false;
    if (other && other.owner.participant !== participant) {
      port.relay(encodePresence([this.#remove(client, other)]), owner);
    }
    return true;
  }

  #remove(client: number, { clock }: Shown): ClientState {
    this.#shown.delete(client);
    return { client, clock: clock + 1, state: null };
  }

  #mayAdd(owner: RoomConnection, state: unknown): boolean {
    return state !== null && this.#of(owner).length < MAX_PER_CONNECTION;
  }

  #of(owner: RoomConnection): [number, Shown][] {
    return [...this.#shown].filter(([, shown]) => shown.owner === owner);
  }

  #state(client: number): ClientState | null {
    const shown = this.#shown.get(client);
    const user = shown && this.#port.user(shown.owner.participant);
    if (!user) return null;
    const state = { user: { ...user, colorLight: `${user.color}33` }, cursor: shown.cursor };
    return { client, clock: shown.clock, state };
  }

  /** The cursor in a client's state, rebuilt from its valid parts. */
  #cursor({ cursor }: Record<string, unknown>): Shown['cursor'] {
    if (!isRecord(cursor)) return null;
    const [anchor, head] = [this.#position(cursor.anchor), this.#position(cursor.head)];
    return anchor && head ? { anchor, head } : null;
  }

  #position(value: unknown): Position | null {
    if (!isRecord(value)) return null;
    const { item, assoc } = value;
    const tname = value.tname ?? MAIN_FILE;
    // Every page would make a text of a root that is not there.
    if (typeof tname !== 'string' || !this.#port.hasText(tname)) return null;
    const at = isRecord(item) ? itemOf(item) : null;
    if (isRecord(item) && !at) return null;
    return { type: null, tname, item: at, assoc: assoc === -1 ? -1 : 0 };
  }
}

function decodePresence(update: Uint8Array): ClientState[] {
  return decoded(update, decoder => {
    const count = decoding.readVarUint(decoder);
    if (count > MAX_CLIENTS) throw new FrameError('too many awareness states');
    return Array.from({ length: count }, () => {
      const client = decoding.readVarUint(decoder);
      const clock = decoding.readVarUint(decoder);
      const text = decoding.readVarString(decoder);
      if (text.length > MAX_STATE) throw new FrameError('an awareness state is too large');
      return { client, clock, state: JSON.parse(text) as unknown };
    });
  });
}

function encodePresence(states: readonly ClientState[]): Uint8Array | null {
  if (states.length === 0) return null;
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, states.length);
  for (const { client, clock, state } of states) {
    encoding.writeVarUint(encoder, client);
    encoding.writeVarUint(encoder, clock);
    encoding.writeVarString(encoder, JSON.stringify(state));
  }
  return encoding.toUint8Array(encoder);
}

function itemOf({ client, clock }: Record<string, unknown>): Position['item'] {
  return isCount(client) && isCount(clock) ? { client, clock } : null;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
