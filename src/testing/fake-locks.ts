/** A fake of the browser's lock manager, for tests. */

/** The locks of one browser, by page; `crash` ends a page and releases its locks. */
export class FakeLocks {
  readonly #held = new Map<string, FakePageLocks>();

  page(): FakePageLocks {
    return new FakePageLocks(this.#held);
  }
}

export class FakePageLocks {
  constructor(readonly held: Map<string, FakePageLocks>) {}

  get manager(): LockManager {
    return this as unknown as LockManager;
  }

  async request(name: string, ...rest: unknown[]): Promise<unknown> {
    const callback = rest.at(-1) as (lock: object | null) => unknown;
    if (this.held.has(name)) {
      if (rest.length === 1) throw new Error('nobody waits for a lock here');
      return callback(null);
    }
    this.held.set(name, this);
    try {
      return await callback({ name });
    } finally {
      if (this.held.get(name) === this) this.held.delete(name);
    }
  }

  crash(): void {
    for (const [name, page] of this.held) if (page === this) this.held.delete(name);
  }
}
