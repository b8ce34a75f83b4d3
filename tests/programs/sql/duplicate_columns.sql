SELECT 1 AS a, 2 AS a, 3 AS "a b", 4 AS [c], 5 AS `d`, 6 AS '';
SELECT 1, 1, 'x', 'x' || 'y', 1+1, count(*), max(1, 2) AS "max of ""two""";
SELECT * FROM (SELECT 1 AS x) a, (SELECT 2 AS x) b; SELECT a.x, b.x FROM (SELECT 1 AS x) a, (SELECT 2 AS x) b
