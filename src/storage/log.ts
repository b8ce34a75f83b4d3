/** The Log port: stores the entries of a room's session; and its implementation in memory. */
import type { LogEntry } from '../session/log-entry';

/** Takes the entries of one session, in the order of their `seq`. */
export interface Log {
  /**
   * Store `entry` behind all before it. Calls `stored` once, for one entry after the other: when it
   * is stored, or when no entry can be stored any more. Does not raise.
   */
  append(entry: LogEntry, stored: () => void): void;
}

/** A log that ends with the page. */
export class MemoryLog implements Log {
  readonly #entries: LogEntry[];

  constructor(entries: readonly LogEntry[] = []) {
    this.#entries = [...entries];
  }

  /** All entries, oldest first. */
  get entries(): readonly LogEntry[] {
    return this.#entries;
  }

  append(entry: LogEntry, stored: () => void): void {
    this.#entries.push(entry);
    stored();
  }
}
