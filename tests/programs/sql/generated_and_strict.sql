CREATE TABLE p (price REAL, qty INT, total REAL GENERATED ALWAYS AS (price * qty) STORED, label TEXT AS ('#' || qty)); INSERT INTO p (price, qty) VALUES (2.5, 4), (1, 3);
SELECT * FROM p; CREATE TABLE s (n INTEGER) STRICT; INSERT INTO s VALUES ('12'); SELECT n, typeof(n) FROM s; INSERT INTO s VALUES ('abc')
