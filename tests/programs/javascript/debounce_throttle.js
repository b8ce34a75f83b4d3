function throttle(fn, ms) {
  let last = -Infinity;
  return (...args) => {
    const now = Date.now();
    if (now - last >= ms) { last = now; fn(...args); }
  };
}
const t = throttle(x => console.log('throttled', x), 1000);
t(1), t(2), t(3);
const once = fn => { let done, v; return (...a) => (done ? v : ((done = true), (v = fn(...a)))); };
const o = once(() => console.log('once') ?? 5);
console.log(o(), o());
const compose = (...f) => x => f.reduceRight((a, g) => g(a), x);
console.log(compose(x => `<${x}>`, x => x * 2)(21));
Function.prototype.myBind = function (self, ...a) { return (...b) => this.call(self, ...a, ...b); };
console.log(function (a, b) { return [this.k, a, b]; }.myBind({ k: 'v' }, 1)(2));
Array.prototype.myMap = function (f) { const r = []; for (let i = 0; i < this.length; i++) r.push(f(this[i], i)); return r; };
console.log([1, 2].myMap((x, i) => x * i), [3]);
for (const k in [7]) console.log('enumerable', k);
