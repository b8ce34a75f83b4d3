function outer() {
  inner();
}
function inner() {
  console.log(undefinedVariable);
}
outer();
