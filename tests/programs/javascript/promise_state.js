console.log(Promise.resolve(1), [Promise.reject(2).catch(() => 3)]);
Promise.resolve(1).then(console.log);
