outer: for (let i = 0; ; i++) { switch (i) { case 0: case 1: continue outer; case 3: break outer; default: console.log('i', i); } }
const f = (n, acc = 1n) => (n <= 1n ? acc : f(n - 1n, acc * n));
console.log(f(25n), (1, 2, 3), void 'x', !!'0', +'', +' 12 ', -'5', ~-1, 5 ** 2 ** 0, (-8) ** (1 / 3));
var a = 1; { var a = 2; } console.log(a, typeof undeclared, delete globalThis.nothing);
console.log([..."👍🏽"].length, 'b' + 'a' + +'a' + 'a', [] == ![], [10, 1, 3].sort(), 0.1 * 3, 9007199254740992 + 1);
console.log(new Date(2020, 0, 1) < new Date(2020, 0, 2), [1, 2] == '1,2', null >= 0, undefined == 0, NaN != NaN);
try { null.x; } catch ({ name, message }) { console.log(name, message); } finally { console.log('fin'); }
console.log((() => { try { return 'try'; } finally { console.log('cleanup'); } })());
if (true) { function inBlock() { return 'block'; } } console.log(inBlock());
console.log(((a, b = a, ...c) => [a, b, c])(1), (function () { return typeof arguments; })());
