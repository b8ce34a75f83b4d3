CREATE TABLE sale (day TEXT, who TEXT, amount INT);
INSERT INTO sale VALUES ('2024-01-01', 'a', 10), ('2024-01-02', 'b', 20), ('2024-01-03', 'a', 5), ('2024-01-04', 'b', 7);
SELECT day, sum(amount) OVER (ORDER BY day) AS running, lag(amount) OVER w AS prev, lead(amount, 1, 0) OVER w AS next FROM sale WINDOW w AS (ORDER BY day);
SELECT who, row_number() OVER (PARTITION BY who ORDER BY amount DESC) AS rn, ntile(2) OVER (ORDER BY day), first_value(day) OVER (PARTITION BY who ORDER BY day) FROM sale ORDER BY day;
SELECT day, avg(amount) OVER (ORDER BY day ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS m, percent_rank() OVER (ORDER BY amount), cume_dist() OVER (ORDER BY amount) FROM sale;
SELECT sum(amount) FILTER (WHERE who = 'a') FROM sale;
