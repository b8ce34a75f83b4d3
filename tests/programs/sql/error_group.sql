SELECT count(*) FROM (SELECT 1 AS x) WHERE count(*) > 1
