class LRU<K, V> {
  readonly #map = new Map<K, V>();
  constructor(public readonly capacity: number) {}
  get(key: K): V | undefined {
    const v = this.#map.get(key);
    if (v !== undefined) { this.#map.delete(key); this.#map.set(key, v); }
    return v;
  }
  set(key: K, value: V): void {
    this.#map.delete(key);
    this.#map.set(key, value);
    if (this.#map.size > this.capacity) this.#map.delete(this.#map.keys().next().value as K);
  }
  static of<K, V>(entries: Iterable<readonly [K, V]>, capacity = 2): LRU<K, V> {
    const l = new LRU<K, V>(capacity);
    for (const [k, v] of entries) l.set(k, v);
    return l;
  }
}
const l = LRU.of<string, number>([['a', 1], ['b', 2], ['c', 3]]);
console.log(l.get('a'), l.get('b'), l.capacity, l);
type R = ReturnType<typeof l.get>;
const r: R = l.get('c');
console.log(r! + 1, r?.toFixed(2));
