let depth = 0;
function recurse() {
  depth++;
  recurse();
}
try {
  recurse();
} catch (e) {
  console.log(e instanceof RangeError, e.message, depth > 5000);
}
recurse();
