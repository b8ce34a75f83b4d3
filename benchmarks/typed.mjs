/**
 * `node typed.mjs <trace.json.gz> <count>`: so many Yjs updates, in base64, a line each: a trace
 * typed into a document, cleared, and typed again.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import * as Y from 'yjs';

const [file, wanted] = process.argv.slice(2);
const { txns, endContent } = JSON.parse(gunzipSync(readFileSync(file)));
const doc = new Y.Doc();
doc.clientID = 7;
const text = doc.getText('code');
const lines = [];
doc.on('update', update => lines.push(Buffer.from(update).toString('base64')));

while (lines.length < Number(wanted)) {
  text.delete(0, text.length);
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
}
process.stdout.write(lines.slice(0, Number(wanted)).join('\n'));
