/**
 * Marks of what a page is drawing now, kept beyond its life. A mark that a page left behind means that
 * the page hung: the content is not drawn again by itself.
 */

const KEY = 'arena:drawing';
/** Milliseconds after which a mark of another page means that it hung. */
const HUNG_AFTER = 3000;
const MOST = 50;

type Marks = Record<string, number>;

export class DrawingMarks {
  readonly #storage: Storage | null;
  /** The ids that hung a page before this one. */
  readonly #hung: ReadonlySet<string>;
  readonly #own = new Set<string>();

  constructor(storage: Storage | null, now = Date.now()) {
    this.#storage = storage;
    const old = Object.entries(this.#read()).filter(([, since]) => now - since > HUNG_AFTER);
    this.#hung = new Set(old.map(([id]) => id));
  }

  /** Whether drawing this hung an earlier page. */
  hung(id: string): boolean {
    return this.#hung.has(id);
  }

  begin(id: string): void {
    this.#own.add(id);
    const marks = Object.entries({ ...this.#read(), [id]: Date.now() });
    this.#write(Object.fromEntries(marks.sort(([, a], [, b]) => b - a).slice(0, MOST)));
  }

  end(id: string): void {
    if (!this.#own.delete(id)) return;
    const marks = Object.entries(this.#read());
    this.#write(Object.fromEntries(marks.filter(([each]) => each !== id)));
  }

  /** The page is left in the usual way: nothing hung. */
  endAll(): void {
    for (const id of [...this.#own]) this.end(id);
  }

  #read(): Marks {
    try {
      const value: unknown = JSON.parse(this.#storage?.getItem(KEY) ?? '{}');
      const marks = typeof value === 'object' && value !== null ? Object.entries(value) : [];
      return Object.fromEntries(
        marks.filter((mark): mark is [string, number] => typeof mark[1] === 'number')
      );
    } catch {
      return {}; // Not written by this version.
    }
  }

  #write(marks: Marks): void {
    try {
      this.#storage?.setItem(KEY, JSON.stringify(marks));
    } catch (error) {
      console.warn('What hangs this page could be drawn again:', error);
    }
  }
}
