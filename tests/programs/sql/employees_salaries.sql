CREATE TABLE employee (id INTEGER PRIMARY KEY, name TEXT NOT NULL, dept TEXT, salary REAL, boss INTEGER REFERENCES employee(id));
INSERT INTO employee VALUES (1, 'Ana', 'dev', 5000, NULL), (2, 'Ben', 'dev', 4000.5, 1), (3, 'Cy', 'ops', 4000, 1), (4, 'Di', NULL, 3000, 3);
SELECT e.name, b.name AS boss FROM employee e LEFT JOIN employee b ON b.id = e.boss ORDER BY e.id;
SELECT dept, count(*) AS n, avg(salary) AS average, max(salary) FROM employee GROUP BY dept HAVING n > 0 ORDER BY average DESC;
SELECT max(salary) AS second FROM employee WHERE salary < (SELECT max(salary) FROM employee);
SELECT name, salary, rank() OVER (ORDER BY salary DESC) AS r, dense_rank() OVER (PARTITION BY dept ORDER BY salary) AS d FROM employee ORDER BY id;
SELECT count(*), count(dept), count(DISTINCT dept), sum(salary), total(salary), group_concat(name, '; ') FROM employee;
