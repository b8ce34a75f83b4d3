/**
 * The owner of each client id of a session: the first participant who showed presence or wrote under
 * it. `arena_ext/rooms/state.py` has the same rules.
 */

/** Client ids under which a participant may write, and others under which one may show presence. */
export const MAX_CLIENTS_EACH = 200;

export class ClientIds {
  readonly #written = new Map<number, string | null>();
  readonly #claims = new Map<number, string>();
  readonly #own: ReadonlySet<number>;

  /** `own` are the client ids of the room itself. */
  constructor(own: Iterable<number>) {
    this.#own = new Set(own);
  }

  /** Whether a client id belongs to somebody else than `participant`, or to the room. */
  takenByAnother(participant: string | null, client: number): boolean {
    if (this.#written.has(client)) return this.#written.get(client) !== participant;
    return this.#own.has(client) || (this.#claims.get(client) ?? participant) !== participant;
  }

  /** Whether `participant` may write under these ids as well, which are nobody else's. */
  mayWrite(participant: string, clients: readonly number[]): boolean {
    const more = clients.filter(client => !this.#written.has(client));
    return (
      more.length === 0 || countOf(this.#written, participant) + more.length <= MAX_CLIENTS_EACH
    );
  }

  /** Reserve the client ids of an edit that have no owner yet. */
  hold(participant: string | null, clients: Iterable<number>): void {
    for (const client of clients) {
      if (!this.#written.has(client)) this.#written.set(client, participant);
      this.#claims.delete(client);
    }
  }

  /**
   * Reserve the client id of a participant's presence; false where it belongs to somebody else, or the
   * participant has claimed too many.
   */
  claim(participant: string, client: number): boolean {
    if (this.takenByAnother(participant, client)) return false;
    if (this.#written.has(client) || this.#claims.has(client)) return true;
    if (countOf(this.#claims, participant) >= MAX_CLIENTS_EACH) return false;
    this.#claims.set(client, participant);
    return true;
  }
}

function countOf(owners: ReadonlyMap<number, string | null>, participant: string): number {
  return [...owners.values()].filter(owner => owner === participant).length;
}
