class LRUCache {
  #capacity;
  #map = new Map();
  static created = 0;
  constructor(capacity) {
    this.#capacity = capacity;
    LRUCache.created++;
  }
  get size() {
    return this.#map.size;
  }
  get(key) {
    if (!this.#map.has(key)) return -1;
    const value = this.#map.get(key);
    this.#map.delete(key);
    this.#map.set(key, value);
    return value;
  }
  put(key, value) {
    this.#map.delete(key);
    this.#map.set(key, value);
    if (this.#map.size > this.#capacity) this.#map.delete(this.#map.keys().next().value);
    return this;
  }
}
const c = new LRUCache(2).put(1, 'a').put(2, 'b');
console.log(c.get(1), c.put(3, 'c').get(2), c.size, LRUCache.created, c, LRUCache);
console.log(Object.keys(c), c instanceof LRUCache, '#map' in c);
