SELECT 'naïve 日本 👍', length('日本👍'), upper('straße é'), lower('ÄÖ'), substr('日本語', 2, 1), instr('日本語', '語'), unicode('👍'), char(128077, 65);
SELECT 'a' || char(10) || 'b', replace('aXbX', 'X', '--'), trim('  x '), ltrim('xxa', 'x'), printf('%5.2f|%-5s|%05d|%,d', 3.14159, 'ab', 42, 1234567), 'ä' LIKE 'Ä', 'A' LIKE 'a', 'abc' GLOB 'a*';
SELECT 'B' < 'a', 'a' < 'B' COLLATE NOCASE, hex('é'), quote('it''s'), group_concat(c, '') FROM (SELECT 'x' AS c UNION ALL SELECT 'é')
