SELECT floor(2.5), ceil(-2.5), log(100), ln(1), log2(8), power(2, 10), sqrt(2.25), mod(7, 3), sign(-5), pi() > 3.14, trunc(2.7), abs(-3.5), radians(180) > 3.14;
SELECT max(3, 1.5, 2), min('b', 'a'), random() = random() + 0 OR 1, -5 / 2, -5 % 3, 7 / 0, 7 % 0, 5 & 3, 5 | 3, ~5, 1 << 4
