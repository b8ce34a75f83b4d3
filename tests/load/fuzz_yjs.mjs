// Reads lines of {update, text}: the update, in base64, must result in the text in Yjs too.
import { createInterface } from 'node:readline';
import * as Y from 'yjs';

let agree = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const { update, text } = JSON.parse(line);
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Buffer.from(update, 'base64'));
  if (doc.getText('code').toString() !== text || doc.store.pendingStructs !== null) {
    console.log(
      `Yjs reads ${JSON.stringify(doc.getText('code').toString())}, not ${JSON.stringify(text)}`
    );
    process.exit(1);
  }
  agree += 1;
}
console.log(`${agree} agree`);
