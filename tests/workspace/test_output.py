"""The forms an answer takes, met with what data can throw at them."""

from __future__ import annotations

import csv
import io
import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphcli.workspace.errors import UsageError
from graphcli.workspace.output import FORMULA_STARTS, csv_text, guard_formula, render, unguard_formula
from graphcli.workspace.result import Result

HOSTILE = '"><script>alert(1)</script>'


def answer(**columns: list) -> Result:
    return Result("test", pl.DataFrame(columns), {"seed": 1}, ("a note",), "run1")


@given(st.text())
def test_no_csv_cell_starts_as_a_formula_unless_it_is_a_number(text):
    guarded = guard_formula(text)
    assert guarded in (text, "'" + text)
    assert unguard_formula(guarded) == text
    if guarded.startswith(FORMULA_STARTS):
        float(guarded)


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",))), min_size=1))
def test_csv_holds_every_text_exactly(texts):
    frame = pl.DataFrame({"name": texts, "n": [1] * len(texts)})
    rows = list(csv.reader(io.StringIO(csv_text(frame), newline="")))
    assert rows[0] == ["name", "n"]
    assert [row[0] for row in rows[1:]] == [guard_formula(text) for text in texts]


def test_json_carries_what_made_the_numbers():
    content = json.loads(render(answer(name=[HOSTILE], share=[float("nan")]), "json"))
    assert content == {
        "schema_version": 1,
        "command": "test",
        "run_id": "run1",
        "parameters": {"seed": 1},
        "notes": ["a note"],
        "rows": [{"name": HOSTILE, "share": None, "ref": None}],
    }


def test_the_table_shows_fifty_rows_and_says_how_many_more():
    text = render(answer(n=list(range(60))), "table", width=80)
    assert "… and 10 more; --limit 60 shows all" in text
    assert text.splitlines()[-2] == "49"


def test_the_table_fits_the_terminal_with_wide_characters():
    from rich.cells import cell_len

    names = ["杭州虚构青鸾视觉科技有限公司" * 3, "短"]
    text = render(answer(name=names, n=[1, 2], other=["x" * 90, "y"]), "table", width=60)
    assert max(cell_len(line) for line in text.splitlines()) <= 60


def test_a_control_character_never_reaches_the_terminal():
    text = render(answer(name=["\x1b[2Jwiped", "a\u202eb"]), "table", width=80)
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_markdown_cells_cannot_break_out():
    text = render(answer(name=["a|b\nc"]), "md")
    assert text.splitlines()[2] == "| a\\|b c |"


def test_ref_is_for_machines():
    result = answer(name=["x"], ref=["employer:1"])
    assert "employer:1" not in render(result, "table", width=80)
    assert json.loads(render(result, "json"))["rows"][0]["ref"] == "employer:1"
    assert json.loads(render(answer(name=["x"]), "json"))["rows"][0]["ref"] is None


def test_a_wrong_column_gets_the_nearest_one():
    with pytest.raises(UsageError, match="did you mean name"):
        render(answer(name=["x"]), "csv", columns=["nam"])


def test_pandas_frames_carry_their_conditions():
    frame = answer(name=["x"]).to_pandas()
    assert frame.attrs["parameters"] == {"seed": 1}
    assert frame.attrs["run_id"] == "run1"


def test_columns_that_do_not_fit_are_named():
    columns = {f"column_{index}": ["a text of some length"] for index in range(9)}
    text = render(answer(**columns), "table", width=80)
    assert "… more columns: column_4, column_5" in text
    assert "--columns" in text
