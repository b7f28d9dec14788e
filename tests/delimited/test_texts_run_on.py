"""Texts that run on below their record, unquoted: the same records whatever the size of a batch."""

from __future__ import annotations

import polars as pl
import pytest

from graphcli.loaders.reader.delimited.sheet import delimited_sheet
from graphcli.loaders.reader.encodings import detect_encoding

POSTINGS = 40


def _records(path, size):
    sheet = delimited_sheet(path, detect_encoding(path))
    return pl.concat([batch.frame for batch in sheet.source.batches(size)])


@pytest.mark.parametrize("size", [1, 3, 7, POSTINGS, 1_000])
def test_lines_below_a_record_are_its_text_in_batches_of_any_size(tmp_path, size):
    path = tmp_path / "jobs.csv"
    lines = ["岗位,公司,城市,薪资,描述"]
    for number in range(POSTINGS):
        lines += [f"会计{number},样例{number}有限公司,西安,5-8K,职责：", "1、记账；", "2、报税。"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    records = _records(path, size)
    assert records["岗位"].to_list() == [f"会计{number}" for number in range(POSTINGS)]
    assert records["描述"].unique().to_list() == ["职责：\n1、记账；\n2、报税。"]
    assert records[:, 0].to_list() == list(range(1, POSTINGS + 1))


def test_short_records_of_a_table_without_such_texts_stay_records(tmp_path):
    path = tmp_path / "jobs.csv"
    lines = ["岗位,公司,城市,薪资,描述"]
    for number in range(POSTINGS):
        lines.append(f"会计{number},样例{number}有限公司" + (",西安,5-8K,记账" if number % 5 else ""))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert _records(path, 1_000)["岗位"].to_list() == [f"会计{number}" for number in range(POSTINGS)]
