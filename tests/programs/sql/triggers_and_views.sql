CREATE TABLE account (id INTEGER PRIMARY KEY, balance INT CHECK (balance >= 0)); CREATE TABLE audit (at INTEGER PRIMARY KEY, what TEXT);
CREATE TRIGGER moved AFTER UPDATE OF balance ON account WHEN NEW.balance <> OLD.balance BEGIN
  INSERT INTO audit (what) VALUES (OLD.id || ': ' || OLD.balance || ' -> ' || NEW.balance || ';');
  SELECT CASE WHEN NEW.balance > 1000 THEN RAISE(ABORT, 'too rich; sorry') END;
END;
CREATE VIEW rich AS SELECT * FROM account WHERE balance > 50;
INSERT INTO account VALUES (1, 100), (2, 0);
UPDATE account SET balance = balance - 30 WHERE id = 1;
UPDATE account SET balance = balance + 30 WHERE id = 2;
SELECT * FROM audit; SELECT * FROM rich;
SELECT name, type FROM sqlite_schema ORDER BY name;
UPDATE account SET balance = 5000
