const sleep = ms => new Promise(r => setTimeout(r, ms));
async function retry(fn, n) { for (let i = 1; ; i++) { try { return await fn(i); } catch (e) { console.log('attempt', i, e.message); if (i === n) throw e; await sleep(1); } } }
async function pool(tasks, size) {
  const results = [];
  let next = 0, active = 0, most = 0;
  await Promise.all(Array.from({ length: size }, async () => { while (next < tasks.length) { const i = next++; most = Math.max(most, ++active); results[i] = await tasks[i](); active--; } }));
  return { results, most };
}
(async () => {
  console.log(await retry(async i => { if (i < 3) throw new Error(`bad ${i}`); return 'ok'; }, 5));
  console.log(await pool([1, 2, 3, 4, 5].map(x => async () => (await sleep(5 - x), x * x)), 2));
  const ac = new AbortController();
  setTimeout(() => ac.abort(), 5);
  await new Promise(r => ac.signal.addEventListener('abort', r));
  console.log(ac.signal.aborted, ac.signal.reason?.name);
  await retry(async () => { throw new RangeError('always'); }, 2);
})();
