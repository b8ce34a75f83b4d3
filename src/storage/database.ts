/** This browser's database (IndexedDB): its stores, and how it is opened. One for the whole origin. */
import { openDB } from 'idb';
import type { DBSchema, IDBPDatabase } from 'idb';
import type { DraftRow, LocalSession } from './rows';
import type { LogEntry } from '../session/log-entry';

interface ArenaSchema extends DBSchema {
  /** Drafts, by session, page, document (or `event`), and order. */
  drafts: { key: [string, string, string, number]; value: DraftRow };
  /** Sessions without a server, by id. */
  sessions: { key: string; value: LocalSession };
  /** Their logs, by session and `seq`. */
  entries: { key: [string, number]; value: LogEntry };
}

export type Database = IDBPDatabase<ArenaSchema>;

/** Milliseconds that the database may take to open. */
const OPEN_TIMEOUT = 5_000;

/** Open the database; rejects where the browser has none, as in some private windows. */
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
    // A page with a newer version must not wait until this one is closed.
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close()
  });
}
