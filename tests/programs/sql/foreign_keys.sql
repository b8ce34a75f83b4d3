PRAGMA foreign_keys = ON;
PRAGMA foreign_keys;
CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE book (id INTEGER PRIMARY KEY, author INT REFERENCES author(id) ON DELETE CASCADE);
INSERT INTO author VALUES (1, 'A'), (2, 'B'); INSERT INTO book VALUES (1, 1), (2, 1), (3, 2);
DELETE FROM author WHERE id = 1; SELECT * FROM book;
INSERT INTO book VALUES (9, 77)
