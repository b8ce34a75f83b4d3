/** Base64 decoder, fast and with one buffer: a recording has an update for each keystroke. */
import { Damaged } from './damaged';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const OTHER = 255;
const VALUES = new Uint8Array(128).fill(OTHER);
for (let value = 0; value < ALPHABET.length; value++) VALUES[ALPHABET.charCodeAt(value)] = value;

/** Decodes one text after another, each into the same buffer. */
export class Base64Decoder {
  #bytes = new Uint8Array(1024);

  /** The bytes of padded base64, valid until the next call; raises `Damaged`. */
  decode(text: string): Uint8Array {
    if (text.length % 4 !== 0) throw new Damaged('An edit is not in base64.');
    const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
    const length = (text.length / 4) * 3;
    if (this.#bytes.length < length) this.#bytes = new Uint8Array(2 * length);
    const bytes = this.#bytes;
    let bits = 0;
    let at = 0;
    for (let index = 0; index < text.length; index++) {
      // Padding counts as zeros, and its bytes are cut off.
      const value = index < text.length - padding ? (VALUES[text.charCodeAt(index)] ?? OTHER) : 0;
      if (value === OTHER) throw new Damaged('An edit is not in base64.');
      bits = (bits << 6) | value;
      if (index % 4 === 3) {
        bytes[at++] = bits >> 16;
        bytes[at++] = bits >> 8;
        bytes[at++] = bits;
        bits = 0;
      }
    }
    return bytes.subarray(0, length - padding);
  }
}
