CREATE TABLE score (who TEXT, subject TEXT, points INT); INSERT INTO score VALUES ('a', 'math', 90), ('a', 'art', 70), ('b', 'math', 60), ('b', 'art', 80), ('c', 'math', 75);
SELECT who, max(CASE WHEN subject = 'math' THEN points END) AS math, max(points) FILTER (WHERE subject = 'art') AS art FROM score GROUP BY who;
SELECT avg(points) AS median FROM (SELECT points, row_number() OVER (ORDER BY points) AS r, count(*) OVER () AS n FROM score) WHERE r IN ((n + 1) / 2, (n + 2) / 2);
SELECT subject, group_concat(who) FROM (SELECT * FROM score ORDER BY who) GROUP BY subject
