/**
 * Hash chain: shows whether a recording was changed. Each link is the SHA-256 of the link before and
 * of the digest of one entry, as `arena_ext/storage/hash_chain.py` makes it.
 */
import { digest } from 'lib0/hash/sha256';
import { canonicalJson } from './canonical-json';
import { Damaged } from './damaged';
import { canonicalEdit, linesOf } from './recording';

const encoder = new TextEncoder();

/** Check the chain of the recording in `text`, which is readable; raises `Damaged`. */
export function verifyChain(text: string): void {
  const lines = linesOf(text);
  lines.next();
  // 32 bytes of the chain so far, then 32 bytes of the digest of the next entry.
  const link = new Uint8Array(64);
  for (const line of lines) {
    if (/^\s*\{\s*"chain"/.test(line)) {
      const { chain, file } = JSON.parse(line) as { chain: unknown; file: unknown };
      if (chain !== hex(link.subarray(0, 32))) {
        throw new Damaged('The recording was changed: its entries do not match its chain.');
      }
      const above = text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1);
      if (file === hex(digest(encoder.encode(above)))) return;
      throw new Damaged('The recording was changed: its first line is not what it was.');
    }
    link.set(digestOf(line), 32);
    link.set(digest(link), 0);
  }
  throw new Damaged('The recording is cut off: its chain is missing.');
}

function digestOf(line: string): Uint8Array {
  const hidden = /^\{"seq":\d+,"digest":"([0-9a-f]{64})"\}$/.exec(line);
  if (hidden?.[1] !== undefined) return bytes(hidden[1]);
  return digest(encoder.encode(canonicalEdit(line) ?? canonicalJson(line)));
}

function bytes(hexadecimal: string): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, at) =>
    Number.parseInt(hexadecimal.slice(2 * at, 2 * at + 2), 16)
  );
}

function hex(all: Uint8Array): string {
  return Array.from(all, byte => byte.toString(16).padStart(2, '0')).join('');
}
