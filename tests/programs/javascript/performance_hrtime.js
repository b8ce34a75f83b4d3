const t = performance.now();
for (let i = 0; i < 1e6; i++);
console.log(performance.now() - t >= 0, typeof process.hrtime.bigint());
console.log(typeof fetch, typeof URL, new URL('https://a.b/c?d=1#e').searchParams.get('d'));
console.log(new URLSearchParams({ a: 1, b: 'x y' }).toString(), typeof AbortController, typeof navigator);
console.log(typeof window, typeof document, typeof localStorage, typeof global, typeof alert);
