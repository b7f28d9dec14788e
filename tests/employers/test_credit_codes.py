"""Unified social credit codes: checked, equal ones one employer, different ones never."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphcli.loaders.resolve.credit_codes import credit_code
from graphcli.loaders.resolve.employers import resolve_employers
from graphcli.workspace.errors import DataContractError

# The example of the standard, and two made by its rule.
FIRST, SECOND = "91350100M000100Y43", "91110000000000000E"
HEADER = "name,credit_code,source,as_of\n"


def resolved(folder: Path, rows: str, *names: str) -> list[str]:
    (folder / "employer_codes.csv").write_text(HEADER + rows, encoding="utf-8")
    frame = pl.DataFrame({"employer_raw": names, "postings": [1] * len(names)})
    return resolve_employers(frame, folder)[1]["employer_id"].to_list()


@given(st.integers(0, 17), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_any_one_wrong_character_is_found(position: int, char: str):
    changed = FIRST[:position] + char + FIRST[position + 1 :]
    assert (credit_code(changed) is None) == (changed != FIRST)


@given(st.text(max_size=20))
def test_no_text_breaks_the_check(text: str):
    assert credit_code(text) in (None, "".join(text.split()).upper()) or not text.isascii()


def test_width_case_and_space_do_not_matter():
    assert credit_code("９１350100 m000100y43") == FIRST


def test_equal_codes_are_one_employer(tmp_path: Path):
    rows = f"汉询软件有限公司,{FIRST},register,2026-01-01\n青禾信息有限公司,{FIRST},register,2026-01-01\n"
    assert len(set(resolved(tmp_path, rows, "汉询软件有限公司", "青禾信息有限公司"))) == 1


def test_different_codes_are_never_one_even_if_the_alias_table_says_so(tmp_path: Path):
    assert credit_code(SECOND) == SECOND
    rows = f"华为,{FIRST},register,2026-01-01\n华为技术有限公司,{SECOND},register,2026-01-01\n"
    assert len(set(resolved(tmp_path, rows, "华为", "华为技术有限公司"))) == 2


def test_the_code_of_a_branch_is_not_that_of_its_company(tmp_path: Path):
    whole = f"汉询软件有限公司,{FIRST},register,2026-01-01\n"
    rows = whole + f"汉询软件有限公司北京分公司,{SECOND},register,2026-01-01\n"
    assert len(set(resolved(tmp_path, rows, "汉询软件有限公司", "汉询软件有限公司北京分公司"))) == 1


@pytest.mark.parametrize("code", ["91350100M000100Y44", "123", "91350100I000100Y43"])
def test_a_wrong_code_names_its_row(tmp_path: Path, code: str):
    with pytest.raises(DataContractError, match=r"employer_codes\.csv: row 1, column 'credit_code'"):
        resolved(tmp_path, f"汉询软件有限公司,{code},register,2026-01-01\n", "汉询软件有限公司")


def test_a_name_with_two_codes_is_refused(tmp_path: Path):
    rows = f"汉询软件有限公司,{FIRST},register,2026-01-01\n汉询软件 有限公司,{SECOND},register,2026-01-01\n"
    with pytest.raises(DataContractError, match="bears both"):
        resolved(tmp_path, rows, "汉询软件有限公司")
