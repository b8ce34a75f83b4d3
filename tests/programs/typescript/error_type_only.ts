const n: number = 'text' as any;
function add(a: number, b: number): number { return a + b; }
console.log(add(n, 1));
