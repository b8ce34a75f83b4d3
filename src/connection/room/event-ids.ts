/** The ids of events, by author, so that a room takes each event once. */

/** Ids that a room remembers, of all authors together. */
const MOST = 10_000;

export class EventIds {
  readonly #ids = new Map<string, Set<string>>();
  #count = 0;

  has(author: string, id: string): boolean {
    return this.#ids.get(author)?.has(id) ?? false;
  }

  /** Remember `id`. Beyond `MOST`, the author with the most ids loses the oldest of them. */
  add(author: string, id: string): void {
    const own = this.#ids.get(author) ?? new Set();
    this.#ids.set(author, own.add(id));
    if (++this.#count <= MOST) return;
    const most = [...this.#ids.values()].reduce((one, other) =>
      other.size > one.size ? other : one
    );
    for (const oldest of most) {
      most.delete(oldest);
      this.#count--;
      return;
    }
  }
}
