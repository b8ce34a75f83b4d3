/** Replacements in a source text that keep its lines, and the way back from a new place to the old. */
import type { Location } from '../../protocol/wire';

/** A replacement of `removed` units by `text`, at an offset; `place` is the place of that offset. */
interface Change {
  at: number;
  removed: number;
  text: string;
  place: Location;
  /** The place that the new text stands for, and the number of units that do. */
  origin: Location;
  length: number;
}

const LINE_END = /\r\n|[\n\r\u2028\u2029]/g;

/** Replacements in a text; no new text contains a line break. */
export class Changes {
  readonly #code: string;
  /** The offsets at which lines start. */
  readonly #lines = [0];
  #all: Change[] = [];
  #sorted = true;

  constructor(code: string) {
    this.#code = code;
    for (const { index, 0: end } of code.matchAll(LINE_END)) {
      this.#lines.push(index + end.length);
    }
  }

  /**
   * Replace `removed` units at an offset by `text`; at one offset, in the order of adding. Places in the
   * new text are mapped to `origin`, or to the offset.
   */
  add(at: number, text: string, removed = 0, origin?: Location): void {
    const place = this.placeOf(at);
    this.#all.push({ at, removed, text, place, origin: origin ?? place, length: text.length });
    this.#sorted = false;
  }

  /**
   * Replace a name that is called by an expression. Engines tell of a call of an expression where its
   * arguments begin.
   */
  addCalled(at: number, text: string, removed: number): void {
    const place = this.placeOf(at);
    this.#all.push({ at, removed, text, place, origin: place, length: text.length + 1 });
    this.#sorted = false;
  }

  /** Remove the text between two offsets, except its line breaks. */
  remove(start: number, end: number): void {
    let from = start;
    for (const { index, 0: lineEnd } of this.#code.slice(start, end).matchAll(LINE_END)) {
      this.add(from, '', start + index - from);
      from = start + index + lineEnd.length;
    }
    this.add(from, '', end - from);
  }

  /** The text with all replacements. */
  apply(): string {
    let from = 0;
    let code = '';
    for (const { at, removed, text } of this.#inOrder()) {
      code += this.#code.slice(from, at) + text;
      from = at + removed;
    }
    return code + this.#code.slice(from);
  }

  /** Maps a place of the new text to the old one. */
  before({ line, column }: Location): Location {
    let moved = 0;
    for (const { removed, text, place, origin, length } of this.#inOrder()) {
      const from = place.column + moved;
      if (place.line === line && column >= from) {
        if (column < from + length) {
          return origin;
        }
        moved += text.length - removed;
      }
    }
    return { line, column: column - moved };
  }

  /** The place of an offset in the old text. */
  placeOf(offset: number): Location {
    let low = 0;
    let high = this.#lines.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#lines[middle] ?? 0) <= offset) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return { line: low + 1, column: offset - (this.#lines[low] ?? 0) };
  }

  #inOrder(): readonly Change[] {
    if (!this.#sorted) {
      this.#all = this.#all.toSorted((one, other) => one.at - other.at);
      this.#sorted = true;
    }
    return this.#all;
  }
}
