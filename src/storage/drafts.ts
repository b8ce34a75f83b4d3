/**
 * The Drafts port: what one page typed and said and the server has not confirmed, kept where a
 * crash of the page does not reach; and its implementation in IndexedDB.
 */
import { uuidv4 } from 'lib0/random';
import type { Database } from './database';
import { lockName, pageLocks } from './page-locks';
import type { Draft, DraftRow } from './rows';

/** The drafts of one page in one session. */
export interface Drafts {
  /** Resolves when something could not be kept; from then on nothing survives the page. */
  readonly failed: Promise<void>;
  /**
   * Take over what closed pages of `participant` left, oldest first; of anybody where that is
   * null. Pages that are still open keep theirs. To be called, once, before anything is kept.
   */
  adopt(participant: string | null): Promise<Draft[]>;
  /** Keep `draft` until `clear()`; does not wait for anything. */
  keep(draft: Draft): void;
  /** Everything kept is confirmed, or not wanted any more. */
  clear(): void;
  /** This page is done; what it kept is for the next one. */
  close(): void;
}

/** What `StoredDrafts` needs; without `locks`, as on plain http, every other page counts as closed. */
export interface StoredDraftsOptions {
  database: Promise<Database>;
  sessionId: string;
  locks?: LockManager | undefined;
}

/** Drafts in IndexedDB. A page is alive as long as it holds the lock that bears its name. */
export class StoredDrafts implements Drafts {
  readonly failed: Promise<void>;
  readonly #database: Promise<Database>;
  readonly #session: string;
  readonly #locks: LockManager | undefined;
  readonly #page = uuidv4();
  #participant: string | null = null;
  #order = 0;
  #waiting: Work[] = [];
  #writing = false;
  #dead = false;
  #fail: () => void = () => undefined;
  #unlock: () => void = () => undefined;

  constructor({ database, sessionId, locks = pageLocks() }: StoredDraftsOptions) {
    this.#database = database;
    this.#session = sessionId;
    this.#locks = locks;
    this.failed = new Promise(resolve => {
      this.#fail = resolve;
    });
    database.catch((error: unknown) => this.#broken(error));
  }

  async adopt(participant: string | null): Promise<Draft[]> {
    this.#participant = participant;
    try {
      // Before anything is ours: whoever finds our lock free takes what we keep.
      await this.#lock();
      const database = await this.#database;
      const keys = await database.getAllKeys('drafts', range(this.#session));
      const drafts: Draft[] = [];
      for (const page of new Set(keys.map(key => key[1]))) {
        if (!(await this.#alive(page))) drafts.push(...(await this.#take(database, page)));
      }
      return drafts;
    } catch (error) {
      this.#broken(error);
      return [];
    }
  }

  keep(draft: Draft): void {
    const row = { ...draft, participant: this.#participant };
    const place = placeOf(draft);
    const key = this.#nextKey(place);
    this.#write(store => [
      ...(draft.kind === 'edit' && draft.whole
        ? [store.delete(range(this.#session, this.#page, place))]
        : []),
      store.put(row, key)
    ]);
  }

  clear(): void {
    this.#write(store => [store.delete(range(this.#session, this.#page))]);
  }

  close(): void {
    this.#unlock();
  }

  /** Move the drafts of `page` to this page, in one transaction: of two takers, one gets them. */
  async #take(database: Database, page: string): Promise<Draft[]> {
    const transaction = database.transaction('drafts', 'readwrite');
    const { store } = transaction;
    const taken: Draft[] = [];
    let cursor = await store.openCursor(range(this.#session, page));
    while (cursor) {
      const { value: row } = cursor;
      if (this.#participant === null || row.participant === this.#participant) {
        taken.push(row);
        await cursor.delete();
        await store.put(row, this.#nextKey(placeOf(row)));
      }
      cursor = await cursor.continue();
    }
    await transaction.done;
    return taken;
  }

  #nextKey(place: string): [string, string, string, number] {
    return [this.#session, this.#page, place, this.#order++];
  }

  #write(work: Work): void {
    if (this.#dead) return;
    this.#waiting.push(work);
    if (this.#writing) return;
    this.#writing = true;
    this.#writeWaiting()
      .catch((error: unknown) => this.#broken(error))
      .finally(() => {
        this.#writing = false;
      });
  }

  /** One transaction at a time, for all that came meanwhile: a crash aborts those that queue. */
  async #writeWaiting(): Promise<void> {
    const database = await this.#database;
    while (this.#waiting.length > 0) {
      const transaction = database.transaction('drafts', 'readwrite', { durability: 'relaxed' });
      const requests = this.#waiting.splice(0).flatMap(work => work(transaction.store));
      transaction.commit();
      await Promise.all([...requests, transaction.done]);
    }
  }

  #broken(error: unknown): void {
    if (this.#dead) return;
    this.#dead = true;
    this.#waiting = [];
    console.warn('Arena cannot keep unsaved text in this browser:', error);
    this.#fail();
  }

  async #lock(): Promise<void> {
    const { promise: released, resolve: unlock } = deferred();
    this.#unlock = unlock;
    if (!this.#locks) return;
    const { promise: held, resolve: hold } = deferred();
    const done = this.#locks.request(lockName(this.#page), () => {
      hold();
      return released;
    });
    await Promise.race([held, done]);
  }

  async #alive(page: string): Promise<boolean> {
    if (!this.#locks) return false;
    return this.#locks.request(lockName(page), { ifAvailable: true }, lock => lock === null);
  }
}

type Work = (store: WriteStore) => Promise<unknown>[];

/** Whether this browser has drafts of a session, of whomever; false where it keeps none. */
export async function hasDrafts(database: Promise<Database>, sessionId: string): Promise<boolean> {
  try {
    return (await (await database).count('drafts', range(sessionId))) > 0;
  } catch (error) {
    console.warn('Arena cannot look for unsaved text in this browser:', error);
    return false;
  }
}

interface WriteStore {
  put(row: DraftRow, key: [string, string, string, number]): Promise<unknown>;
  delete(keys: IDBKeyRange): Promise<unknown>;
}

function placeOf(draft: Draft): string {
  return draft.kind === 'edit' ? draft.document : 'event';
}

/** All keys that begin with `start`: in IndexedDB's order an array comes after everything else. */
function range(...start: string[]): IDBKeyRange {
  return IDBKeyRange.bound(start, [...start, []]);
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>(done => {
    resolve = done;
  });
  return { promise, resolve };
}
