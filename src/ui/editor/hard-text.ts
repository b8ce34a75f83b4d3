/**
 * Bounds of what the editor draws. A browser takes long for a line that is long or that changes its
 * script or direction often, and for a screen of thousands of coloured words.
 */
import type { Text } from '@codemirror/state';

import { isInvisible } from './invisible-text';

/** UTF-16 units of a line that are drawn. */
export const LINE = 1000;
/** Changes of script or direction in a line, each of which a browser shapes and places by itself. */
const TURNS = 24;
/** Marks on one letter. */
const MARKS = 8;
/** Invisible characters in a line, each of which is drawn as a box. */
const BOXES = 64;
/** The longest text that is highlighted, in UTF-16 units: ten times an interview's. */
const HIGHLIGHTED = 64 * 1024;
/** Lines that an editor draws at a time, on a high screen, and their units with highlighting. */
const SCREEN = 150;
const DENSE = 15_000;

/** Letters and signs that take any direction and font. */
const ASCII_LETTER = /[A-Za-z]/;
const MARK = /\p{M}/u;
/** Marks of direction, which have no width. */
const DIRECTION = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
const LATIN = -1;

/** The number of UTF-16 units at the start of `line` that are drawn; never half a pair. */
export function drawnLength(line: string): number {
  const most = Math.min(line.length, LINE);
  let turns = 0;
  let marks = 0;
  let boxes = 0;
  let script = LATIN;
  for (let at = 0; at < most; at += 1) {
    const unit = line.charCodeAt(at);
    boxes += isInvisible(unit) ? 1 : 0;
    if (unit < 0x80) {
      marks = 0;
      if (script !== LATIN && ASCII_LETTER.test(line.charAt(at))) {
        script = LATIN;
        turns += 1;
      }
    } else if (DIRECTION.test(line.charAt(at))) {
      turns += 1;
    } else if (MARK.test(line.charAt(at))) {
      marks += 1;
      turns += marks > MARKS ? 1 : 0;
    } else {
      marks = 0;
      const next = scriptOf(unit);
      turns += next === script ? 0 : 1;
      script = next;
    }
    if (turns > TURNS || boxes > BOXES) {
      return whole(line, at);
    }
  }
  return whole(line, most);
}

/** A number for the script of a UTF-16 unit beyond ASCII, by its block; the same for all Han and kana. */
function scriptOf(unit: number): number {
  if (unit < 0x180) {
    return LATIN;
  }
  if (unit >= 0x2e80 && unit < 0xa000) {
    return 0x2e80;
  }
  // All pairs count as one script, most of them are emoji.
  return unit >= 0xd800 && unit < 0xe000 ? 0xd800 : unit >> 8;
}

/** `at`, but not within a surrogate pair. */
function whole(line: string, at: number): number {
  return at < line.length && (line.charCodeAt(at) & 0xfc00) === 0xdc00 ? at - 1 : at;
}

/** Whether highlighting `doc` is sure to be quick to parse and to draw. */
export function isQuickToHighlight(doc: Text): boolean {
  if (doc.length > HIGHLIGHTED) {
    return false;
  }
  const lengths: number[] = [];
  let units = 0;
  for (const line of doc.iterLines()) {
    lengths.push(line.length);
    units += line.length - (lengths[lengths.length - 1 - SCREEN] ?? 0);
    if (line.length > LINE || units > DENSE) {
      return false;
    }
  }
  return true;
}
