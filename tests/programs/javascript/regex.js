const text = '2024-01-31 ERROR db; 2024-02-01 INFO ok';
for (const m of text.matchAll(/(?<date>\d{4}-\d\d-\d\d) (?<level>\w+)/g)) console.log(m.groups.date, m.groups, m.index);
console.log(text.match(/\d+/), text.match(/\d+/g), 'x'.match(/y/));
console.log('a-b_c'.replace(/[-_](\w)/g, (_, c) => c.toUpperCase()), 'aaa'.replaceAll('a', '$&b'));
console.log(/(?<=\$)\d+/.exec('cost $12'), /\p{Lu}/u.test('É'), 'a,b;c'.split(/[,;]/), /a.c/s.test('a\nc'));
console.log(new RegExp('(['.slice(0, 1) + 'x)', 'dgimsuy'), /x/y.sticky);
new RegExp('(unclosed');
