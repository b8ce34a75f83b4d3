function Person(name) { this.name = name; }
Person.prototype.hi = function () { return `hi ${this.name}`; };
const p = new Person('Ana');
console.log(p, p.hi(), Person.prototype, Object.create(p), p.__proto__ === Person.prototype);
console.log(p.hi.call({ name: 'Ben' }), p.hi.bind({ name: 'Cy' })(), Person.name, Person.length);
const frozen = Object.freeze({ a: 1, nested: { b: 2 } });
frozen.nested.b = 3;
console.log(frozen, Object.isFrozen(frozen), Reflect.ownKeys({ b: 1, a: 2, 1: 3 }));
const proxy = new Proxy({ a: 1 }, { get: (t, k) => (k in t ? t[k] : `no ${String(k)}`), has: () => true });
console.log(proxy.a, proxy.zzz, 'q' in proxy);
console.log(Object.getOwnPropertyDescriptor({ get x() { return 1; } }, 'x'), Object.is(-0, 0));
console.log([1, 2, 3].reduce((a, b) => a + b), Array.isArray([]), typeof function () {}, void 0);
const { hi } = p;
console.log(hi());
