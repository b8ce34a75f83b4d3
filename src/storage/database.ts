/**
 * This browser's database: its stores, and how it is opened. One for the origin, for all sessions.
 */
import { openDB } from 'idb';
import type { DBSchema, IDBPDatabase } from 'idb';
import type { DraftRow, LocalSession } from './rows';
import type { LogEntry } from '../session/log-entry';

export interface ArenaSchema extends DBSchema {
  /** What servers have not confirmed; by session, page, document (or `event`), and order. */
  drafts: { key: [string, string, string, number]; value: DraftRow };
  /** Sessions that have no server, by id. */
  sessions: { key: string; value: LocalSession };
  /** Their logs, by session and `seq`. */
  entries: { key: [string, number]; value: LogEntry };
}

export type Database = IDBPDatabase<ArenaSchema>;

/** Milliseconds that a database may take to open, before we go on without one. */
const OPEN_TIMEOUT = 5_000;

/** Open the database; rejects where the browser has none for us, as in some private windows. */
export async function openDatabase(): Promise<Database> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the database does not open')), OPEN_TIMEOUT);
  });
  try {
    return await Promise.race([opened(), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function opened(): Promise<Database> {
  return openDB<ArenaSchema>('arena', 1, {
    upgrade: database => {
      for (const name of ['drafts', 'sessions', 'entries'] as const) {
        database.createObjectStore(name);
      }
    },
    // A page with a newer version must not wait for this one to be closed.
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close()
  });
}
