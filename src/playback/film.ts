/**
 * The film of a recording: text, cursors and state after any of its entries. Every moment is a
 * look-up without a replay, so seeking is as fast as drawing.
 */
import { MAIN_FILE } from '../protocol/wire';
import type { DocumentName, LoggedEvent } from '../protocol/wire';
import type { SessionState } from '../session/state';
import { countUpTo } from './binary-search';
import type { TextHistory } from './history';
import type { Moment } from './moments';
import type { RecordedSession } from './recording';
import { KEYFRAME } from './keyframes';
import { fold } from '../session/fold';

/** A text of the pad or the notes, and the cursors in it. */
export interface FilmText extends TextHistory {
  document: DocumentName;
  /** For each entry the unit behind which its edit left the cursor, counted from 1; -1 for none. */
  carets: Int32Array;
}

/** Film data, as the worker builds it. Index 0 of an array by entry is the time before the first. */
export interface FilmData {
  session: RecordedSession;
  /** UTC milliseconds. */
  at: Float64Array;
  /** Index into `authors`. */
  by: Uint16Array;
  /** Ids of participants; the first stands for the server. */
  authors: readonly (string | null)[];
  /** Units of the pad's text that an entry inserted, and that it deleted. */
  inserted: Int32Array;
  deleted: Int32Array;
  /** The main file comes first. */
  texts: readonly FilmText[];
  events: readonly LoggedEvent[];
  /** The state before every `KEYFRAME`-th event. */
  keyframes: readonly SessionState[];
  moments: readonly Moment[];
  hidden: number;
}

/** A text after one entry; `units` has for each of its UTF-16 units the index in the history. */
export interface Frame {
  text: string;
  units: Int32Array;
}

/** Units from `from` to `to` were typed by one author, an index into `authors`. */
interface AuthorRun {
  from: number;
  to: number;
  author: number;
}

interface FilmCursor {
  author: number;
  position: number;
}

export class Film {
  readonly data: FilmData;
  /** The last entry. */
  readonly end: number;
  /** Entries of each author that have a cursor, by text. */
  readonly #carets = new Map<FilmText, Map<number, number[]>>();
  readonly #empty: FilmText;
  readonly #decoder = new TextDecoder('utf-16le', { ignoreBOM: true });
  #state: { events: number; state: SessionState } | null = null;

  constructor(data: FilmData) {
    this.data = data;
    this.end = data.at.length - 1;
    this.#empty = emptyText(this.end);
  }

  /** The text that is shown first: the main file; empty if it was never written to. */
  get main(): FilmText {
    return this.padText(MAIN_FILE);
  }

  /** The pad's text under `root`; empty if it was never written to. */
  padText(root: string): FilmText {
    const found = this.data.texts.find(text => text.document === 'pad' && text.root === root);
    return found ?? this.#empty;
  }

  /** `text` after entry `seq`. */
  frame(text: FilmText, seq: number): Frame {
    const { born, died } = text;
    const units = new Int32Array(born.length);
    const shown = new Uint16Array(born.length);
    let length = 0;
    for (let unit = 0; unit < born.length; unit++) {
      if ((born[unit] ?? 0) <= seq && (died[unit] ?? 0) > seq) {
        units[length] = unit;
        shown[length] = text.units[unit] ?? 0;
        length++;
      }
    }
    return {
      text: this.#decoder.decode(shown.subarray(0, length)),
      units: units.subarray(0, length)
    };
  }

  /** The authors of the units of `frame` between two positions. */
  authorRuns(text: FilmText, frame: Frame, from: number, to: number): AuthorRun[] {
    const runs: AuthorRun[] = [];
    for (let at = Math.max(0, from); at < Math.min(to, frame.units.length); at++) {
      const author = this.data.by[this.bornAt(text, frame, at)] ?? 0;
      const last = runs.at(-1);
      if (last?.author === author) last.to = at + 1;
      else runs.push({ from: at, to: at + 1, author });
    }
    return runs;
  }

  /** The entry that typed the character at `position` of `frame`. */
  bornAt(text: FilmText, frame: Frame, position: number): number {
    return text.born[frame.units[position] ?? -1] ?? 0;
  }

  /** The last position at which each person present typed; `frame` is that of `text` after `seq`. */
  cursors(text: FilmText, frame: Frame, seq: number): FilmCursor[] {
    const { present } = this.stateAt(seq);
    const cursors: FilmCursor[] = [];
    for (const [author, entries] of this.#caretsOf(text)) {
      const id = this.data.authors[author];
      const last = entries[countUpTo(entries, seq) - 1];
      if (id == null || !present.has(id) || last === undefined) continue;
      const unit = text.carets[last] ?? 0;
      cursors.push({ author, position: countUpTo(frame.units, unit - 1) });
    }
    return cursors;
  }

  /** The position of the last edit of `text` in `frame`; null before the first edit. */
  lastCaret(text: FilmText, frame: Frame, seq: number): number | null {
    for (let at = seq; at > 0; at--) {
      const caret = text.carets[at] ?? -1;
      if (caret !== -1) return countUpTo(frame.units, caret - 1);
    }
    return null;
  }

  /** The session's state after entry `seq`. */
  stateAt(seq: number): SessionState {
    const { events, keyframes } = this.data;
    const count = countUpTo(events, seq, event => event.seq);
    const before = this.#state;
    if (before?.events === count) return before.state;
    // The next state asked for is mostly a few events after the last.
    const near = before && before.events < count && count - before.events < KEYFRAME;
    const state = near
      ? events.slice(before.events, count).reduce(fold, before.state)
      : this.#fromKeyframe(count, keyframes);
    this.#state = { events: count, state };
    return state;
  }

  /** The last entry at or before UTC milliseconds `time`. */
  seqAt(time: number): number {
    return Math.max(0, countUpTo(this.data.at, time) - 1);
  }

  /** The next entry after `seq` that changed the pad's text, or the one before; null at the end. */
  edit(seq: number, step: 1 | -1): number | null {
    const { inserted, deleted } = this.data;
    for (let at = seq + step; at >= 0 && at <= this.end; at += step) {
      if (at === 0 || (inserted[at] ?? 0) + (deleted[at] ?? 0) > 0) return at;
    }
    return null;
  }

  /** The next moment of one of `kinds` after `seq`, or the one before; null where there is none. */
  moment(seq: number, step: 1 | -1, kinds: readonly Moment['kind'][]): Moment | null {
    const { moments } = this.data;
    const wanted = (moment: Moment): boolean =>
      kinds.includes(moment.kind) && (step === 1 ? moment.seq > seq : moment.seq < seq);
    return (step === 1 ? moments.find(wanted) : moments.findLast(wanted)) ?? null;
  }

  #fromKeyframe(count: number, keyframes: readonly SessionState[]): SessionState {
    const index = Math.floor(count / KEYFRAME);
    const keyframe = keyframes[index];
    if (!keyframe) throw new Error(`no keyframe ${index} of ${keyframes.length}`);
    return this.data.events.slice(index * KEYFRAME, count).reduce(fold, keyframe);
  }

  #caretsOf(text: FilmText): Map<number, number[]> {
    let found = this.#carets.get(text);
    if (!found) {
      found = new Map<number, number[]>();
      for (let seq = 1; seq <= this.end; seq++) {
        if ((text.carets[seq] ?? -1) === -1) continue;
        const author = this.data.by[seq] ?? 0;
        const entries = found.get(author);
        if (entries) entries.push(seq);
        else found.set(author, [seq]);
      }
      this.#carets.set(text, found);
    }
    return found;
  }
}

function emptyText(end: number): FilmText {
  return {
    document: 'pad',
    root: MAIN_FILE,
    units: new Uint16Array(),
    born: new Int32Array(),
    died: new Int32Array(),
    carets: new Int32Array(end + 1).fill(-1)
  };
}
