/**
 * The cost of laying out text, relative to a printable ASCII character. It is what browsers were
 * measured to need at worst: shaping of scripts that join or reorder, a change of direction or of
 * font, tabs, and each line of its own.
 */

const NEWLINE = 8;
const TAB = 8;
/** Latin, Greek and Cyrillic letters, box drawing, and common signs. */
const EASY = 2;
/** Chinese, Japanese and Korean: many glyphs, but each alone. */
const WIDE = 8;
const HARD = 32;

/** The cost of the UTF-16 unit `code`. */
export function unitCost(code: number): number {
  if (code >= 0x20 && code < 0x7f) return 1;
  if (code === 0x0a) return NEWLINE;
  if (code === 0x09) return TAB;
  if ((code > 0xa0 && code < 0x300 && code !== 0xad) || (code >= 0x370 && code < 0x483))
    return EASY;
  if (code >= 0x2010 && code < 0x2028) return EASY;
  if (code >= 0x2030 && code < 0x205f) return EASY;
  if (code >= 0x2190 && code < 0x2600) return EASY;
  if (code >= 0x3000 && code < 0xa000) return WIDE;
  return HARD;
}

/** The cost of `text`. */
export function textCost(text: string): number {
  let cost = 0;
  for (let at = 0; at < text.length; at += 1) {
    cost += unitCost(text.charCodeAt(at));
  }
  return cost;
}
