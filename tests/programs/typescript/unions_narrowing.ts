type Shape = { kind: 'circle'; r: number } | { kind: 'rect'; w: number; h: number };
const area = (s: Shape): number => {
  switch (s.kind) {
    case 'circle': return Math.PI * s.r ** 2;
    case 'rect': return s.w * s.h;
    default: { const never: never = s; throw new Error(`Unknown ${JSON.stringify(never)}`); }
  }
};
console.log([{ kind: 'circle', r: 1 } as const, { kind: 'rect', w: 2, h: 3 } as const].map(area));
function isString(x: unknown): x is string { return typeof x === 'string'; }
const mixed: (string | number | null)[] = ['a', 1, null];
console.log(mixed.filter(isString), mixed.map(x => x ?? 'none'), (mixed[0] as string).toUpperCase(), mixed[2]!);
area({ kind: 'hexagon' } as unknown as Shape);
