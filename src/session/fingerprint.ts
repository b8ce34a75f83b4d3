/**
 * The fingerprint of a document, which shows whether two copies have the same texts.
 * `arena_ext/rooms/consistency.py` computes the same.
 */
import { digest } from 'lib0/hash/sha256';
import * as Y from 'yjs';

/** The SHA-256 of a document's state vector and of each text that is not empty. */
export function fingerprint(doc: Y.Doc): Uint8Array {
  const clocks = [...Y.decodeStateVector(Y.encodeStateVector(doc))]
    .sort(([one], [other]) => one - other)
    .map(([client, clock]) => `${client}:${clock}`);
  const encoder = new TextEncoder();
  const parts = [encoder.encode(clocks.join(','))];
  for (const root of [...doc.share.keys()].sort()) {
    // Encoded once: a text may have a megabyte, and the page stands still meanwhile.
    const text = encoder.encode(doc.getText(root).toJSON());
    if (text.length > 0) parts.push(encoder.encode(`\n${root}\n${text.length}\n`), text);
  }
  return digest(joined(parts));
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
