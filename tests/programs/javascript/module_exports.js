function add(a, b) { return a + b; }
module.exports = { add };
if (require.main === module) console.log('main', add(1, 2));
