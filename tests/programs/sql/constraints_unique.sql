CREATE TABLE u (id INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT NOT NULL UNIQUE, age INT CHECK (age > 0));
INSERT INTO u (email, age) VALUES ('a@x', 1), ('b@x', 2); DELETE FROM u WHERE id = 2; INSERT INTO u (email) VALUES ('c@x'); SELECT * FROM u;
SELECT last_insert_rowid(), changes(), total_changes() > 0;
INSERT INTO u (email) VALUES ('a@x')
