console.log(JSON.stringify({ a: [1, { b: 2 }], u: undefined, f() {}, n: null, d: new Date(0), nan: NaN, s: 'é\u2028"' }));
console.log(JSON.stringify({ b: 1, a: [] , o: {} }, null, 2), JSON.stringify([undefined, Symbol()]), JSON.stringify('x'));
console.log(JSON.stringify({ a: 1, b: 2 }, ['b']), JSON.stringify({ p: 1 }, (k, v) => (typeof v === 'number' ? v + 1 : v)));
console.log(JSON.parse('{"a":[1,2,{"b":null}]}', (k, v) => (v === null ? 'nul' : v)), JSON.parse('"\\u00e9"'));
console.log(JSON.stringify({ toJSON: () => 'custom' }), JSON.stringify(new Map([[1, 2]])), JSON.stringify(undefined));
try { JSON.stringify(1n); } catch (e) { console.log(e.message); }
const loop = {};
loop.me = loop;
try { JSON.stringify(loop); } catch (e) { console.log(e.message.split('\n')[0]); }
JSON.parse('{"a": 1,}');
