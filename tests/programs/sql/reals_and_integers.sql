SELECT 3.0, 3, 1.5, 10 / 4, 10 / 4.0, 10 % 4, 1e3, 1.0e-3, -0.5, 100.0 * 1;
SELECT round(3.5), round(2.345, 1), avg(x), sum(x), typeof(sum(x)) FROM (SELECT 1 AS x UNION ALL SELECT 2);
SELECT CAST('12' AS INT), CAST(3.9 AS INTEGER), CAST('3.5x' AS REAL), 1 = 1.0, '1' = 1, 1 + '1', 2.0 = CAST(2 AS REAL);
CREATE TABLE m (i INTEGER, r REAL, t TEXT, n NUMERIC); INSERT INTO m VALUES ('1', 1, 1, '1.0'), (1.5, 1.5, 1.5, '1.5'), ('x', 'x', 2.0, 'x');
SELECT *, typeof(i), typeof(r), typeof(t), typeof(n) FROM m;
