const readline = require('readline');
const rl = readline.createInterface({ input: process.stdin });
const lines = [];
rl.on('line', line => lines.push(line));
rl.on('close', () => {
  console.log(lines.length, lines);
  console.log(lines.slice(1).map(Number).reduce((a, b) => a + b, 0));
});
