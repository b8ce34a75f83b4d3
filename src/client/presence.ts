/**
 * Presence: the cursors of a session, by the y-protocols awareness protocol. Our own cursor goes out
 * throttled; incoming states are checked against bounds. Names and colours come from the server's
 * roster.
 */
import * as encoding from 'lib0/encoding';
import * as decoding from 'lib0/decoding';
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate } from 'y-protocols/awareness';
import type * as Y from 'yjs';
import { FrameError, decoded } from '../protocol/frames';
import { LIMITS } from '../protocol/wire';
import type { User } from '../protocol/wire';
import { isRecord } from '../protocol/json';
import { Throttle } from './throttle';

/** Clients in one update: far more than an interview has. */
const MAX_CLIENTS = 256;
/** One client's state, UTF-16 units of JSON: a name, a colour and two positions. */
const MAX_STATE = 4096;
/** Client ids that one update claims: each takes two of the 64 entries that a server reads. */
const MAX_CLAIMS = 32;
/** Milliseconds for which cursor moves share a frame. */
const CURSOR_INTERVAL = 50;

/** The presence of one session; the editor binds to `awareness`. */
export class Presence {
  readonly awareness: Awareness;
  readonly #send: (update: Uint8Array) => void;
  #connected = false;
  #due = false;
  readonly #throttle = new Throttle(CURSOR_INTERVAL, () => {
    if (!this.#due) return false;
    this.#sendOwn();
    return true;
  });

  constructor(pad: Y.Doc, send: (update: Uint8Array) => void) {
    this.#send = send;
    this.awareness = new Awareness(pad);
    this.awareness.on('update', this.#onUpdate);
  }

  /**
   * A connection is ready, and we are `user` in it. `own` are client ids of text that is not known to
   * be stored: showing them for a moment claims them, so that nobody else can take them.
   */
  connect(user: User, own: Iterable<number> = []): void {
    // Others may have our removal, one clock after our last state: ours must be newer.
    const { awareness } = this;
    awareness.setLocalState(awareness.getLocalState() ?? {});
    this.rename(user);
    this.#connected = true;
    this.#sendOwn();
    const ids = [...own].filter(id => id !== awareness.clientID).slice(0, MAX_CLAIMS);
    if (ids.length > 0) this.#send(shownAndGone(ids));
  }

  /** `client` belongs to another participant: our presence continues under `next`. */
  refused(client: number, next: number): void {
    const { awareness } = this;
    if (client !== awareness.clientID) return;
    const state = awareness.getLocalState();
    awareness.states.delete(client);
    awareness.meta.delete(client);
    awareness.clientID = next;
    awareness.setLocalState(state);
  }

  /** The roster says that we are `user`. */
  rename({ id, name, color }: User): void {
    this.awareness.setLocalStateField('user', { id, name, color });
  }

  /** The connection was lost: the cursors of the others are unknown now. */
  disconnect(): void {
    this.#connected = false;
    const { awareness } = this;
    const removed = [...awareness.states.keys()].filter(id => id !== awareness.clientID);
    for (const id of removed) {
      awareness.states.delete(id);
      // Without this, the same state would count as old after a reconnect.
      awareness.meta.delete(id);
    }
    if (removed.length > 0) {
      awareness.emit('change', [{ added: [], updated: [], removed }, this]);
    }
  }

  /** Take an awareness update from the server; raises `FrameError`. */
  receive(update: Uint8Array): void {
    const { awareness } = this;
    applyAwarenessUpdate(awareness, checked(update, awareness.clientID), this);
    // The protocol would keep the clock of everybody who was ever here.
    for (const id of awareness.meta.keys()) {
      if (!awareness.states.has(id) && id !== awareness.clientID) awareness.meta.delete(id);
    }
  }

  /** Remove our cursor for the others, and free everything. */
  dispose(): void {
    this.awareness.setLocalState(null);
    if (this.#due) this.#sendOwn();
    this.#connected = false;
    this.awareness.destroy();
    this.#throttle.stop();
  }

  #onUpdate = (changes: Record<'added' | 'updated' | 'removed', number[]>): void => {
    const own = this.awareness.clientID;
    if (!Object.values(changes).some(ids => ids.includes(own))) return;
    this.#due = true;
    this.#throttle.request();
  };

  #sendOwn(): void {
    this.#due = false;
    if (!this.#connected) return;
    this.#send(encodeAwarenessUpdate(this.awareness, [this.awareness.clientID]));
  }
}

/** One client's entry in an awareness update. */
interface Entry {
  client: number;
  clock: number;
  state: object | null;
}

/**
 * `update` with only the known members of each state, and without a state of `own`, which is ours to
 * set; raises `FrameError` beyond a bound.
 */
function checked(update: Uint8Array, own: number): Uint8Array {
  const entries = decoded(update, decoder => {
    const count = decoding.readVarUint(decoder);
    if (count > MAX_CLIENTS) throw new FrameError('too many awareness states');
    return Array.from({ length: count }, (): Entry => {
      const client = decoding.readVarUint(decoder);
      const clock = decoding.readVarUint(decoder);
      const text = decoding.readVarString(decoder);
      if (text.length > MAX_STATE) throw new FrameError('an awareness state is too large');
      return { client, clock, state: checkedState(JSON.parse(text)) };
    });
  });
  return encoded(entries.filter(({ client, state }) => client !== own || state === null));
}

/** The update that shows each of `ids` without a cursor, and removes it again. */
function shownAndGone(ids: readonly number[]): Uint8Array {
  return encoded(
    ids.flatMap(client => [
      { client, clock: 1, state: {} },
      { client, clock: 2, state: null }
    ])
  );
}

function encoded(entries: readonly Entry[]): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, entries.length);
  for (const { client, clock, state } of entries) {
    encoding.writeVarUint(encoder, client);
    encoding.writeVarUint(encoder, clock);
    encoding.writeVarString(encoder, JSON.stringify(state));
  }
  return encoding.toUint8Array(encoder);
}

function checkedState(state: unknown): object | null {
  if (!isRecord(state)) return null;
  const { cursor, user } = state;
  return {
    ...(isRecord(cursor) ? { cursor } : {}),
    ...(isRecord(user) ? { user: checkedUser(user) } : {})
  };
}

function checkedUser({ id, name, color }: Readonly<Record<string, unknown>>): Omit<User, 'role'> {
  return {
    id: typeof id === 'string' ? id : '',
    name: typeof name === 'string' ? name.slice(0, LIMITS.name) : '',
    color: typeof color === 'string' && /^#[0-9a-f]{6}$/i.test(color) ? color : '#808080'
  };
}
