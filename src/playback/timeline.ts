/** The timeline of a film: when each entry happens, with idle time kept or cut short. */
import { countUpTo } from './binary-search';

/** Milliseconds that a stretch without entries takes when idle time is skipped. */
const IDLE = 2000;

/** Maps entries to milliseconds of the film, and back. `at` is in UTC milliseconds and ascends. */
export class Timeline {
  /** Milliseconds until the last entry. */
  readonly length: number;
  readonly #times: Float64Array;

  constructor(at: Float64Array, skipIdle: boolean) {
    this.#times = new Float64Array(at.length);
    let time = 0;
    for (let seq = 1; seq < at.length; seq++) {
      const gap = (at[seq] ?? 0) - (at[seq - 1] ?? 0);
      time += skipIdle ? Math.min(gap, IDLE) : gap;
      this.#times[seq] = time;
    }
    this.length = time;
  }

  /** When entry `seq` happens. */
  timeOf(seq: number): number {
    return this.#times[seq] ?? 0;
  }

  /** The last entry that has happened at `time`. */
  seqAt(time: number): number {
    return Math.max(0, countUpTo(this.#times, time) - 1);
  }
}
