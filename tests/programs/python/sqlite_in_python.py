import sqlite3

db = sqlite3.connect(":memory:")
db.execute("CREATE TABLE t (n INTEGER, s TEXT)")
db.executemany("INSERT INTO t VALUES (?, ?)", [(1, "a"), (2, None)])
print(db.execute("SELECT * FROM t ORDER BY n DESC").fetchall())
