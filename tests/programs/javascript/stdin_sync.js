const fs = require('fs');
const [n, ...rest] = fs.readFileSync(0, 'utf8').trim().split('\n');
console.log(Number(n), rest);
process.stdout.write('no newline');
process.stdout.write('\n');
