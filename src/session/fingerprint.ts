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
  const texts = [...doc.share.keys()].sort().flatMap(root => {
    const text = doc.getText(root).toJSON();
    return text === '' ? [] : [`\n${root}\n${encoder.encode(text).length}\n${text}`];
  });
  return digest(encoder.encode(clocks.join(',') + texts.join('')));
}
