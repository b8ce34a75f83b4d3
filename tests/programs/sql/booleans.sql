SELECT true, false, 1 > 0, NOT 1, true + true, (1 = 1) IS true, 'x' = 'X', 5 BETWEEN 1 AND 10;
CREATE TABLE f (done BOOLEAN DEFAULT false CHECK (done IN (0, 1))); INSERT INTO f VALUES (true); INSERT INTO f DEFAULT VALUES;
SELECT *, CASE WHEN done THEN 'yes' ELSE 'no' END FROM f; UPDATE f SET done = 2
