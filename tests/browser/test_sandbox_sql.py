"""SQL in the sandbox, beside SQLite as Python has it."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.programs import run, tables

pytestmark = pytest.mark.timeout(180)


def test_queries_answer_with_tables(page: Page) -> None:
    code = (
        "CREATE TABLE t (a, b); -- a comment; really\n"
        "INSERT INTO t VALUES (1, 'x;'), (2, NULL), (3.5, x'00ff');\n"
        "SELECT *, a AS a FROM t; DELETE FROM t WHERE a = 1; SELECT count(*) FROM t"
    )
    result = run(page, "sql", code)
    assert tables(result) == [
        {
            "columns": ["a", "b", "a"],
            "rows": [[1, "x;", 1], [2, None, 2], [3.5, "x'00ff'", 3.5]],
            "total": 3,
        },
        {"columns": ["count(*)"], "rows": [[2]], "total": 1},
    ]
    assert result["stdout"] == "3 rows changed\n1 row changed\n"
    assert run(page, "sql", "SELECT * FROM t")["status"] == "error"  # no table is left


def cells(page: Page, query: str) -> list[str]:
    """The cells of one row, as they are written in the JSON of the table."""
    result = run(page, "sql", query)
    assert result["error"] is None
    data: str = result["values"][0]["data"]
    return data.partition('"rows":[[')[2].rpartition('],"total"')[0].removesuffix("]").split(",")


def test_numbers_have_the_digits_that_sqlite_gives_them(page: Page) -> None:
    whole = ["9223372036854775807", "-9223372036854775808", "9007199254740993", "0", "-1"]
    assert cells(page, f"SELECT {', '.join(whole)}") == whole
    real = ["3.0", "-0.5", "100.0", "1.5e300", "2.5e-07", "1.0e+20", "123456789.25"]
    assert cells(page, f"SELECT {', '.join(real)}") == [
        "3.0", "-0.5", "100.0", "1.5e+300", "2.5e-07", "1.0e+20", "123456789.25",
    ]  # fmt: skip
    assert cells(page, "SELECT 10 / 4, 10 / 4.0, 4 / 2.0, 1e999, -1e999, true") == [
        "2", "2.5", "2.0", '"Inf"', '"-Inf"', "1",
    ]  # fmt: skip
    # SQLite's own words for the same value, in the same place.
    written, cast = cells(page, "SELECT 0.1 + 0.2, CAST(0.1 + 0.2 AS TEXT)")
    assert cast == f'"{written}"'


@pytest.mark.parametrize(
    "expression",
    [
        "floor(2.5)", "ceil(2.1)", "log(100)", "sign(-2.5)", "sqrt(2.25)", "power(2, 10)",
        "round(2.567, 2)", "round(2.5)", "substr('hello', -3, 2)", "instr('hello', 'l')",
        "typeof(1.0)", "typeof(x'00')", "'1' + '2'", "'a' || NULL", "NULL IS NULL", "'' IS NULL",
        "5 % 3", "-7 / 2", "'10' < '9'", "10 < '9'", "date('2024-02-28', '+2 days')",
        "strftime('%Y/%m', '2024-03-31')", "julianday('2024-03-01') - julianday('2024-02-01')",
        "json_extract('{\"a\": [1, 2.0]}', '$.a[1]')", "printf('%.2f|%5d|%s', 1.25, 42, 'x')",
        "1 = 1.0", "coalesce(NULL, '', 1)", "quote('it''s')", "hex(zeroblob(3))", "unicode('é')",
        "length('日本語')", "upper('straße')", "'ABC' LIKE 'a%'", "max(1, 'a')", "char(9731)",
        "cast('12abc' AS INTEGER)", "9223372036854775807 + 1", "1 << 62",
    ],
)  # fmt: skip
def test_expressions_are_what_they_are_elsewhere(page: Page, expression: str) -> None:
    (expected,) = sqlite3.connect(":memory:").execute(f"SELECT {expression}").fetchone()
    (((shown,),),) = [table["rows"] for table in tables(run(page, "sql", f"SELECT {expression}"))]
    assert (type(shown), shown) == (type(expected), expected)


STATEMENTS = """
/* a trigger has a ; inside */ CREATE TABLE log (message TEXT);;
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, born TEXT);
CREATE TRIGGER logged AFTER INSERT ON users
BEGIN
    INSERT INTO log VALUES ('new; ' || NEW.name);
    INSERT INTO log VALUES ('--');
END;
INSERT INTO users (name) VALUES ('Ana'), ('Ben') RETURNING id, name;
BEGIN; DELETE FROM users; ROLLBACK;
WITH old AS (SELECT id FROM users WHERE name = 'Ana')
UPDATE users SET born = '' WHERE id IN (SELECT id FROM old);
SELECT id, id, name AS "a b", born FROM users; -- the end
SELECT message FROM log"""


def test_statements_run_as_they_are_written(page: Page) -> None:
    result = run(page, "sql", STATEMENTS)
    assert result["error"] is None
    assert [(table["columns"], table["rows"]) for table in tables(result)] == [
        (["id", "name"], [[1, "Ana"], [2, "Ben"]]),
        (["id", "id", "a b", "born"], [[1, 1, "Ana", ""], [2, 2, "Ben", None]]),
        (["message"], [["new; Ana"], ["--"], ["new; Ben"], ["--"]]),
    ]
    assert result["stdout"] == "2 rows changed\n1 row changed\n"


def test_what_is_cut_says_how_much_there_is(page: Page) -> None:
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 9000)"
    code = numbers + " SELECT i, '{}' FROM n"
    (short,) = tables(run(page, "sql", code.format("x")))
    assert (len(short["rows"]), short["total"]) == (500, 9000)
    (long,) = tables(run(page, "sql", code.format("x" * 900)))
    assert 10 < len(long["rows"]) < 100
    assert long["total"] == 9000
    (wide,) = tables(run(page, "sql", "SELECT replace(hex(zeroblob(5000)), '00', '👍x')"))
    ((cell,),) = wide["rows"]
    assert (cell["length"], cell["unit"]) == (10_000, "characters")
    assert cell["text"] == "👍x" * 333
    (blob,) = tables(run(page, "sql", "SELECT zeroblob(7000), zeroblob(500)"))
    ((cell, all_of_it),) = blob["rows"]
    assert cell == {"text": f"x'{'00' * 500}'", "length": 7000, "unit": "bytes"}
    assert all_of_it == f"x'{'00' * 500}'"
    columns = ", ".join(f"{number} AS c{number}" for number in range(150))
    (many,) = tables(run(page, "sql", f"SELECT {columns}"))
    assert (len(many["columns"]), many["allColumns"], len(many["rows"][0])) == (100, 150, 100)
    (named,) = tables(run(page, "sql", f"SELECT '{'n' * 200_000}'"))
    assert named["rows"][0][0]["length"] == 200_000


def test_rows_before_an_error_are_shown(page: Page) -> None:
    code = "SELECT 1;\nSELECT abs(column1) FROM (VALUES (-5), (-9223372036854775808))"
    result = run(page, "sql", code)
    assert [table["rows"] for table in tables(result)] == [[[1]], [[5]]]
    assert result["error"].endswith("Error: integer overflow")
    assert result["location"] == {"line": 2, "column": 0}


ERRORS: dict[str, Any] = {
    "SELECT t\nFROM t form t": (
        'main.sql:2\nFROM t form t\n            ^\nError: near "t": syntax error'
    ),
    "SELECT 1;\n\tSELECT NOW()": (
        "main.sql:2\n\tSELECT NOW()\n\t       ^\n"
        "Error: no such function: NOW. In SQLite, write datetime('now'), which is in UTC."
    ),
    "CREATE TABLE t (a UNIQUE);\nINSERT INTO t\nVALUES (1), (1)": (
        "main.sql:2\nINSERT INTO t\nError: UNIQUE constraint failed: t.a"
    ),
    "SELECT (1": "main.sql:1\nSELECT (1\n         ^\nError: incomplete input",
    f"SELECT 1, '{'a' * 20_000}": (
        f"main.sql:1\nSELECT 1, '{'a' * 99}…\n{' ' * 10}^\n"
        f"Error: unrecognized token: \"'{'a' * 478}…"
    ),
    "SELECT 1\0; SELECT 2": (
        'main.sql:1\nSELECT 1\ufffd; SELECT 2\n       ^\nError: unrecognized token: "1\ufffd"'
    ),
    f"SELECT {'1, ' * 300} nope": (
        f"main.sql:1\n…{'1, ' * 33} nope\n{' ' * 101}^\nError: no such column: nope"
    ),
}


@pytest.mark.parametrize("code", ERRORS, ids=range(len(ERRORS)))
def test_an_error_marks_its_word(page: Page, code: str) -> None:
    if "FROM t" in code:
        code = f"CREATE TABLE t (t); {code}"
    assert run(page, "sql", code)["error"] == ERRORS[code.removeprefix("CREATE TABLE t (t); ")]


def test_a_type_that_does_not_count_gets_a_note(page: Page) -> None:
    code = (
        "CREATE TABLE t (id SERIAL PRIMARY KEY, n); INSERT INTO t (n) VALUES (1); SELECT * FROM t"
    )
    result = run(page, "sql", code)
    assert tables(result)[0]["rows"] == [[None, 1]]
    assert result["stderr"] == (
        "Note: SERIAL does not count in SQLite. "
        "Write id INTEGER PRIMARY KEY, which counts by itself.\n"
    )


def test_transactions_and_keys_are_checked(page: Page) -> None:
    code = (
        "PRAGMA foreign_keys = ON; CREATE TABLE a (id INTEGER PRIMARY KEY);"
        "CREATE TABLE b (a INTEGER REFERENCES a(id));\nINSERT INTO b VALUES (7)"
    )
    result = run(page, "sql", code)
    assert result["error"].endswith("Error: FOREIGN KEY constraint failed")
    assert result["location"] == {"line": 2, "column": 0}
    assert run(page, "sql", "COMMIT")["error"].endswith("no transaction is active")
