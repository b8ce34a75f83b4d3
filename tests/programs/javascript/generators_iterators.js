function* fib() { let [a, b] = [0n, 1n]; while (true) { yield a; [a, b] = [b, a + b]; } }
function* take(it, n) { for (const x of it) { if (n-- <= 0) return; yield x; } }
console.log([...take(fib(), 15)], fib(), fib);
function* talk() { try { const x = yield 'ask'; console.log('heard', x); yield x * 2; } finally { console.log('cleanup'); } }
const t = talk();
console.log(t.next(), t.next(21), t.return('bye'), t.next());
const range = { from: 1, to: 4, [Symbol.iterator]() { let c = this.from, e = this.to; return { next: () => c <= e ? { value: c++, done: false } : { value: undefined, done: true } }; } };
console.log([...range], Math.max(...range), Array.from(range, x => x * x), new Map(Object.entries({ a: 1 })));
console.log(fib().filter(x => x % 2n === 0n).take(4).toArray(), Iterator.from([1, 2]).map(x => x + 1).toArray());
async function* ticks() { for (let i = 0; i < 3; i++) { await new Promise(r => setTimeout(r, 2)); yield i; } }
(async () => { for await (const x of ticks()) console.log('tick', x); console.log(ticks()); })();
for (const x of 5) console.log(x);
