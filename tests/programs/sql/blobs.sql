SELECT x'00ff', x'', typeof(x'61'), length(x'00ff'), hex('abc'), CAST(x'616263' AS TEXT), x'61' = 'a', quote(x'01');
SELECT zeroblob(4), hex(zeroblob(2)), substr(x'010203', 2, 1)
