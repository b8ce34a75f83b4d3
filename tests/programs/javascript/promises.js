const sleep = (ms, v) => new Promise(r => setTimeout(r, ms, v));
async function main() {
  console.log(await Promise.all([sleep(20, 'a'), sleep(5, 'b'), 3]));
  console.log(await Promise.race([sleep(20, 'slow'), sleep(1, 'fast')]));
  console.log(await Promise.allSettled([sleep(1), Promise.reject('no'), 5]));
  console.log(await Promise.any([Promise.reject(1), sleep(1, 'any')]));
  try {
    await Promise.any([Promise.reject(new Error('x'))]);
  } catch (e) {
    console.log(e.constructor.name, e.message, e.errors.length);
  }
  console.log(Promise.resolve(1), Promise.reject(new Error('r')).catch(() => 1), new Promise(() => {}));
  for await (const x of (async function* () { yield 1; yield 2; })()) console.log('got', x);
  const { promise, resolve } = Promise.withResolvers();
  resolve('resolved');
  return promise.finally(() => console.log('finally'));
}
main().then(console.log);
