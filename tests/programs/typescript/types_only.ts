type DeepPartial<T> = { [K in keyof T]?: T[K] extends object ? DeepPartial<T[K]> : T[K] };
type ElementOf<T> = T extends readonly (infer U)[] ? U : never;
declare const injected: number | undefined;
abstract class Repo<T extends { id: number }> {
  protected store = new Map<number, T>();
  abstract name(): string;
  save(x: T): this { this.store.set(x.id, x); return this; }
  all(): T[] { return [...this.store.values()]; }
}
class Users extends Repo<{ id: number; name: string }> { override name() { return 'users' as const; } }
const u = new Users().save({ id: 1, name: 'Ana' });
console.log(u.name(), u.all(), u);
const conf: DeepPartial<{ a: { b: number } }> = { a: {} };
const first = <T,>(xs: readonly T[]): ElementOf<T[]> | undefined => xs[0];
console.log(conf, first([1, 2]), typeof injected);
function over(x: string): string;
function over(x: number): number;
function over(x: any) { return x; }
console.log(over('x'), over(1), ({ a: 1 } satisfies Record<string, number>).a);
let tuple: [name: string, age?: number] = ['Ana'];
console.log(tuple, tuple.length, <number>5 as number);
