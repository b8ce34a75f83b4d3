console.table([{ name: '日本語', emoji: '👍', text: 'é' }, { name: 'plain', emoji: '', text: null }]);
console.table([{ nested: { a: 1 }, list: [1, 2, 3, 4], f: () => 1, d: new Date(0), u: undefined, n: -0.5 }]);
console.table([1, 'two', [3], { four: 4 }]);
console.table([{ 'very long column name here': 1 }, { short: 'a value that is rather long' }]);
