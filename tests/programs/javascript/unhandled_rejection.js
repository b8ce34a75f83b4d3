console.log('start');
async function fail() {
  await null;
  throw new TypeError('async failure');
}
fail();
setTimeout(() => console.log('never reached'), 50);
