console.log('1 sync');
setTimeout(() => {
  console.log('6 timeout 0');
  setTimeout(() => console.log('7b timeout after the immediate'), 0);
  setImmediate(() => console.log('7 immediate'));
}, 0);
setTimeout(() => console.log('8 timeout 40'), 40);
Promise.resolve().then(() => console.log('4 microtask')).then(() => console.log('5 second microtask'));
queueMicrotask(() => console.log('4b queued'));
process.nextTick(() => console.log('3 tick'));
(async () => {
  console.log('2 async start');
  await null;
  console.log('4c after await');
})();
console.log('2b sync end');
