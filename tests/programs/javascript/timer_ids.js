const id = setTimeout(() => console.log('later'), 1);
console.log(typeof id, typeof clearTimeout(id));
setTimeout(() => console.log('done'), 2);
