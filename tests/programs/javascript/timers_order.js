setTimeout(() => console.log('c'), 5);
setTimeout(() => console.log('a'), 0);
setTimeout(() => console.log('b'), 1);
let n = 0;
const id = setInterval(() => {
  console.log('tick', ++n);
  if (n === 3) clearInterval(id);
}, 10);
setTimeout((x, y) => console.log('args', x, y), 60, 1, 2);
clearTimeout(setTimeout(() => console.log('never'), 1));
clearTimeout(undefined);
console.log('end of sync');
