interface Stack<T> { push(item: T): void; pop(): T | undefined; readonly size: number }
class ArrayStack<T> implements Stack<T> {
  private items: T[] = [];
  constructor(private readonly limit: number = Infinity) {}
  push(item: T): void {
    if (this.items.length >= this.limit) throw new RangeError('full');
    this.items.push(item);
  }
  pop(): T | undefined { return this.items.pop(); }
  get size(): number { return this.items.length; }
}
const s = new ArrayStack<number>(2);
s.push(1);
s.push(2);
console.log(s, s.size, s.pop());
const pick = <T, K extends keyof T>(o: T, ...keys: K[]): Pick<T, K> =>
  Object.fromEntries(keys.map(k => [k, o[k]])) as Pick<T, K>;
console.log(pick({ a: 1, b: 'x', c: true }, 'a', 'c'));
s.push(5);
s.push(6);
