CREATE TABLE logs (id INTEGER PRIMARY KEY, num INT); INSERT INTO logs (num) VALUES (1), (1), (1), (2), (1), (2), (2);
SELECT DISTINCT a.num FROM logs a JOIN logs b ON b.id = a.id + 1 AND b.num = a.num JOIN logs c ON c.id = a.id + 2 AND c.num = a.num;
WITH g AS (SELECT num, id - row_number() OVER (PARTITION BY num ORDER BY id) AS grp FROM logs) SELECT num, count(*) AS streak FROM g GROUP BY num, grp ORDER BY streak DESC, num;
SELECT num, 100.0 * count(*) / sum(count(*)) OVER () AS percent FROM logs GROUP BY num
