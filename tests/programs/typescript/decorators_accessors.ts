class Temp {
  static readonly zero = -273.15;
  declare unit: string;
  private _c = 0;
  get f(): number { return this._c * 1.8 + 32; }
  set f(v: number) { this._c = (v - 32) / 1.8; }
  public method?(): void;
  [key: string]: unknown;
}
const t = new Temp();
t.f = 212;
console.log(t, t.f, Temp.zero, 'unit' in t, t?.method?.());
const o = { a: 1, b: { c: [1, 2] } } as const;
console.log(o.b.c[1], Object.entries(o));
let x!: number;
console.log(x);
