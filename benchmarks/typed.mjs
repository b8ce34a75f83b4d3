/**
 * `node typed.mjs <trace.json.gz>`: replays a single-author trace, and prints one line for each
 * keystroke: its Yjs update in base64. The last line is the state of the document at the end, as
 * Yjs encodes it for somebody who joins.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import * as Y from 'yjs';

const { txns, endContent } = JSON.parse(gunzipSync(readFileSync(process.argv[2])));
const doc = new Y.Doc();
doc.clientID = 7;
const text = doc.getText('code');
const lines = [];
doc.on('update', update => lines.push(Buffer.from(update).toString('base64')));

for (const { patches } of txns) {
  doc.transact(() => {
    for (const [position, deleted, inserted] of patches) {
      text.delete(position, deleted);
      text.insert(position, inserted);
    }
  });
}
if (text.toString() !== endContent) {
  throw new Error('The trace does not end as it says: is it of more than one person?');
}
lines.push(Buffer.from(Y.encodeStateAsUpdate(doc)).toString('base64'));
process.stdout.write(lines.join('\n'));
