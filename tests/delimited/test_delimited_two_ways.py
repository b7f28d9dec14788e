"""The quick way through a delimited file and the careful one give the same batches, and those of csv."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import polars as pl
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from graphcli.loaders.reader.batches import ROW
from graphcli.loaders.reader.delimited.sheet import delimited_sheet
from graphcli.loaders.reader.encodings import detect_encoding

HEADER = ("职位名称", "公司名称", "城市", "职位链接")
cells = st.text(st.sampled_from("工程师负责北 ,\"\n\r\u2028\x0b\x0c\x85;|ab1='\\"), max_size=12)
tables = st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=40)


def read(path, quick=True, size=20_000):
    sheet = delimited_sheet(path, detect_encoding(path))
    batches = list(replace(sheet.source, quick=quick).batches(size))
    frame = pl.concat([batch.frame for batch in batches]) if batches else pl.DataFrame()
    return sheet, frame, [problem for batch in batches for problem in batch.problems]


def as_text(column):
    """What a spreadsheet shows of a column of cells that are marked as text: ="1", or '1 all the way down."""
    shown = [cell[2:-1] if len(cell) > 2 and (cell[:2], cell[-1]) == ('="', '"') else cell for cell in column]
    filled = [cell for cell in shown if cell.strip()]
    all_marked = len(filled) > 2 and all(cell[0] == "'" and cell[-1] != "'" for cell in filled)
    return [cell.removeprefix("'") for cell in shown] if all_marked else shown


def written(rows, **form):
    buffer = io.StringIO(newline="")
    csv.writer(buffer, **form).writerows(rows)
    return buffer.getvalue()


@example([("'1", "", "")] * 3, "\n", csv.QUOTE_MINIMAL)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tables, st.sampled_from(["\n", "\r\n"]), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_what_csv_writes_is_read_alike_in_both_ways(tmp_path, table, end, quoting):
    rows = [(*row, f"https://e.cn/{number}") for number, row in enumerate(table)]
    path = tmp_path / "two.csv"
    path.write_text(written([HEADER, *rows], lineterminator=end, quoting=quoting), "utf-8", newline="")
    sheet, quick, problems = read(path)
    _, careful, problems_with_care = read(path, quick=False)
    assert sheet.headers == HEADER
    assert [row[1:] for row in quick.rows()] == [*zip(*map(as_text, zip(*rows, strict=True)), strict=True)]
    assert quick.equals(careful)
    assert problems == problems_with_care


# Bytes that no writer of CSV gives: lost marks, short and long records, lone returns.
damaged = st.text(st.sampled_from('甲,,,""\n\r\n12万 x\ufeff'), max_size=300)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(damaged, st.sampled_from([1, 3, 1000]))
@example("1,,,\r", 1000)
def test_damaged_text_is_read_alike_in_both_ways_and_accounted_for(tmp_path, text, size):
    path = tmp_path / "two.csv"
    path.write_text(
        "\n".join([",".join(HEADER), "会计,甲公司,上海,https://e.cn/1", text]), "utf-8", newline=""
    )
    sheet = delimited_sheet(path, detect_encoding(path))
    for quick in (True, False):
        batches = list(replace(sheet.source, quick=quick).batches(size))
        assert all(batch.frame.height <= size for batch in batches)
        rejected = [p.row for batch in batches for p in batch.problems if p.action == "rejected"]
        rows = [row for batch in batches for row in batch.frame[ROW]]
        assert sorted(rows + rejected) == list(range(1, sum(batch.rows_read for batch in batches) + 1))
    assert read(path)[1:][1] == read(path, quick=False)[1:][1]
    assert read(path)[1].equals(read(path, quick=False)[1])


def test_records_over_the_edges_of_blocks_stay_whole(tmp_path):
    # Some 12 MB, so that several blocks are cut; now and then a mark makes a block go the careful way.
    rows = []
    for number in range(9_000):
        text = f'第{number}行，"引用"\n' * (number % 40) if number % 3 else f"短{number}"
        rows.append((f"职位{number}", "甲\r乙", "\r\n" * (number % 2) + "上海", text))
    path = tmp_path / "blocks.csv"
    lines = written([HEADER, *rows], quoting=csv.QUOTE_ALL).split('"职位4000"')
    lines[1] = '职位4000"' + lines[1]
    path.write_text("".join(lines), "utf-8", newline="")
    _, quick, problems = read(path)
    _, careful, _ = read(path, quick=False)
    assert quick.equals(careful)
    assert quick[ROW].to_list() == list(range(1, 9_001))
    assert not problems
    right = [row for row in quick.rows() if row[0] != 4001]
    assert [row[1:] for row in right] == [row for number, row in enumerate(rows) if number != 4000]


def test_a_lone_return_in_a_cell_does_not_decide_the_separator(tmp_path):
    path = tmp_path / "two.csv"
    path.write_text(written([HEADER, ("", ";\r", ";", "https://e.cn/0")], lineterminator="\n"), newline="")
    assert delimited_sheet(path, detect_encoding(path)).headers == HEADER


def test_a_mark_inside_the_cells_of_one_column_does_not_separate_records(tmp_path):
    path = tmp_path / "two.csv"
    rows = [("会计", f"虚构云杉有限公司{number}", "本科|3年|语言不限|年龄不限") for number in range(6)]
    path.write_text(written([("职位", "公司", "要求"), *rows]), encoding="utf-8", newline="")
    sheet = delimited_sheet(path, detect_encoding(path))
    assert sheet.headers == ("职位", "公司", "要求")
    assert [row[1:] for batch in sheet.batches(20_000) for row in batch.frame.rows()] == rows
