"""Files go in, canonical tables come out, and every record is accounted for."""

from __future__ import annotations

import csv
import io
import json
import os
import sqlite3
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from graphcli.loaders.audit import issues
from graphcli.loaders.inspect import emitted_layout, inspect
from graphcli.loaders.load import forget, load, refresh_definitions
from graphcli.loaders.sample.boards import write_sample
from graphcli.loaders.sample.world import make_world
from graphcli.workspace import tables
from graphcli.workspace.errors import DataContractError, UsageError
from graphcli.workspace.folder import WorkspaceFolder
from graphcli.workspace.output import csv_text

HEADER = ("职位", "公司", "城市", "薪资", "技能", "发布时间", "职位链接")
ROWS = (
    (
        "算法工程师",
        " 甲虚构科技有限公司　",
        "北京",
        "1.2-2万",
        "Python|机器学习",
        "2024-01-02",
        "https://e.cn/1",
    ),
    ("销售", "乙虚构商贸有限公司", "上海·浦东", "面议", "", "2024-01-03", "https://e.cn/2"),
)


def write_csv(path: Path, rows=ROWS, header=HEADER, encoding="utf-8", delimiter=",") -> Path:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter)
    writer.writerows([header, *rows])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(buffer.getvalue().encode(encoding))
    return path


def postings(folder: WorkspaceFolder) -> pl.DataFrame:
    return folder.read_all("postings", tables.POSTINGS)


# --- one file -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_encodings_and_separators_give_the_same_postings(folder, tmp_path, encoding, delimiter):
    load(folder, [write_csv(tmp_path / "jobs.csv", encoding=encoding, delimiter=delimiter)])
    frame = postings(folder)
    assert frame["employer_raw"].to_list() == ["甲虚构科技有限公司", "乙虚构商贸有限公司"]
    assert frame["pay_low"].to_list() == [12_000, None]
    assert frame["posted_on"].to_list() == [date(2024, 1, 2), date(2024, 1, 3)]
    assert "machine_learning" in frame["skills"].to_list()[0]


def test_gb18030_is_read_with_a_notice(folder, tmp_path):
    result = load(folder, [write_csv(tmp_path / "jobs.csv", encoding="gb18030")])
    assert result.frame["encoding"].to_list() == ["gb18030"]
    assert "GB18030" in issues(folder).frame["problem"].to_list()[0]


def test_a_few_broken_bytes_do_not_turn_utf8_into_another_encoding(folder, tmp_path):
    path = write_csv(tmp_path / "jobs.csv")
    path.write_bytes(path.read_bytes().replace("销售".encode(), "销售".encode()[:-1]))
    result = load(folder, [path])
    assert result.frame.select("encoding", "lost_characters").row(0) == ("utf-8", 1)
    assert postings(folder)["employer_raw"].to_list()[1] == "乙虚构商贸有限公司"


def test_what_is_no_posting_is_rejected_with_its_row(folder, tmp_path):
    rows = (ROWS[0], HEADER, ("",) * 7, ("", "", "第2页", "", "", "", ""), ROWS[1])
    result = load(folder, [write_csv(tmp_path / "jobs.csv", rows)])
    assert result.frame.select("rows_read", "kept", "rejected").row(0) == (5, 2, 3)
    rejected = issues(folder).frame.filter(pl.col("action") == "rejected")
    assert rejected["row"].to_list() == [2, 3, 4]
    assert postings(folder)["row"].to_list() == [1, 5]


def test_a_cell_that_cannot_be_read_is_an_issue_and_the_row_stays(folder, tmp_path):
    rows = (*ROWS, ("算法", "甲", "北京", "薪资优厚", "", "someday", "javascript:alert(1)"))
    load(folder, [write_csv(tmp_path / "jobs.csv", rows)])
    found = issues(folder).frame.filter(pl.col("row") == 3)
    assert found.select("column", "value", "action").rows() == [
        ("发布时间", "someday", "blanked"),
        ("职位链接", "javascript:alert(1)", "blanked"),
        ("薪资", "薪资优厚", "blanked"),
    ]
    row = postings(folder).row(2, named=True)
    assert (row["pay_raw"], row["pay_low"], row["url"], row["posted_on"]) == ("薪资优厚", None, None, None)


def test_a_column_that_holds_something_else_than_its_name_says_is_left_out(folder, tmp_path):
    rows = [("算法", "甲", "北京", "薪资优厚", "", "someday", "javascript:alert(1)")] * 3
    result = load(folder, [write_csv(tmp_path / "jobs.csv", rows)])
    assert any("holds no pay" in note for note in result.notes)
    assert postings(folder)["url"].null_count() == 3
    assert "holds no url" in " ".join(issues(folder).frame["problem"])


def test_ragged_records_are_kept_and_named(folder, tmp_path):
    rows = (ROWS[0][:3], (*ROWS[1], "too", "much"))
    load(folder, [write_csv(tmp_path / "jobs.csv", rows)])
    found = issues(folder).frame.drop_nulls("row")
    assert found.filter(pl.col("problem").str.contains("cells under 7 headers"))["row"].to_list() == [1, 2]
    assert postings(folder).height == 2


def test_lost_characters_are_counted_and_named(folder, tmp_path):
    rows = (("爬虫工程\ufffd", "甲\ufffd\ufffd公司", "北京", "1-2万", "", "", ""),)
    result = load(folder, [write_csv(tmp_path / "jobs.csv", rows)])
    assert result.frame["lost_characters"].to_list() == [3]
    found = issues(folder).frame.filter(pl.col("problem").str.contains("lost"))
    assert found["column"].to_list() == ["公司", "职位"]


def test_repeats_are_kept_and_counted(folder, tmp_path):
    result = load(folder, [write_csv(tmp_path / "jobs.csv", (*ROWS, ROWS[0], ROWS[0]))])
    assert result.frame.select("kept", "duplicates").row(0) == (4, 2)
    assert postings(folder)["posting_id"].n_unique() == 2


def test_missing_columns_are_said_and_never_invented(folder, tmp_path):
    path = write_csv(tmp_path / "jobs.csv", [("北京甲公司算法工程师", "1-2万")], ("职位名称", "薪资"))
    result = load(folder, [path])
    assert any("no employer column" in note for note in result.notes)
    assert any("no place column" in note for note in result.notes)
    assert postings(folder).select("employer_raw", "place_raw").row(0) == (None, None)
    assert "there is no employer column" in " ".join(issues(folder).frame["problem"])


def test_a_file_without_postings_is_refused_in_one_line_that_names_the_way_out(folder, tmp_path):
    path = write_csv(tmp_path / "weather.csv", [("1", "2")], ("temperature", "wind"))
    with pytest.raises(DataContractError, match="--emit-layout"):
        load(folder, [path])
    assert not folder.exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04rest", b"%PDF-1.7", bytes(range(1, 9)) * 50])
def test_files_that_hold_no_table_are_refused(folder, tmp_path, content):
    path = tmp_path / "jobs.csv"
    path.write_bytes(content)
    with pytest.raises(DataContractError):
        load(folder, [path])


def test_a_year_less_day_is_read_against_the_day_of_the_crawl(folder, tmp_path):
    rows = [("算法", "甲", "北京", "1-2万", "", "09-13发布", "")]
    path = write_csv(tmp_path / "jobs.csv", rows)
    load(folder, [path])
    assert postings(folder)["posted_on"].to_list() == [None]
    result = load(folder, [path], crawled_on=date(2019, 9, 20))
    assert result.frame["status"].to_list() == ["replaced"]
    assert postings(folder)["posted_on"].to_list() == [date(2019, 9, 13)]
    # Asking for nothing in particular keeps what was said before.
    assert load(folder, [path]).frame["status"].to_list() == ["unchanged"]


# --- other containers -----------------------------------------------------------------------------------


def job_posting(**changes) -> dict:
    return {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": "算法工程师",
        "hiringOrganization": {"@type": "Organization", "name": " 甲虚构公司 "},
        "jobLocation": {"@type": "Place", "address": {"addressLocality": "北京", "addressRegion": "北京"}},
        "datePosted": "2024-01-02",
        "baseSalary": {
            "currency": "CNY",
            "value": {"minValue": 9000, "maxValue": 15000, "unitText": "MONTH"},
        },
        "description": "<p>熟悉机器学习</p>",
        **changes,
    }


@pytest.mark.parametrize("form", ["array", "lines", "graph", "single", "wrapped"])
def test_schema_org_postings_in_every_form_of_json(folder, tmp_path, form):
    records = [job_posting(), job_posting(title="销售", datePosted="2024-01-03")]
    texts = {
        "array": json.dumps(records, ensure_ascii=False, indent=1),
        "lines": "\n".join(json.dumps(record) for record in records),
        "graph": json.dumps({"@graph": [*records, {"@type": "WebSite", "title": "x"}]}),
        "single": json.dumps(records[0], indent=2),
        "wrapped": json.dumps({"total": 2, "data": records}),
    }
    path = tmp_path / "jobs.json"
    path.write_text(texts[form], encoding="utf-8")
    result = load(folder, [path])
    assert result.frame["layout"].to_list() == ["schema_org"]
    assert result.frame["rejected"].to_list() == [1 if form == "graph" else 0]
    first = postings(folder).row(0, named=True)
    assert (first["employer_raw"], first["place_raw"], first["pay_high"]) == ("甲虚构公司", "北京", 15_000)
    assert first["posted_on"] == date(2024, 1, 2)
    assert "machine_learning" in first["skills"]


def test_pay_in_another_currency_is_not_stored_as_cny(folder, tmp_path):
    salary = {"currency": "USD", "value": {"minValue": 9000, "maxValue": 15000, "unitText": "MONTH"}}
    path = tmp_path / "jobs.json"
    path.write_text(json.dumps([job_posting(baseSalary=salary)]), encoding="utf-8")
    load(folder, [path])
    assert postings(folder).select("pay_low", "pay_high", "pay_raw").row(0) == (
        None,
        None,
        "9000-15000 USD/MONTH",
    )
    assert "USD" in issues(folder).frame["problem"].to_list()[0]


def test_broken_json_lines_are_rejected_with_their_line(folder, tmp_path):
    lines = [json.dumps(job_posting()), '{"title": "half', "", "[1, 2]", json.dumps(job_posting(title="乙"))]
    path = tmp_path / "jobs.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    result = load(folder, [path])
    assert result.frame.select("rows_read", "kept", "rejected").row(0) == (4, 2, 2)
    problems = issues(folder).frame.filter(pl.col("action") == "rejected")
    assert [text.split(":")[0] for text in problems["problem"]] == ["line 2", "line 4"]
    assert problems["row"].to_list() == [2, 3]


def test_an_array_that_breaks_off_keeps_what_came_before(folder, tmp_path):
    path = tmp_path / "jobs.json"
    text = json.dumps([job_posting(title=str(number)) for number in range(5)])
    path.write_text(text[:-40], encoding="utf-8")
    result = load(folder, [path])
    assert result.frame.select("rows_read", "kept", "rejected").row(0) == (5, 4, 1)


def make_database(path: Path, table: str = "jobs") -> Path:
    with sqlite3.connect(path) as connection:
        quoted = table.replace('"', '""')
        connection.execute(f'CREATE TABLE "{quoted}" ("职位" TEXT, "公司" TEXT, "城市" TEXT, "人数" INTEGER)')
        connection.execute("CREATE TABLE log (id INTEGER, message TEXT)")
        connection.executemany(
            f'INSERT INTO "{quoted}" VALUES (?, ?, ?, ?)',
            [("算法", "甲", "北京", 3), ("销售", None, "上海", None)],
        )
    connection.close()
    return path


def test_what_a_damaged_database_says_stays_on_one_line(folder, tmp_path):
    path = make_database(tmp_path / "jobs.db")
    content = path.read_bytes().replace(b"CREATE TABLE log (id", b"CREATE TABLE log )id")
    path.write_bytes(content.replace(b"tableloglog", b"table\n\x1bglog"))
    with pytest.raises(DataContractError, match="malformed database schema") as error:
        load(folder, [path])
    assert str(error.value).isprintable()


def test_a_database_is_read_and_never_written(folder, tmp_path):
    path = make_database(tmp_path / "jobs.db", 'job"s; DROP')
    before = path.read_bytes()
    result = load(folder, [path])
    assert result.frame.select("sheet", "kept").rows() == [('job"s; DROP', 2)]
    assert any("table log" in note for note in result.notes)
    assert postings(folder)["openings"].to_list() == [3, None]
    assert path.read_bytes() == before
    assert sorted(found.name for found in tmp_path.glob("jobs*")) == ["jobs.db"]


def test_a_sheet_that_does_not_exist_is_a_usage_error(folder, tmp_path):
    with pytest.raises(UsageError, match="jobs"):
        load(folder, [make_database(tmp_path / "jobs.db")], sheet="job")


def test_a_damaged_database_is_one_line(folder, tmp_path):
    path = make_database(tmp_path / "jobs.db")
    path.write_bytes(path.read_bytes()[:200] + os.urandom(500))
    with pytest.raises(DataContractError, match="SQLite"):
        load(folder, [path])


# --- many files -----------------------------------------------------------------------------------------


def test_loading_again_changes_nothing(folder, tmp_path):
    write_csv(tmp_path / "in" / "a" / "jobs.csv")
    assert load(folder, [tmp_path / "in"]).frame["status"].to_list() == ["new"]
    before = (folder.root / "manifest.json").read_bytes()
    result = load(folder, [tmp_path / "in"])
    assert result.frame["status"].to_list() == ["unchanged"]
    assert (folder.root / "manifest.json").read_bytes() == before


def test_a_changed_file_replaces_its_rows(folder, tmp_path):
    path = write_csv(tmp_path / "jobs.csv")
    first = load(folder, [path]).frame["source_id"].item()
    write_csv(path, (*ROWS, ("第三", "丙", "广州", "1-2万", "", "", "")))
    result = load(folder, [path])
    assert result.frame.select("source_id", "status", "kept").row(0) == (first, "replaced", 3)
    assert postings(folder).height == 3


def test_a_source_that_lost_most_of_its_rows_is_refused_unless_accepted(folder, tmp_path):
    path = write_csv(tmp_path / "jobs.csv", ROWS * 5)
    load(folder, [path])
    write_csv(path)
    with pytest.raises(DataContractError, match="--accept"):
        load(folder, [path])
    assert postings(folder).height == 10
    load(folder, [path], accept=True)
    assert postings(folder).height == 2


def test_the_same_bytes_elsewhere_are_unchanged(folder, tmp_path):
    write_csv(tmp_path / "a" / "jobs.csv")
    write_csv(tmp_path / "b" / "copy.csv")
    load(folder, [tmp_path / "a"])
    assert load(folder, [tmp_path / "b"]).frame["status"].to_list() == ["unchanged"]
    assert postings(folder).height == 2


def test_two_files_of_one_relative_path_stay_two_sources(folder, tmp_path):
    write_csv(tmp_path / "a" / "jobs.csv", ROWS[:1])
    write_csv(tmp_path / "b" / "jobs.csv", ROWS[1:])
    result = load(folder, [tmp_path / "a", tmp_path / "b"])
    assert result.frame["path"].to_list() == ["a/jobs.csv", "b/jobs.csv"]
    assert postings(folder).height == 2


def test_where_files_lie_and_the_order_of_arguments_do_not_matter(tmp_path):
    results = []
    for base in ("x", "y/z"):
        write_csv(tmp_path / base / "in" / "a.csv", ROWS[:1])
        write_csv(tmp_path / base / "in" / "b.csv", ROWS[1:])
        folder = WorkspaceFolder(tmp_path / base / "workforce")
        files = [tmp_path / base / "in" / name for name in ("a.csv", "b.csv")]
        load(folder, files if base == "x" else files[::-1])
        results.append(postings(folder))
    assert results[0].equals(results[1])


def test_an_unreadable_file_among_many_is_named_and_the_rest_loads(folder, tmp_path):
    write_csv(tmp_path / "in" / "jobs.csv")
    (tmp_path / "in" / "packed.7z").write_bytes(b"7z\xbc\xaf\x27\x1c")
    (tmp_path / "in" / ".hidden").write_text("x")
    (tmp_path / "in" / "README.md").write_text("x")
    result = load(folder, [tmp_path / "in"])
    assert result.failed
    assert result.frame.select("path", "status").rows() == [("jobs.csv", "new"), ("packed.7z", "failed")]
    assert postings(folder).height == 2


def test_globs_and_paths_with_odd_characters(folder, tmp_path):
    path = write_csv(tmp_path / "in [1]" / "工作 #?%.csv")
    assert load(folder, [path]).frame["path"].to_list() == ["工作 #?%.csv"]
    database = make_database(tmp_path / "odd ?#%.db")
    assert load(folder, [database]).frame["kept"].to_list() == [2]
    write_csv(tmp_path / "crawl" / "1" / "jobs.csv", ROWS[:1])
    result = load(folder, [str(tmp_path / "crawl" / "*" / "*.csv")])
    assert result.frame["path"].to_list() == ["1/jobs.csv"]


def test_a_path_that_is_not_there_is_a_usage_error(folder, tmp_path):
    for missing in (tmp_path / "none.csv", str(tmp_path / "*.csv")):
        with pytest.raises(UsageError):
            load(folder, [missing])


def test_a_dry_run_writes_nothing(folder, tmp_path):
    result = load(folder, [write_csv(tmp_path / "jobs.csv")], dry_run=True)
    assert result.frame["status"].to_list() == ["new"]
    assert not folder.root.exists()


def test_forget_takes_a_source_out(folder, tmp_path):
    load(folder, [write_csv(tmp_path / "jobs.csv")])
    load(folder, [make_database(tmp_path / "jobs.db")])
    forget(folder, "jobs.csv")
    assert folder.read("sources", tables.SOURCES)["path"].to_list() == ["jobs.db"]
    assert postings(folder)["source_id"].n_unique() == 1
    with pytest.raises(UsageError):
        forget(folder, "jobs.csv")


def test_several_processes_give_what_one_gives(tmp_path):
    for number in range(3):
        write_csv(tmp_path / "in" / f"{number}.csv", [(f"职位{number}", *ROWS[0][1:])])
    frames = []
    for workers in (1, 2):
        folder = WorkspaceFolder(tmp_path / f"w{workers}")
        load(folder, [tmp_path / "in"], workers=workers)
        frames.append(postings(folder))
    assert frames[0].equals(frames[1])


def test_batches_do_not_show_in_the_tables(tmp_path, monkeypatch):
    rows = [(f"职位{number}", *ROWS[number % 2][1:]) for number in range(23)] + [ROWS[0]] * 2
    path = write_csv(tmp_path / "jobs.csv", rows)
    frames = []
    for size in (50_000, 4):
        monkeypatch.setattr("graphcli.loaders.source.BATCH_ROWS", size)
        folder = WorkspaceFolder(tmp_path / f"w{size}")
        result = load(folder, [path])
        assert result.frame["duplicates"].item() == 1
        frames.append((postings(folder), folder.read_all("texts", tables.TEXTS)))
    assert frames[0][0].equals(frames[1][0])
    assert frames[0][1].equals(frames[1][1])


def test_changed_definitions_are_applied_to_what_is_loaded(folder, tmp_path):
    load(folder, [write_csv(tmp_path / "jobs.csv")])
    assert refresh_definitions(folder) is False
    before = postings(folder)
    with folder.change("an older definition") as change:
        source_id = before["source_id"][0]
        change.write(
            f"postings/{source_id}",
            before.with_columns(tier=pl.lit("none"), skills=pl.lit([], pl.List(pl.String))),
        )
        change.mark_stage("definitions", "older")
    assert refresh_definitions(folder) is True
    assert postings(folder).equals(before)


# --- layouts --------------------------------------------------------------------------------------------


def test_the_sample_is_read_as_it_was_written(folder, tmp_path):
    written = write_sample(make_world(), tmp_path / "in")
    result = load(folder, [tmp_path / "in"])
    rows = {row["path"]: row for row in result.frame.iter_rows(named=True)}
    assert set(rows) == {file.path for file in written}
    for file in written:
        row = rows[file.path]
        assert (row["rows_read"], row["rejected"]) == (file.rows_read, file.rejected)
    layouts = {path.split("/")[0]: row["layout"] for path, row in rows.items()}
    assert layouts == {
        "zhaopin": "zhaopin_2026", "51job": "51job_2019", "lagou": "lagou", "schema_org": "schema_org",
    }  # fmt: skip


def test_a_file_that_merely_looks_alike_is_not_claimed(folder, tmp_path):
    header = [str(number) for number in range(8)]
    path = write_csv(tmp_path / "numbers.csv", [[str(number * 7) for number in range(8)]] * 3, header)
    with pytest.raises(DataContractError, match="no column for title or employer"):
        load(folder, [path])


def test_our_own_csv_export_loses_its_apostrophes_again(folder, tmp_path):
    frame = pl.DataFrame(
        {
            "posting_id": ["0123456789abcdef"], "employer_raw": ["=cmd()|x"], "title": ["@销售"],
            "place_status": ["city"], "place_raw": ["北京"], "posted_on": ["2024-01-02"],
            "pay_low": [9000.0], "pay_high": [12000.0], "tier": ["none"], "skills": ["python;sql"], "url": ["https://e.cn/1"],
        }
    )  # fmt: skip
    path = tmp_path / "export.csv"
    path.write_text(csv_text(frame), encoding="utf-8")
    result = load(folder, [path])
    assert result.frame["layout"].to_list() == ["graphcli_postings"]
    row = postings(folder).row(0, named=True)
    assert (row["employer_raw"], row["title"]) == ("=cmd()|x", "@销售")
    assert (row["pay_low"], row["pay_high"]) == (9000, 12000)


def test_an_apostrophe_in_foreign_files_stays(folder, tmp_path):
    load(folder, [write_csv(tmp_path / "jobs.csv", [("'=x", "甲", "北京", "1-2万", "", "", "")])])
    assert postings(folder)["title"].to_list() == ["'=x"]


def test_the_layout_that_inspect_prints_loads_the_file(folder, tmp_path):
    header = ("what", "who", "where")
    path = write_csv(tmp_path / "odd.csv", [("算法工程师", "甲", "北京")], header)
    text = emitted_layout(str(path))
    assert "title:" in text
    layout = tmp_path / "mine.yaml"
    layout.write_text(
        text.replace("columns:\n", "columns:\n  employer: who\n  place: where\n"), encoding="utf-8"
    )
    result = load(folder, [path], layout=str(layout))
    assert result.frame["layout"].to_list() == ["my_layout"]
    assert postings(folder).select("title", "employer_raw", "place_raw").row(0) == (
        "算法工程师",
        "甲",
        "北京",
    )


def test_a_broken_layout_names_the_place_of_the_mistake(folder, tmp_path):
    layout = tmp_path / "mine.yaml"
    layout.write_text("name: x\nboard: y\n", encoding="utf-8")
    with pytest.raises(DataContractError, match=r"mine\.yaml"):
        load(folder, [write_csv(tmp_path / "jobs.csv")], layout=str(layout))


def test_a_wrong_layout_name_suggests_the_right_one(folder, tmp_path):
    with pytest.raises(UsageError, match="zhaopin_2026"):
        load(folder, [write_csv(tmp_path / "jobs.csv")], layout="zhaopin2026")


def test_inspect_says_roles_and_rejections(tmp_path):
    result = inspect([write_csv(tmp_path / "jobs.csv", (*ROWS, HEADER, ("",) * 7))])
    roles = dict(result.frame.select("column", "role").rows())
    assert roles["职位"] == "title"
    assert roles["公司"] == "employer"
    promised = ["file", "sheet", "column", "role", "filled", "distinct", "sample"]
    assert [name for name in result.frame.columns if name in promised] == promised
    assert any("2 of 4 records would be rejected" in note for note in result.notes)


def test_a_workspace_may_lie_under_any_name(tmp_path):
    folder = WorkspaceFolder(tmp_path / "工作 [1]*?" / "workforce")
    load(folder, [write_csv(tmp_path / "jobs.csv")])
    assert postings(folder).height == 2
    assert load(folder, [tmp_path / "jobs.csv"]).frame["status"].to_list() == ["unchanged"]


def test_a_workspace_beside_the_postings_is_not_read_as_postings(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("职位,公司\n工程师,甲虚构科技有限公司\n", "utf-8")
    beside = WorkspaceFolder(tmp_path / "workforce")
    load(beside, [tmp_path])
    for argument in (tmp_path, f"{tmp_path}/*", f"{tmp_path}/**/*"):
        again = load(beside, [argument])
        assert again.frame.select("path", "status").rows() == [("a.csv", "unchanged")]
        assert not again.failed


def test_a_table_that_was_lost_is_read_again(folder, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("职位,公司\n工程师,甲虚构科技有限公司\n", "utf-8")
    load(folder, [path])
    next(folder.root.glob("postings/*.parquet")).unlink()
    assert load(folder, [path]).frame["status"].to_list() == ["replaced"]
    assert folder.read_all("postings", tables.POSTINGS).height == 1


def test_pay_stays_as_it_was_written_where_the_header_has_its_unit(folder, tmp_path):
    path = tmp_path / "jobs.csv"
    rows = [("算法工程师", "甲虚构科技有限公司", "北京", f"{low}-{low + 4}") for low in range(8, 14)]
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([("岗位名称", "公司名称", "工作地点", "薪资(千/月)"), *rows])
    load(folder, [path])
    read = folder.read_all("postings", tables.POSTINGS).sort("row")
    assert read["pay_raw"].to_list() == [row[3] for row in rows]
    assert read["pay_low"].to_list() == [1000.0 * low for low in range(8, 14)]
