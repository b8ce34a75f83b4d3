const deepEqual = (a, b) => {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return false;
  const [ka, kb] = [Reflect.ownKeys(a), Reflect.ownKeys(b)];
  return ka.length === kb.length && ka.every(k => deepEqual(a[k], b[k]));
};
console.log(deepEqual({ a: [1, { b: NaN }] }, { a: [1, { b: NaN }] }), deepEqual([1], [2]), deepEqual(null, {}));
const orig = { d: new Date(0), m: new Map([[1, { x: 1 }]]), s: new Set([1]), r: /x/g, u: undefined, n: [1, [2]], big: 1n };
const copy = structuredClone(orig);
copy.m.get(1).x = 99;
console.log(orig, copy);
console.log(JSON.parse(JSON.stringify({ d: new Date(0), u: undefined })));
const flat = (o, p = '') => Object.entries(o).reduce((r, [k, v]) => (typeof v === 'object' && v ? { ...r, ...flat(v, `${p}${k}.`) } : { ...r, [p + k]: v }), {});
console.log(flat({ a: { b: { c: 1 } }, d: [1, { e: 2 }] }), Object.entries({ x: 1 }).flat(), Object.assign({}, 'ab', null, [9]));
