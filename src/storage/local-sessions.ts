/** Sessions without a server: their logs in this browser's database. */
import { uuidv4 } from 'lib0/random';
import type { Database } from './database';
import { pageLocks } from './page-locks';
import type { LocalSession } from './rows';
import type { Log } from './log';
import type { LogEntry } from '../session/log-entry';

/** The log of one session, open in this page alone. */
export interface LocalLog extends Log {
  readonly session: LocalSession;
  /** The entries at the time when it was opened, oldest first. */
  readonly entries: readonly LogEntry[];
  /** Resolves when an entry could not be stored; from then on nothing is. */
  readonly failed: Promise<void>;
  /** Let another page open it, once all appended entries are stored. */
  close(): void;
}

/** All sessions of this browser. */
export class LocalSessions {
  readonly #database: Promise<Database>;
  readonly #locks: LockManager | undefined;

  constructor(database: Promise<Database>, locks: LockManager | undefined = pageLocks()) {
    this.#database = database;
    this.#locks = locks;
  }

  /** Newest first; rejects where the browser stores nothing for us. */
  async list(): Promise<LocalSession[]> {
    const sessions = await (await this.#database).getAll('sessions');
    return sessions.sort((one, other) => other.createdAt.localeCompare(one.createdAt));
  }

  /** Begin a session; rejects where the browser stores nothing for us. */
  async create({ title, language }: Pick<LocalSession, 'title' | 'language'>): Promise<LocalLog> {
    const session = { id: uuidv4(), title, language, createdAt: new Date().toISOString() };
    await (await this.#database).put('sessions', session, session.id);
    return this.open(session.id);
  }

  /** Open a session again; rejects where it is unknown, or open in another tab. */
  async open(id: string): Promise<LocalLog> {
    const database = await this.#database;
    const close = await this.#lock(id);
    try {
      const session = await database.get('sessions', id);
      if (!session) throw new Error('There is no such interview in this browser.');
      const entries = await database.getAll('entries', entriesOf(id));
      return { session, entries, ...appender(database, id, close) };
    } catch (error) {
      close();
      throw error;
    }
  }

  /** Delete a session with its log; rejects while it is open. */
  async delete(id: string): Promise<void> {
    const unlock = await this.#lock(id);
    try {
      const transaction = (await this.#database).transaction(['sessions', 'entries'], 'readwrite');
      await Promise.all([
        transaction.objectStore('sessions').delete(id),
        transaction.objectStore('entries').delete(entriesOf(id)),
        transaction.done
      ]);
    } finally {
      unlock();
    }
  }

  /** Lock a session, because two writers would use a `seq` twice. Returns how to unlock it. */
  async #lock(id: string): Promise<() => void> {
    const locks = this.#locks;
    if (!locks) return () => undefined;
    return new Promise((resolve, reject) => {
      locks
        .request(`arena:session:${id}`, { ifAvailable: true }, lock => {
          if (!lock) throw new Error('This interview is open in another tab.');
          return new Promise<void>(unlock => resolve(unlock));
        })
        .catch(reject);
    });
  }
}

/** Writes entries of the session `id`; calls `release` after `close()` and the last of them. */
function appender(
  database: Database,
  id: string,
  release: () => void
): Pick<LocalLog, 'append' | 'failed' | 'close'> {
  let fail: () => void = () => undefined;
  const failed = new Promise<void>(resolve => {
    fail = resolve;
  });
  let last: Promise<void> = Promise.resolve();
  const append = (entry: LogEntry, stored: () => void): void => {
    // `add` and not `put`: an entry of a log is never overwritten.
    const added = database.add('entries', entry, [id, entry.seq]).then(
      () => undefined,
      (error: unknown) => {
        console.warn('Arena cannot store this interview in this browser:', error);
        fail();
      }
    );
    last = Promise.all([last, added]).then(stored);
  };
  return { append, failed, close: () => void last.then(release) };
}

function entriesOf(id: string): IDBKeyRange {
  return IDBKeyRange.bound([id], [id, []]);
}
