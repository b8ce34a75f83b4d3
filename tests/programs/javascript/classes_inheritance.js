class Animal {
  static #count = 0;
  #secret = 1;
  name;
  constructor(name) {
    this.name = name;
    Animal.#count++;
  }
  speak() { return `${this.name} makes a sound`; }
  get upper() { return this.name.toUpperCase(); }
  static get count() { return Animal.#count; }
  toString() { return `Animal(${this.name})`; }
  [Symbol.toPrimitive](hint) { return hint === 'number' ? 7 : this.toString(); }
  static { this.ready = true; }
}
class Dog extends Animal {
  tricks = ['sit'];
  speak() { return super.speak() + ': woof'; }
  *[Symbol.iterator]() { yield* this.tricks; }
  get [Symbol.toStringTag]() { return 'Doggo'; }
}
const d = new Dog('Rex');
console.log(d, `${d}`, +d, d.speak(), d.upper, Animal.count, [...d], Animal.ready);
console.log(Dog, Object.getPrototypeOf(d), d.constructor.name, Dog.prototype, Animal.prototype);
console.log(Object.getOwnPropertyNames(Dog.prototype), d.hasOwnProperty('name'), Object.entries(d));
const mixin = Base => class extends Base { fly() { return 'flying'; } };
console.log(new (mixin(Dog))('Bird').fly(), mixin(Dog), new (mixin(Dog))('x'));
Animal('no new');
