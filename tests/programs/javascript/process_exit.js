console.log('before', process.platform.length > 0, typeof process.env, process.argv.length);
setTimeout(() => console.log('never'), 10);
process.on('exit', code => console.log('exiting', code));
process.exit(3);
console.log('after');
