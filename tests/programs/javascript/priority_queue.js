class Heap {
  #a = [];
  #less;
  constructor(less = (a, b) => a < b) { this.#less = less; }
  push(x) { this.#a.push(x); let i = this.#a.length - 1; while (i && this.#less(this.#a[i], this.#a[(i - 1) >> 1])) { [this.#a[i], this.#a[(i - 1) >> 1]] = [this.#a[(i - 1) >> 1], this.#a[i]]; i = (i - 1) >> 1; } return this; }
  pop() { const a = this.#a, top = a[0], last = a.pop(); if (a.length) { a[0] = last; let i = 0; for (;;) { let m = i; for (const c of [2 * i + 1, 2 * i + 2]) if (c < a.length && this.#less(a[c], a[m])) m = c; if (m === i) break; [a[i], a[m]] = [a[m], a[i]]; i = m; } } return top; }
  get length() { return this.#a.length; }
  *[Symbol.iterator]() { while (this.length) yield this.pop(); }
}
const h = new Heap();
[5, 3, 8, 1, 9, 2].forEach(x => h.push(x));
console.log([...h], h.length, h.pop(), new Heap((a, b) => a.p > b.p).push({ p: 1 }).push({ p: 5 }).pop(), h);
h.missing();
