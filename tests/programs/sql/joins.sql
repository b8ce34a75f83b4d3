CREATE TABLE a (x INT, y TEXT); CREATE TABLE b (x INT, z TEXT);
INSERT INTO a VALUES (1, 'one'), (2, 'two'), (3, NULL);
INSERT INTO b VALUES (2, 'zwei'), (3, 'drei'), (4, 'vier');
SELECT * FROM a JOIN b USING (x);
SELECT * FROM a NATURAL JOIN b;
SELECT * FROM a LEFT JOIN b ON a.x = b.x;
SELECT * FROM a FULL OUTER JOIN b ON a.x = b.x ORDER BY coalesce(a.x, b.x);
SELECT * FROM a RIGHT JOIN b USING (x) ORDER BY x;
SELECT count(*) FROM a CROSS JOIN b;
SELECT * FROM a WHERE NOT EXISTS (SELECT 1 FROM b WHERE b.x = a.x);
SELECT a.*, a.x FROM a, b WHERE a.x = b.x
