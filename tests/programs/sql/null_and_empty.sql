SELECT NULL, '', NULL = NULL, NULL IS NULL, '' IS NULL, NULL || 'x', coalesce(NULL, ''), ifnull(NULL, 0), nullif(1, 1);
SELECT 1 IN (2, NULL), 1 NOT IN (2, NULL), NOT NULL, NULL AND 0, NULL OR 1, count(NULL), sum(NULL), total(NULL), max(NULL);
CREATE TABLE t (a, b UNIQUE); INSERT INTO t VALUES (NULL, NULL), ('', NULL), ('NULL', '');
SELECT *, a IS b, length(a) FROM t ORDER BY a; SELECT * FROM t WHERE b = ''; SELECT * FROM t ORDER BY a NULLS LAST;
SELECT * FROM t WHERE 0
