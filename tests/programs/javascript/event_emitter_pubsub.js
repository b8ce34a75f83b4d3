class Emitter {
  #handlers = new Map();
  on(type, fn) { (this.#handlers.get(type) ?? this.#handlers.set(type, new Set()).get(type)).add(fn); return () => this.#handlers.get(type).delete(fn); }
  emit(type, ...args) { for (const fn of this.#handlers.get(type) ?? []) fn(...args); }
}
const e = new Emitter();
const off = e.on('x', (...a) => console.log('x', a));
e.emit('x', 1, 2), off(), e.emit('x', 3), e.emit('nothing');
console.log(e, new (class extends EventTarget {})().dispatchEvent(new Event('z')));
const curry = fn => function c(...a) { return a.length >= fn.length ? fn(...a) : (...b) => c(...a, ...b); };
console.log(curry((a, b, c) => a + b + c)(1)(2)(3), [[1, 2], [3]].flatMap(x => x), [3, 4].entries().next());
const pipe = (...fns) => x => fns.reduce((v, f) => f(v), x);
console.log(pipe(x => x + 1, x => x * 2, String)(4), [1, 2, 3, 4].copyWithin(0, 2), Array.of(7).fill(1));
console.log(new Date(2020, 5).constructor === Date, isNaN('x'), [,].length, `${Symbol('d').description}`);
