const s = 'naïve 日本 👩‍💻 ﬁ';
console.log(s.length, [...s].length, s.toUpperCase(), [...'👍é'].reverse().join(''), s.normalize('NFKD').length);
console.log('😀'.charCodeAt(0), '😀'.codePointAt(0), String.fromCodePoint(128512), '\u{1F600}', '\x41');
console.log(['\u200b', '\u00a0', '\ud800', 'tab\t', '\\', '\x7f', 'é']);
console.log(encodeURIComponent('ä&?'), decodeURI('%C3%A9'), escape('ü'), btoa('hi'), atob('aGk='));
console.log(new TextEncoder().encode('é€'), new TextDecoder().decode(new Uint8Array([0xe6, 0x97, 0xa5])));
console.log('straße'.localeCompare('strasse'), 'İ'.toLowerCase().length, 'ǆ'.toUpperCase(), 'a\u0301'.normalize());
console.log([...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment('👩‍💻e\u0301')].length);
console.log('abc'.at(-1), 'a-b'.split(''), 'x'.codePointAt(5), 'ab'.isWellFormed(), `raw ${String.raw`\n${1}`}`);
