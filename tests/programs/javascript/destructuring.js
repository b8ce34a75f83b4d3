const { a, b: { c = 5, ...rest } = {}, ['x' + 1]: x1 = 'def' } = { a: 1, b: { d: 2, e: 3 } };
console.log(a, c, rest, x1);
const [first, , third = 'z', ...others] = 'abcdef';
console.log(first, third, others);
const swap = ([p, q]) => [q, p];
console.log(swap([1, 2]), (({ n = 1, ...o } = {}) => [n, o])({ m: 2 }), Math.max(...[1, 5, 3], ...new Set([9])));
function f(a, b = a + 1, ...c) { return [a, b, c, arguments.length, f.length]; }
console.log(f(1), f(1, 2, 3, 4), { ...'hi', ...[9], ...null }, [...Array(3).keys()]);
label: for (const i of [1, 2, 3]) { for (const j of [1, 2]) { if (i === 2) continue label; if (i === 3) break label; console.log(i, j); } }
for (const k in { b: 1, a: 2, 10: 3, 2: 4 }) console.log(k);
console.log([1, 2, 3].includes(NaN), [NaN].includes(NaN), [NaN].indexOf(NaN), 0 ?? 1, 0 || 1, null?.x);
const [z] = null;
