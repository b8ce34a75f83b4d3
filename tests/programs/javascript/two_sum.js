function twoSum(nums, target) {
  const seen = new Map();
  for (const [i, n] of nums.entries()) {
    if (seen.has(target - n)) return [seen.get(target - n), i];
    seen.set(n, i);
  }
}
console.log(twoSum([2, 7, 11, 15], 9), twoSum([1], 2));
console.assert(twoSum([3, 3], 6)[1] === 1, 'never shown');
console.assert(twoSum([3, 3], 6)[1] === 2, 'shown %s', 'here');
