"""SQL dumps give the rows that their database held; a broken statement costs no more than it holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphcli.loaders.reader.container import open_container
from graphcli.workspace.errors import DataContractError

CREATE = "CREATE TABLE `jobs` (`title` varchar(20) COMMENT '职,位)', `pay` text, PRIMARY KEY (`title`));\n"


def rows(
    path: Path, text: str, size: int = 1000, encoding: str | None = None
) -> dict[str, list[tuple[str | None, ...]]]:
    path.write_text(text, encoding="utf-8", newline="")
    container = open_container(path, encoding)
    assert container.kind == "sql"
    found: dict[str, list[tuple[str | None, ...]]] = {}
    for sheet in container.sheets:
        lines = found.setdefault(sheet.name, [sheet.headers])
        for batch in sheet.batches(size):
            assert batch.rows_read <= size
            lines += [row[1:] for row in batch.frame.iter_rows()]
            lines += [("rejected", problem.problem) for problem in batch.problems]
    return found


def test_mysql_escapes_and_nulls(tmp_path):
    text = CREATE + r"INSERT INTO `jobs` VALUES ('a\'b\\','x\ny'),('c''d;',NULL),(N'职',_utf8mb4 '万');"
    assert rows(tmp_path / "a.sql", text) == {
        "jobs": [("title", "pay"), ("a'b\\", "x\ny"), ("c'd;", None), ("职", "万")]
    }


def test_columns_of_the_insert_come_before_those_of_the_table(tmp_path):
    text = CREATE + "INSERT INTO jobs (`pay`, `title`) VALUES ('1万', '工程师');"
    assert rows(tmp_path / "a.sql", text)["jobs"][1] == ("1万", "工程师")


def test_postgres_copy(tmp_path):
    text = "-- PostgreSQL database dump\n"
    text += "COPY public.jobs (title, pay) FROM stdin;\na\\tb\\\\\t\\N\nc\nd\t5\n\\.\n"
    found = rows(tmp_path / "a.sql", text)["jobs"]
    assert found == [
        ("title", "pay"), ("a\tb\\", None), ("d", "5"), ("rejected", "1 values for 2 columns"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("options", "lines"),
    [
        ("WITH (FORMAT csv)", 'a,"b;""c""\nd"\ne,\n'),
        ("WITH CSV HEADER", 'x,y\na,"b;""c""\nd"\ne,\n'),
        ("WITH (FORMAT 'csv', DELIMITER ';', HEADER true)", 'x;y\na;"b;""c""\nd"\ne;\n'),
        ("(FORMAT CSV, QUOTE '''', ESCAPE '\\', NULL 'none')", "a,'b;\"c\"\nd'\n'e',none\n"),
        ("WITH DELIMITER '|'", 'a|b;"c"\\nd\ne|\\N\n'),
        ("(DELIMITER E'\\t', NULL '')", 'a\tb;"c"\\nd\ne\t\n'),
        ("DELIMITERS ';' WITH NULL AS '?'", 'a;b\\;"c"\\nd\ne;?\n'),
    ],
)
def test_postgres_copy_in_the_form_that_its_options_say(tmp_path, options, lines):
    text = f"-- PostgreSQL database dump\nCOPY jobs (title, pay) FROM stdin {options};\n{lines}\\.\n"
    text += "COPY more (title, pay) FROM stdin;\nf\t1\n\\.\n"
    found = rows(tmp_path / "a.sql", text, 1)
    assert found["jobs"] == [("title", "pay"), ("a", 'b;"c"\nd'), ("e", None)]
    assert found["more"] == [("title", "pay"), ("f", "1")]


def test_a_quote_that_is_never_closed_costs_its_statement_alone(tmp_path):
    text = 'COPY jobs (title, pay) FROM stdin CSV;\na,1\nb,"2\nc,3\n\\.\n'
    text += "COPY more (title, pay) FROM stdin;\nf\t1\n\\.\n"
    found = rows(tmp_path / "a.sql", text)
    assert found["jobs"][1:] == [("a", "1"), ("rejected", "a quote is never closed")]
    assert found["more"][1:] == [("f", "1")]


TEXT = st.text(st.characters(exclude_characters="\0\\\r", exclude_categories=["Cs"]), max_size=20)
CELLS = st.one_of(st.none(), TEXT)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5), st.sampled_from(",;|\t"))
def test_rows_of_a_csv_copy_come_back_as_they_were_written(tmp_path_factory, cells, mark):
    def written(cell: str | None) -> str:
        return "" if cell is None else '"' + cell.replace('"', '""') + '"'

    lines = "".join(mark.join(map(written, row)) + "\n" for row in cells)
    text = "-- PostgreSQL database dump\n"
    text += f"COPY jobs (title, pay) FROM stdin (FORMAT csv, DELIMITER '{mark}');\n{lines}\\.\n"
    text += "COPY more (title, pay) FROM stdin;\nf\t1\n\\.\n"
    found = rows(tmp_path_factory.mktemp("s") / "a.sql", text, encoding="utf-8")
    assert found == {"jobs": [("title", "pay"), *cells], "more": [("title", "pay"), ("f", "1")]}


def test_sqlite_keeps_backslashes_and_undoes_its_functions(tmp_path):
    text = (
        "PRAGMA foreign_keys=OFF;\nCREATE TABLE jobs(title TEXT, pay TEXT);\n"
        "INSERT INTO jobs VALUES('C:\\',replace('a\\nb','\\n',char(10)));\n"
        "INSERT INTO jobs VALUES(unistr('\\u804c'),X'61');\n"
    )
    assert rows(tmp_path / "a.sql", text)["jobs"][1:] == [("C:\\", "a\nb"), ("职", "a")]


def test_a_broken_row_costs_itself(tmp_path):
    text = CREATE + "".join(
        f"INSERT INTO `jobs` VALUES ({cells});\n" for cells in ("'a','1'", "'b,'2'", "'c','3", "'d','4'")
    )
    found = rows(tmp_path / "a.sql", text)["jobs"]
    assert ("a", "1") in found
    assert ("d", "4") in found
    assert sum(line[0] == "rejected" for line in found) == 2


def test_tables_are_sheets_and_pieces_do_not_matter(tmp_path):
    text = (
        CREATE + "INSERT INTO jobs VALUES " + ",".join(f"('工程师{n}','{n}\\'')" for n in range(40_000)) + ";"
    )
    text += "\nINSERT INTO `log` VALUES (1,'ok; ('),(2,NULL);"
    found = rows(tmp_path / "a.sql", text, size=777)
    assert len(found["jobs"]) == 40_001
    assert found["jobs"][-1] == ("工程师39999", "39999'")
    assert found["log"] == [("column 1", "column 2"), ("1", "ok; ("), ("2", None)]


def test_a_dump_without_rows_is_refused(tmp_path):
    (tmp_path / "a.sql").write_text(CREATE, encoding="utf-8")
    with pytest.raises(DataContractError, match="without rows"):
        open_container(tmp_path / "a.sql")


@settings(max_examples=60, deadline=None)
@given(cells=st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"])), min_size=1, max_size=6))
def test_what_is_quoted_comes_back(tmp_path_factory, cells):
    quoted = ",".join("'" + cell.replace("\\", "\\\\").replace("'", "\\'") + "'" for cell in cells)
    path = tmp_path_factory.mktemp("sql") / "a.sql"
    text = f"-- 职位表\nINSERT INTO `t` VALUES ({quoted}),({quoted});\n"
    # Any text may look as one that was read wrongly; here it is none.
    found = rows(path, text, encoding="utf-8")["t"]
    assert [tuple(cells)] * 2 == found[1:]


@settings(max_examples=80, deadline=None)
@given(junk=st.text("'\"`(),;\\\n ab-/*NULLINSERT INTO t VALUES", max_size=60))
def test_junk_never_stops_a_dump(tmp_path_factory, junk):
    path = tmp_path_factory.mktemp("sql") / "a.sql"
    found = rows(path, f"INSERT INTO `t` VALUES ('a');\nINSERT INTO `t` VALUES {junk}")
    assert found["t"][1] == ("a",)
