console.log('1 sync');
setTimeout(() => console.log('6 timeout 0'), 0);
setTimeout(() => console.log('8 timeout 20'), 20);
setImmediate(() => console.log('7 immediate'));
Promise.resolve().then(() => console.log('4 microtask')).then(() => console.log('5 second microtask'));
queueMicrotask(() => console.log('4b queued'));
process.nextTick(() => console.log('3 tick'));
(async () => {
  console.log('2 async start');
  await null;
  console.log('4c after await');
})();
console.log('2b sync end');
