function Car(make) { if (!new.target) return new Car(make); this.make = make; Object.defineProperty(this, 'id', { value: 7 }); }
Car.prototype = { constructor: Car, drive() { return this.make + ' drives'; } };
console.log(Car('VW'), new Car('Audi').drive(), Object.keys(new Car('x')), new Car('y').id);
class A { static create() { return new this(); } who() { return 'A'; } }
class B extends A { who() { return 'B>' + super.who(); } static #private = 1; static read() { return B.#private; } }
console.log(B.create().who(), B.read(), B.create(), A.create.call(B) instanceof B, Object.getOwnPropertyNames(B));
class NoSuper extends A { constructor() { } }
new NoSuper();
