console.log(new Map([['a', 1], [{ k: 1 }, [1, 2]]]), new Map(), new Set([1, 'x', null]), new Set());
console.log({ m: new Map([[1, new Map([[2, new Set([3])]])]]) });
console.log([new Map([['deep', { a: { b: { c: { d: 1 } } } }]])]);
console.log(new WeakMap(), new WeakSet(), Symbol('s'), [Symbol.iterator]);
console.log(new Map([['a', 1]]).entries(), new Set([5]).values(), [1, 2][Symbol.iterator]());
console.log(Object.fromEntries(new Map([['x', 1]])), [...new Set('hello')].join(''));
console.log(new Set(Array.from({ length: 120 }, (_, i) => i)));
console.log(new Map(Array.from({ length: 30 }, (_, i) => [`key${i}`, i])));
