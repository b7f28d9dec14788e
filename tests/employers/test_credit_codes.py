"""Unified social credit codes: checked, equal ones one employer, different ones never."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphcli.loaders.fields.credit_codes import credit_code
from graphcli.loaders.inspect import inspect
from graphcli.loaders.load import load
from graphcli.loaders.resolve.employers.resolving import resolve_employers
from graphcli.loaders.resolve.stage import ensure_resolved
from graphcli.workspace import tables
from graphcli.workspace.errors import DataContractError
from graphcli.workspace.folder import WorkspaceFolder

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


def employers_of(*pairs: tuple[str, str]) -> dict[str, str]:
    names = pl.DataFrame({"employer_raw": [name for name, _ in pairs]}).unique().with_columns(postings=1)
    met = pl.DataFrame(pairs, schema=["employer_raw", "credit_code"], orient="row").unique()
    found = resolve_employers(names, codes=met.filter(pl.col("credit_code") != ""))[1]
    return dict(found.select("employer_raw", "employer_id").iter_rows())


def test_names_that_postings_show_under_one_code_are_one_employer():
    found = employers_of(("汉询软件有限公司", FIRST), ("青禾信息有限公司", FIRST), ("晨星机械有限公司", ""))
    assert found["汉询软件有限公司"] == found["青禾信息有限公司"] != found["晨星机械有限公司"]


def test_a_code_under_which_many_employers_post_is_an_agencys_and_joins_none():
    names = ["汉询软件有限公司", "青禾信息有限公司", "晨星机械有限公司", "云帆物流有限公司"]
    assert len(set(employers_of(*((name, FIRST) for name in names)).values())) == 4


def test_a_name_that_postings_show_with_two_codes_is_joined_by_neither():
    pairs = (("汉询软件有限公司", FIRST), ("汉询软件有限公司", SECOND), ("青禾信息有限公司", FIRST))
    assert len(set(employers_of(*pairs).values())) == 2


def test_a_brand_does_not_bear_the_code_of_the_company_that_wrote_it():
    assert len(set(employers_of(("汉询", FIRST), ("青禾信息有限公司", FIRST)).values())) == 2


def test_what_the_user_says_comes_before_what_postings_show(tmp_path: Path):
    rows = f"汉询软件有限公司,{SECOND},register,2026-01-01\n"
    (tmp_path / "employer_codes.csv").write_text(HEADER + rows, encoding="utf-8")
    names = pl.DataFrame({"employer_raw": ["汉询软件有限公司", "青禾信息有限公司"], "postings": [1, 1]})
    met = names.select("employer_raw", credit_code=pl.lit(FIRST))
    assert resolve_employers(names, tmp_path, codes=met)[1]["employer_id"].n_unique() == 2


CRAWL = (
    "职位名称,公司名称,统一社会信用代码,工作城市,薪资\n"
    f"算法工程师,汉询软件有限公司,{FIRST},杭州,15-25K\n"
    f"数据分析师,青禾信息有限公司,{FIRST.lower()},杭州,10-15K\n"
    f"销售经理,晨星机械有限公司,{SECOND},南京,8-12K\n"
    f"焊工,晨星机械有限公司,{SECOND},南京,8-12K\n"
    f"会计,晨星机械有限公司,{SECOND},南京,8-12K\n"
    "司机,云帆物流有限公司,91350100M000100Y44,南京,8-12K\n"
)


def test_a_column_of_codes_is_told_by_its_check_characters_and_joins_names(tmp_path: Path):
    crawl = tmp_path / "crawl.csv"
    crawl.write_text(CRAWL.replace("统一社会信用代码", "代码"), encoding="utf-8")
    roles = inspect([crawl]).frame
    assert roles.filter(pl.col("role") == "credit_code")["column"].to_list() == ["代码"]
    folder = WorkspaceFolder(tmp_path / "w")
    load(folder, [crawl])
    postings = folder.read_all("postings", tables.POSTINGS)
    assert postings["credit_code"].to_list() == [FIRST, FIRST, SECOND, SECOND, SECOND, None]
    issues = folder.read_all("issues", tables.ISSUES)
    assert issues.filter(pl.col("column") == "代码")["value"].to_list() == ["91350100M000100Y44"]
    names = ensure_resolved(folder).employer_names
    joined = names.filter(pl.col("method") == "code")
    assert names["employer_id"].n_unique() == 3
    assert joined["employer_raw"].to_list() in (["汉询软件有限公司"], ["青禾信息有限公司"])
