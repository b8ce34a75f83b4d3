/** Sessions that have no server: their logs in this browser, listed, opened again, deleted. */
import { uuidv4 } from 'lib0/random';
import type { Database } from './database';
import { pageLocks } from './drafts';
import type { LogEntry } from '../session/log-entry';
import type { Log } from './log';
import type { Language } from '../protocol/wire';

/** How such a session began; what became of it is in its log. `createdAt` is ISO 8601, UTC. */
export interface LocalSession {
  id: string;
  title: string;
  language: Language;
  createdAt: string;
}

/** The log of one session, open in this page alone. */
export interface LocalLog extends Log {
  readonly session: LocalSession;
  /** What it held when it was opened, oldest first. */
  readonly entries: readonly LogEntry[];
  /** Resolves when an entry could not be stored; from then on nothing is. */
  readonly failed: Promise<void>;
  /** Let another page open it, once all that was appended is stored. */
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

  /** Two writers of one log would give the same place twice: returns how to let go. */
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
    // `add` and not `put`: nothing in a log is ever written over.
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
