WITH RECURSIVE fib(n, a, b) AS (SELECT 1, 0, 1 UNION ALL SELECT n + 1, b, a + b FROM fib WHERE n < 90) SELECT n, a FROM fib WHERE n > 85;
WITH RECURSIVE tree(id, parent, name) AS (VALUES (1, NULL, 'root'), (2, 1, 'a'), (3, 1, 'b'), (4, 2, 'a1')),
path(id, p, depth) AS (SELECT id, name, 0 FROM tree WHERE parent IS NULL UNION ALL SELECT t.id, path.p || '/' || t.name, depth + 1 FROM tree t JOIN path ON t.parent = path.id)
SELECT * FROM path ORDER BY p;
WITH RECURSIVE d(day) AS (SELECT date('2024-02-27') UNION ALL SELECT date(day, '+1 day') FROM d WHERE day < '2024-03-02') SELECT day, strftime('%w', day) FROM d;
WITH a AS (SELECT 1 AS x), b AS (SELECT x + 1 AS y FROM a) SELECT * FROM a, b;
