import fs from 'node:fs';
import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
await sleep(1);
console.log(typeof fs.readFileSync);
assert.equal(1, 1);
export const x = 1;
console.log(await Promise.resolve('top level await'));
assert.deepEqual([1, 2, { a: 1 }], [1, 2, { a: 2 }]);
