console.log(2n ** 200n, -7n / 2n, BigInt('0xff'), BigInt(Number.MAX_SAFE_INTEGER) + 2n, typeof 1n);
console.log(9007199254740993, 0.1 * 3, 1 / 3, 5e-324, 1.7976931348623157e308 * 10, -1 % 3, 7 % -3);
console.log(parseInt('12px'), parseInt('0x1f'), parseFloat('.5e3'), Number(''), Number('1,2'), +[], +{}, +null);
console.log([10, 10, 10].map(parseInt), 0.1 + 0.2 === 0.3, Math.round(-0.5), Math.round(2.5), Math.max());
console.log(1 << 31, 1 >>> 0, -1 >>> 0, ~~-1.7, 5 & 3, 2 ** 53 === 2 ** 53 + 1, Number.EPSILON > 0);
console.log(Math.hypot(3, 4), Math.trunc(-1.5), Math.sign(-3), Math.cbrt(27), Math.fround(5.5), Math.clz32(1));
console.log([1, 2] + [3], [] + {}, [] == false, null == 0, '2' > '12', NaN !== NaN, typeof null, typeof NaN);
console.log(BigInt.asUintN(8, 257n), 10n > 9, 1n == 1, (123n).toString(2), (2n ** 64n).toLocaleString('en-US'));
1n + 1;
