"""Raw names to employers: what is joined, what never is, and that order does not matter."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphcli.loaders.resolve.employers.aliases import load_aliases
from graphcli.loaders.resolve.employers.resolving import resolve_employers
from graphcli.loaders.resolve.names.registered import normalise_name, shipped_rules, split_parts
from graphcli.workspace import tables
from graphcli.workspace.errors import DataContractError
from graphcli.workspace.identity import stable_hash

LABELLED = Path(__file__).with_name("labelled_names.csv")
PIECES = [
    "上海",
    "北京",
    "深圳市",
    "吉林省",
    "汉询",
    "澜石",
    "华为",
    "海康威视",
    "软件",
    "科技",
    "集团",
    "股份",
    "(",
    ")",
    "（",
    "）",
    "有限公司",
    "股份有限公司",
    "有限责任公司",
    "公司",
    "第二十八研究所",
    "第7研究所",
    "分公司",
    "办事处",
    "某",
    " ",
    "\u3000",
    "\u200b",
    "Co., Ltd.",
    "ABC",
    "&amp;",
    "-",
    "...",
    "中国",
    "特殊普通合伙",
    "急聘",
    "招聘",
    "/",
    "branch",
    "漢詢",
    "'",
    "①",
]
NAMES = st.one_of(st.text(max_size=24), st.lists(st.sampled_from(PIECES), max_size=8).map("".join))


def labelled() -> list[tuple[str, str, str]]:
    with LABELLED.open(encoding="utf-8", newline="") as handle:
        return [(row["name_a"], row["name_b"], row["same"]) for row in csv.DictReader(handle)]


def resolve(*names: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    return resolve_employers(pl.DataFrame({"employer_raw": names, "postings": [1] * len(names)}))


def test_labels_are_many_and_half_are_look_alikes():
    counts = Counter(same for *_, same in labelled())
    assert counts["yes"] >= 60
    assert counts["no"] >= 60


@pytest.mark.parametrize(("name_a", "name_b", "same"), labelled())
def test_labelled_pair(name_a: str, name_b: str, same: str):
    employers, _ = resolve(name_a, name_b)
    assert (employers.height == 1) == (same == "yes")


def test_all_labelled_names_at_once_join_only_what_is_labelled_the_same():
    pairs = labelled()
    _, names = resolve(*sorted({name for *pair, _ in pairs for name in pair}))
    ids = dict(names.select("employer_raw", "employer_id").iter_rows())
    wrong = [(a, b) for a, b, same in pairs if (ids[a.strip()] == ids[b.strip()]) != (same == "yes")]
    assert wrong == []


def test_every_decision_has_its_method_and_score():
    _, names = resolve("华为技术有限公司", "华为技术有限公司北京分公司", "华为技术 有限公司", "华为")
    found = {row["employer_raw"]: (row["method"], row["branch"]) for row in names.iter_rows(named=True)}
    assert found == {
        "华为技术有限公司": ("exact", None),
        "华为技术有限公司北京分公司": ("branch", "北京分公司"),
        "华为技术 有限公司": ("normalised", None),
        "华为": ("alias", None),
    }
    assert names["score"].is_between(0.9, 1.0).all()
    assert dict(names.select("employer_raw", "legal_form").iter_rows())["华为技术有限公司"] == "有限公司"


def test_tables_have_the_agreed_columns():
    employers, names = resolve("汉询软件（上海）有限公司")
    assert employers.schema == pl.Schema(tables.EMPLOYERS)
    assert names.schema == pl.Schema(tables.EMPLOYER_NAMES)


def test_name_shown_is_the_registered_one_even_if_only_branches_hire():
    employers, _ = resolve("汉询软件（上海）有限公司武汉分公司", "汉询软件（上海）有限公司成都分公司（西部）")
    assert employers["name"].to_list() == ["汉询软件（上海）有限公司"]


def test_blank_names_give_no_employer_and_equal_trimmed_names_add_up():
    frame = pl.DataFrame(
        {
            "employer_raw": ["汉询软件有限公司", " 汉询软件有限公司 ", "", "  ", None],
            "postings": [2, 3, 4, 5, 6],
        }
    )
    employers, names = resolve_employers(frame)
    assert employers.height == 1
    assert names.select("employer_raw", "postings").rows() == [("汉询软件有限公司", 5)]


def test_nothing_gives_empty_tables():
    employers, names = resolve_employers(
        pl.DataFrame(schema={"employer_raw": pl.String, "postings": pl.Int64})
    )
    assert employers.is_empty()
    assert names.is_empty()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("某知名公司", "anonymous"),
        ("某公司", "anonymous"),
        ("保密", "anonymous"),
        ("深圳某通信上市公司", "anonymous"),
        ("知名上市公司", "anonymous"),
        ("上海言某信息科技有限公司", "employer"),
        ("汉询人力资源有限公司", "agency"),
        ("汉询劳务派遣有限公司", "agency"),
        ("汉询猎头", "agency"),
        ("北京汉询人才服务有限公司", "agency"),
        ("某市就业和人才服务局", "anonymous"),
        ("Confidential Company", "anonymous"),
        ("COMPANY CONFIDENTIAL", "anonymous"),
        ("Career Fair 2024", "anonymous"),
        ("XX公司", "anonymous"),
        ("汉询软件（代招）", "agency"),
        ("Recruitment Agency", "agency"),
        ("代招商科技有限公司", "employer"),
        ("Clientela Ltd", "employer"),
        ("重庆市渝中区就业和人才服务局", "employer"),
        ("高新区人力资源协会", "employer"),
        ("汉询软件有限公司", "employer"),
        ("知名教育科技有限公司", "employer"),
    ],
)
def test_kind(name: str, kind: str):
    employers, _ = resolve(name)
    assert employers["kind"].to_list() == [kind]


def test_id_is_the_hash_of_the_smallest_name_of_the_whole_group_whatever_was_loaded():
    only_alias, _ = resolve("华为")
    only_full, _ = resolve("华为技术有限公司")
    both, _ = resolve("华为", "华为技术有限公司")
    assert only_alias["employer_id"][0] == only_full["employer_id"][0] == both["employer_id"][0]
    plain, _ = resolve("汉询软件有限公司")
    assert plain["employer_id"][0] == stable_hash("汉询软件有限公司")


def test_parts_of_a_name():
    rules = shipped_rules()
    parts = split_parts(normalise_name("上海汉询软件股份有限公司北京分公司", rules), rules)
    assert (parts.place, parts.brand, parts.trade, parts.legal_form) == ("上海", "汉询", "软件", "有限公司")


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("華為技術有限公司", "华为技术有限公司"),
        ("漢詢軟體（上海）股份有限公司", "汉询软体(上海)有限公司"),
        ("深圳市騰訊計算機系統有限公司", "深圳市腾讯计算机系统有限公司"),
    ],
)
def test_the_traditional_script_is_the_same_name(name: str, other: str):
    employers, names = resolve(name, other)
    assert employers.height == 1
    assert set(names["employer_raw"]) == {name, other}


@pytest.mark.parametrize(
    "name",
    [
        "【急聘】汉询软件有限公司",
        "诚聘：汉询软件有限公司",
        "【2026届校招】汉询软件有限公司",
        "社招-汉询软件有限公司",
        "汉询软件有限公司招聘",
        "汉询软件有限公司 五险一金 双休",
        "汉询软件有限公司（上市公司）",
        "（汉询）汉询软件有限公司",
        "汉询软件有限公司/汉询",
        "汉询软件有限公司北京",
        "汉询软件有限公司人力资源部",
    ],
)
def test_what_stands_beside_a_whole_name_is_no_part_of_it(name: str):
    assert normalise_name(name, shipped_rules()) == "汉询软件有限公司"


@pytest.mark.parametrize(
    "name",
    [
        "急聘科技有限公司",
        "北京汉询招聘有限公司",
        "汉询软件有限公司/青禾",
        "汉询软件有限公司中国",
        "北京汉询软件有限公司",
        "汉询软件招聘",
    ],
)
def test_what_may_be_a_part_of_the_name_stays(name: str):
    assert normalise_name(name, shipped_rules()) == name


@pytest.mark.parametrize(
    ("name", "whole"),
    [
        ("东南大学自动化学院", "东南大学"),
        ("清华大学计算机系", "清华大学"),
        ("中国科学院大学人工智能学院", "中国科学院大学"),
        ("中国北方发动机研究所（天津）", "中国北方发动机研究所"),
        ("Westbrook University of Technology (WUT)", "westbrook university of technology"),
        (
            "Westbrook University of Science and Technology (WUST)",
            "westbrook university of science & technology",
        ),
    ],
)
def test_a_part_or_the_initials_of_a_body_add_nothing(name: str, whole: str):
    assert normalise_name(name, shipped_rules()) == whole


@pytest.mark.parametrize(
    "name",
    [
        "南京理工大学紫金学院",
        "长春理工大学光电信息学院",
        "云南师范大学商学院",
        "大学生机械学院",
        "东南大学机械有限公司",
        "华东研究所(中国)",
        "blue lake software wust",
    ],
)
def test_a_college_or_firm_that_bears_a_university_s_name_stays_apart(name: str):
    assert normalise_name(name, shipped_rules()) == name


def test_other_initials_behind_a_name_stay():
    rules = shipped_rules()
    assert normalise_name("Blue Lake Software (SEA)", rules) != normalise_name("Blue Lake Software", rules)


def test_an_english_branch_is_the_company():
    employers, names = resolve("Blue Lake Software Co., Ltd.", "Blue Lake Software Co., Ltd. Beijing Branch")
    assert employers["name"].to_list() == ["Blue Lake Software Co., Ltd."]
    assert names["branch"].drop_nulls().to_list() == ["beijing branch"]


def test_what_the_simplified_script_writes_too_stays():
    assert normalise_name("乾元於著有限公司", shipped_rules()) == "乾元於著有限公司"


def test_own_alias_file_is_merged_over_ours(tmp_path: Path):
    (tmp_path / "employer_aliases.csv").write_text(
        "alias,name,name_en,kind,source,as_of\n"
        "汉询,汉询软件有限公司,Hanxun Software,short,own knowledge,2026-01-01\n"
        "华为,汉询软件有限公司,,short,own knowledge,2026-01-01\n",
        encoding="utf-8",
    )
    frame = pl.DataFrame({"employer_raw": ["汉询", "汉询软件有限公司", "华为"], "postings": [1, 1, 1]})
    employers, _ = resolve_employers(frame, tmp_path)
    assert employers.select("name", "name_en").rows() == [("汉询软件有限公司", "Hanxun Software")]


def test_alias_of_two_employers_is_refused(tmp_path: Path):
    (tmp_path / "employer_aliases.csv").write_text(
        "alias,name,name_en,kind,source,as_of\n"
        "汉询,汉询软件有限公司,,short,own knowledge,2026-01-01\n"
        "汉询,汉询信息有限公司,,short,own knowledge,2026-01-01\n",
        encoding="utf-8",
    )
    with pytest.raises(DataContractError, match="stands for both"):
        load_aliases(tmp_path)


@settings(deadline=None, max_examples=400)
@given(NAMES)
def test_normalising_is_idempotent_and_never_fails(name: str):
    rules = shipped_rules()
    once = normalise_name(name, rules)
    assert normalise_name(once, rules) == once


@settings(deadline=None, max_examples=40)
@given(st.lists(NAMES, max_size=12), st.randoms(use_true_random=False))
def test_row_order_changes_nothing(names: list[str], random):
    frame = pl.DataFrame({"employer_raw": names, "postings": list(range(len(names)))}, strict=False).cast(
        {"employer_raw": pl.String, "postings": pl.Int64}
    )
    order = list(range(frame.height))
    random.shuffle(order)
    first, second = resolve_employers(frame), resolve_employers(frame[order])
    assert first[0].equals(second[0])
    assert first[1].equals(second[1])


@settings(deadline=None, max_examples=40)
@given(st.lists(NAMES, max_size=12))
def test_every_name_has_exactly_one_employer(names: list[str]):
    frame = pl.DataFrame({"employer_raw": names, "postings": [1] * len(names)}).cast(
        {"employer_raw": pl.String, "postings": pl.Int64}
    )
    employers, resolved = resolve_employers(frame)
    assert resolved["employer_raw"].is_unique().all()
    assert employers["employer_id"].is_unique().all()
    assert set(resolved["employer_id"]) == set(employers["employer_id"])


def test_real_names_of_one_board(shared_data: Path):
    with (shared_data / "postings/zhaopin_zlspider/zhilian.csv").open(
        encoding="utf-8-sig", newline=""
    ) as file:
        rows = csv.reader(file)
        next(rows)
        counts = Counter(row[1].strip() for row in rows)
    frame = pl.DataFrame({"employer_raw": list(counts), "postings": list(counts.values())})
    employers, names = resolve_employers(frame)
    assert names.height == 5_753
    assert names["postings"].sum() == 14_251
    # Read one by one: every merge of this board is a branch, a note in brackets, a spelling or an alias.
    assert employers.height >= 5_725


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("比亚迪", "比亚迪股份有限公司"),
        ("美团", "北京三快在线科技有限公司"),
        ("拼多多", "上海寻梦信息技术有限公司"),
        ("字节跳动", "抖音有限公司"),
        ("蚂蚁金服", "浙江蚂蚁小微金融服务集团股份有限公司"),
        ("蚂蚁集团", "浙江蚂蚁小微金融服务集团股份有限公司"),
        ("北京字节跳动科技有限公司", "北京抖音信息服务有限公司"),
        ("用友软件股份有限公司", "用友网络科技股份有限公司北京分公司"),
        ("中國工商銀行北京分行", "中国工商银行股份有限公司"),
        ("上海大众汽车有限公司", "SAIC Volkswagen Automotive Co., Ltd."),
        ("月之暗面", "Moonshot AI"),
        ("DeepSeek", "杭州深度求索人工智能基础技术研究有限公司"),
        ("国家电网公司", "State Grid"),
        ("腾讯科技（深圳）有限公司", "Tencent Technology (Shenzhen) Company Limited"),
        ("重庆长安新能源汽车科技有限公司", "深蓝汽车科技有限公司"),
        ("华为技术有限公司杭州研究所", "华为技术有限公司"),
        ("中兴通讯股份有限公司南京研究院", "中兴通讯"),
        ("天翼云科技有限公司", "Tianyi Cloud Technology Co., Ltd."),
        ("中译语通", "Global Tone Communication Technology Co., Ltd."),
        ("中国移动通信集团江苏有限公司", "江苏移动"),
    ],
)
def test_brand_or_former_name_is_the_employer(name: str, other: str):
    employers, _ = resolve(name, other)
    assert employers.height == 1


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("腾讯", "腾讯科技（深圳）有限公司"),
        ("百度", "北京百度网讯科技有限公司"),
        ("阿里巴巴", "阿里云计算有限公司"),
        ("小米", "北京小米移动软件有限公司"),
        ("京东", "北京京东世纪贸易有限公司"),
        ("联想", "联想教育科技（北京）有限公司"),
        ("比亚迪", "深圳市比亚迪锂电池有限公司"),
        ("中国电信", "中国电信股份有限公司"),
    ],
)
def test_a_group_is_not_its_subsidiary(name: str, other: str):
    employers, _ = resolve(name, other)
    assert employers.height == 2


def test_a_place_brand_and_trade_without_the_form_are_the_registered_name():
    employers, names = resolve("上海汉询软件", "上海汉询软件有限公司", "上海市汉询软件")
    assert employers["name"].to_list() == ["上海汉询软件有限公司"]
    assert set(names["method"]) == {"exact", "form"}
    assert resolve("中国电信", "中国电信有限公司")[0].height == 2


@pytest.mark.parametrize(
    "damaged", ["上海汉询软\ufffd有限公司", "上海汉询\ufffd\ufffd有限公司", "上海汉询软件有\ufffd公司"]
)
def test_a_name_that_lost_characters_is_the_one_that_fits(damaged: str):
    frame = pl.DataFrame({"employer_raw": [damaged, "上海汉询软件有限公司"], "postings": [9, 1]})
    employers, names = resolve_employers(frame)
    assert employers["name"].to_list() == ["上海汉询软件有限公司"]
    assert dict(names.select("employer_raw", "method").iter_rows())[damaged] == "damage"


@pytest.mark.parametrize(
    ("damaged", "others"),
    [
        ("上海汉\ufffd软件有限公司", ["上海汉询软件有限公司"]),
        ("上海汉询\ufffd\ufffd有限公司", ["上海汉询软件有限公司", "上海汉询网络有限公司"]),
        ("上海汉询\ufffd有限公司", ["上海汉询软件有限公司"]),
        ("\ufffd", ["上海汉询软件有限公司"]),
    ],
)
def test_a_name_that_lost_its_brand_or_fits_two_is_nobody_else(damaged: str, others: list[str]):
    assert resolve(damaged, *others)[0].height == 1 + len(others)


def test_the_day_of_a_change_of_name_is_known_and_checked(tmp_path: Path):
    assert load_aliases().changed["北京字节跳动科技有限公司"] == "2022"
    head = "alias,name,name_en,kind,changed,source,as_of\n"
    row = "青禾软件有限公司,汉询软件有限公司,,former,last year,own knowledge,2026-01-01\n"
    (tmp_path / "employer_aliases.csv").write_text(head + row, encoding="utf-8")
    with pytest.raises(DataContractError, match="row 1, column 'changed'"):
        load_aliases(tmp_path)


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("海康威视 Hikvision", True),
        ("旷视(Megvii)", True),
        ("Megvii 旷视科技", True),
        ("海康威视 Megvii", False),
        ("海康威视 Hikvision代理商", False),
        ("虚构云杉 Hikvision", False),
    ],
)
def test_a_name_in_both_languages_is_an_employer_only_where_each_half_means_it(name, same):
    short = "旷视" if "旷视" in name else "海康威视"
    names = pl.DataFrame({"employer_raw": [name, short], "postings": [1, 1]})
    _, resolved = resolve_employers(names)
    assert (resolved["employer_id"].n_unique() == 1) == same


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("中国电子科技集团公司第十四研究所", "中国电科14所"),
        ("中国电子科技集团公司第十四研究所", "中电十四所"),
        ("中电科第54研究所", "中国电子科技集团有限公司第五十四研究所"),
        ("中国电科38所", "华东电子工程研究所"),
        ("中国船舶重工集团公司第七一五研究所", "中国船舶集团有限公司第七一五研究所"),
        ("中船重工716所", "江苏自动化研究所"),
        ("航天五院", "中国航天科技集团公司第五研究院"),
        ("中科院软件所", "中国科学院软件研究所"),
    ],
)
def test_a_numbered_body_is_the_same_however_its_group_is_written(name: str, other: str):
    employers, _ = resolve(name, other)
    assert employers.height == 1


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("中电14所", "中电15所"),
        ("中电六所", "中国电子科技集团公司第六研究所"),
        ("航天科技二院", "航天科工二院"),
        ("中国航天科技集团公司第五研究院", "中国航天科技集团公司第五研究院第五〇二研究所"),
        ("中科院软件所", "中科院自动化所"),
        ("中科院招待所", "中国科学院招待研究所"),
        ("中国船舶集团有限公司上海研究院", "中国船舶集团有限公司"),
        ("中国移动通信有限公司研究院", "中国移动通信有限公司"),
        ("华为技术有限公司杭州研究所", "华为技术服务有限公司"),
    ],
)
def test_bodies_of_other_numbers_or_groups_stay_apart(name: str, other: str):
    employers, _ = resolve(name, other)
    assert employers.height == 2
