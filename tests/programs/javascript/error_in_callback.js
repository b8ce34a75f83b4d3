console.log('go');
setTimeout(() => {
  [1, 2].forEach(n => {
    if (n === 2) throw new RangeError(`n is ${n}`);
  });
}, 5);
setTimeout(() => console.log('after'), 50);
