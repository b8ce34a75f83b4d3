var fs = [];
for (var i = 0; i < 3; i++) fs.push(() => i);
const gs = [];
for (let j = 0; j < 3; j++) gs.push(() => j);
console.log(fs.map(f => f()), gs.map(g => g()));
function counter() {
  let n = 0;
  return { inc: (by = 1) => (n += by), get value() { return n; } };
}
const c = counter();
c.inc();
c.inc(5);
console.log(c.value, typeof hoisted, hoisted2());
var hoisted = 1;
function hoisted2() { return 'hoisted'; }
const debounce = (fn, ms) => {
  let timer;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => fn(...args), ms);
  };
};
const d = debounce(x => console.log('debounced', x), 10);
d(1), d(2), d(3);
const memo = fn => { const cache = {}; return n => (cache[n] ??= fn(n)); };
const fib = memo(n => (n < 2 ? n : fib(n - 1) + fib(n - 2)));
console.log(fib(80));
console.log(tdz);
let tdz = 1;
