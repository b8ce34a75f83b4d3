SELECT x, CASE x WHEN 1 THEN 'one' WHEN 2 THEN 'two' ELSE 'many' END AS word, iif(x > 1, 'big', 'small') FROM (VALUES (1), (2), (3)) AS v(x) WHERE 0 UNION ALL SELECT 5, 'x', 'y';
SELECT column1, (SELECT count(*) FROM (VALUES (1), (5)) WHERE column1 >= 1) FROM (VALUES (1), (2)); SELECT 2 IN (SELECT 1 UNION SELECT 2), EXISTS (SELECT 1 WHERE 0);
SELECT (SELECT 1, 2)
