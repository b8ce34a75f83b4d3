/**
 * Characters that nobody sees and that change a program: they are drawn, and taken out of a paste
 * when its author wants that.
 */
import { highlightSpecialChars } from '@codemirror/view';
import type { Extension } from '@codemirror/state';

interface Invisible {
  readonly from: number;
  readonly to: number;
  readonly name: string;
  /** The text that stands for it in a program. */
  readonly plain: '' | ' ' | '\n';
}

/** Joiners (U+200C, U+200D) are not in it: they are part of words and emoji. */
const TABLE: readonly Invisible[] = [
  { from: 0x00, to: 0x08, name: 'control character', plain: '' },
  { from: 0x0b, to: 0x1f, name: 'control character', plain: '' },
  { from: 0x7f, to: 0x9f, name: 'control character', plain: '' },
  { from: 0xa0, to: 0xa0, name: 'no-break space', plain: ' ' },
  { from: 0xad, to: 0xad, name: 'soft hyphen', plain: '' },
  { from: 0x61c, to: 0x61c, name: 'direction mark', plain: '' },
  { from: 0x2000, to: 0x200a, name: 'wide or narrow space', plain: ' ' },
  { from: 0x200b, to: 0x200b, name: 'zero-width space', plain: '' },
  { from: 0x200e, to: 0x200f, name: 'direction mark', plain: '' },
  { from: 0x2028, to: 0x2029, name: 'line separator', plain: '\n' },
  { from: 0x202a, to: 0x202e, name: 'direction override', plain: '' },
  { from: 0x202f, to: 0x202f, name: 'no-break space', plain: ' ' },
  { from: 0x205f, to: 0x205f, name: 'wide or narrow space', plain: ' ' },
  { from: 0x2060, to: 0x2064, name: 'zero-width character', plain: '' },
  { from: 0x2066, to: 0x206f, name: 'direction override', plain: '' },
  { from: 0x3000, to: 0x3000, name: 'wide or narrow space', plain: ' ' },
  { from: 0xfeff, to: 0xfeff, name: 'byte order mark', plain: '' },
  { from: 0xfff9, to: 0xfffc, name: 'control character', plain: '' }
];

const escaped = (code: number): string => `\\u{${code.toString(16)}}`;
const CLASS = TABLE.map(({ from, to }) => `${escaped(from)}-${escaped(to)}`).join('');
export const INVISIBLE = new RegExp(`[${CLASS}]`, 'gu');

function lookUp(code: number): Invisible | undefined {
  return TABLE.find(({ from, to }) => code >= from && code <= to);
}

/** Whether a UTF-16 unit is an invisible character. */
export function isInvisible(unit: number): boolean {
  return (unit < 0x20 || unit > 0x7e) && lookUp(unit) !== undefined;
}

/** The number of invisible characters in `text`. */
export function countInvisible(text: string): number {
  return text.match(INVISIBLE)?.length ?? 0;
}

/** `text` with plain spaces and line breaks, and without what has no width. */
export function cleaned(text: string): string {
  return text.replace(INVISIBLE, found => lookUp(found.charCodeAt(0))?.plain ?? found);
}

/** Draws each invisible character as a small box, with its name as a tooltip. */
export const shownInvisible: Extension = highlightSpecialChars({
  specialChars: INVISIBLE,
  render: code => {
    const box = document.createElement('span');
    const number = code.toString(16).toUpperCase().padStart(4, '0');
    const name = `${lookUp(code)?.name ?? 'invisible character'} (U+${number})`;
    box.className = 'arena-invisible';
    box.textContent = lookUp(code)?.plain === ' ' ? '·' : '¤';
    box.title = name;
    box.setAttribute('role', 'img');
    box.setAttribute('aria-label', name);
    return box;
  }
});
