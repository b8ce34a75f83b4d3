/** Base64, read quickly: a recording has one for each keystroke. */
import { Damaged } from './recording';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const OTHER = 255;
const VALUES = new Uint8Array(128).fill(OTHER);
for (let value = 0; value < ALPHABET.length; value++) VALUES[ALPHABET.charCodeAt(value)] = value;

/** The bytes of padded base64; raises `Damaged`. */
export function fromBase64(text: string): Uint8Array {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  if (text.length % 4 !== 0) throw new Damaged('An edit is not in base64.');
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  const end = text.length - padding;
  let bits = 0;
  let at = 0;
  for (let index = 0; index < end; index++) {
    const value = VALUES[text.charCodeAt(index)] ?? OTHER;
    if (value === OTHER) throw new Damaged('An edit is not in base64.');
    bits = (bits << 6) | value;
    if (index % 4 === 3) {
      bytes[at++] = bits >> 16;
      bytes[at++] = bits >> 8;
      bytes[at++] = bits;
      bits = 0;
    }
  }
  if (padding === 1) {
    bytes[at++] = bits >> 10;
    bytes[at++] = bits >> 2;
  } else if (padding === 2) {
    bytes[at++] = bits >> 4;
  }
  return bytes;
}
