console.log([10, 9, 1, 'b', undefined, 'A', -1].sort(), [3, 1, 2].sort((a, b) => b - a), [1, 10, 2].toSorted());
const people = [{ n: 'b', a: 2 }, { n: 'a', a: 1 }, { n: 'c', a: 2 }, { n: 'd', a: 1 }];
console.log(people.sort((x, y) => x.a - y.a));
console.log(['é', 'z', 'a', 'Z'].sort(), ['é', 'z', 'a', 'Z'].sort((a, b) => a.localeCompare(b)));
console.log(['item10', 'item9'].sort(new Intl.Collator('en', { numeric: true }).compare));
console.log(Object.groupBy(people, p => p.a), Map.groupBy([1, 2, 3], x => (x % 2 ? 'odd' : 'even')));
console.log([3, 1].toReversed(), [1, 2, 3].with(1, 9), [1, 2, 3, 4].toSpliced(1, 2), [1, [2, [3]]].flat(Infinity));
console.log([1, 2, 3].at(-1), [1, 2, 3].findLast(x => x < 3), [..."ab"].entries().toArray());
