"""Claims: who matches a list, who never does, and on which days a claim holds."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphcli.loaders.resolve.claims.dates import first_day, last_day
from graphcli.loaders.resolve.claims.matching import (
    claims_on,
    flags,
    match_claims,
    newest_edition,
    with_parents,
)
from graphcli.loaders.resolve.employers.resolving import resolve_employers
from graphcli.workspace import tables
from graphcli.workspace.errors import UsageError

# Names of real postings and made-up ones that carry a telling word and belong to nobody on a list.
TRAPS = [
    "武汉海康房地产经纪有限公司",
    "深圳市海康实业有限公司",
    "望海康信（北京）科技股份公司",
    "望海康信",
    "上海康德弘翼医学临床研究有限公司",
    "厦门林巴赫航空发动机股份有限公司",
    "成都烽火文化传播有限公司",
    "北京航天科达信息技术有限公司",
    "CloudWalk",
    "CloudWalk, Inc.",
    "CloudWalk Payments Ltd.",
    "Southern University of Science and Technology",
    "南方科技大学",
    "贵州海康交通大数据有限公司",
    "黑龙江海康软件工程有限公司",
    "北京市海康咨询有限公司",
    "大华会计师事务所（特殊普通合伙）",
    "青岛大华食品有限公司",
    "科达制造股份有限公司",
    "山西科达自控股份有限公司",
    "安徽科达机电股份有限公司",
    "南京理工大学紫金学院",
    "北京理工大学珠海学院",
    "北京航空航天大学杭州创新研究院",
    "北京航空航天大学附属中学",
    "哈尔滨工业大学软件工程股份有限公司",
    "沈阳航空航天大学",
    "中国民航大学",
    "沈阳理工大学",
    "航天宏图信息技术股份有限公司",
    "北京航天金税技术有限公司",
    "航天壹进制（南京）数据科技有限公司",
    "北京中科航天人才服务有限公司",
    "深圳市航天远东实业有限公司",
    "武汉航天远景科技股份有限公司",
    "中航试金石检测科技（大厂）有限公司",
    "北京中航美林机械设备有限责任公司",
    "天津中航伟业科技有限公司",
    "北方互联",
    "北方重工集团有限公司",
    "北方华创科技集团股份有限公司",
    "京北方信息技术股份有限公司",
    "天津北方鸿海运达人力资源有限公司",
    "保利（北京）船舶科技有限公司",
    "常州市汇丰船舶附件制造有限公司",
    "大连中远海运川崎船舶工程有限公司",
    "中电电气（江苏）变压器制造有限公司",
    "中电福富信息科技有限公司",
    "中国电子口岸数据中心",
    "中国电子工程设计院股份有限公司",
    "中国电子技术标准化研究院",
    "中国电子商会",
    "苏州中芯国际贸易有限公司",
    "中国移动通信联合会",
    "杭州群核信息技术有限公司",
    "深圳市华为培训中心",
    "华为手机专卖店",
    "云从咨询有限公司",
    "依图文化传媒有限公司",
    "神思依图（北京）科技有限公司",
    "旷视传媒有限公司",
    "商汤餐饮管理有限公司",
    "大疆文化发展有限公司",
    "百度文库（四川）地区服务中心",
    "阿里健康科技（中国）有限公司",
    "腾讯瑞德铭(重庆)科技发展有限公司",
    "广州市讯飞樽鸿信息技术有限公司",
    "合肥美亚光电技术股份有限公司",
    "美亚宏信（北京）信息技术有限公司",
    "电信科学技术第五研究所有限公司",
    "工业和信息化部电子第五研究所",
    "公安部第一研究所",
    "中国民用航空总局第二研究所",
    "十四所",
    "第二十八研究所",
    "某航天研究所",
    "杰瑞集团",
    "兵器迷205所主题餐厅",
    "航发物流606所",
    "西北工业大学附属中学",
    "中广核研究院有限公司",
    "解放军出版社",
    "三二八〇六部队餐厅",
    "中国电科二十八所食堂管理有限公司",
    "宇视文化有限公司",
    "天地伟业房地产公司",
]

# Name, affiliation, basis and kind that must be found.
FOUND = [
    ("杭州海康威视数字技术股份有限公司", "us_1260h", "listed", "defense"),
    ("杭州海康威视数字技术股份有限公司西安分公司", "us_1260h", "listed", "defense"),
    ("杭州海康威视数字技术股份有限公司", "surveillance_vendors", "vendor", "surveillance"),
    ("杭州海康威视数字技术股份有限公司", "cetc", "subsidiary", "defense"),
    ("海康威视", "us_ns_cmic", "listed", "defense"),
    ("Hikvision", "us_section_889", "listed", "trade"),
    ("浙江大华技术股份有限公司", "us_1260h", "listed", "defense"),
    ("大华股份", "surveillance_vendors", "vendor", "surveillance"),
    ("华为", "us_1260h", "listed", "defense"),
    ("华为技术有限公司", "us_entity_list", "listed", "trade"),
    ("北京旷视科技有限公司", "us_1260h", "listed", "defense"),
    ("云从科技集团股份有限公司", "surveillance_vendors", "vendor", "surveillance"),
    ("CloudWalk Technology Co., Ltd.", "us_1260h", "listed", "defense"),
    ("科大讯飞", "us_entity_list", "listed", "trade"),
    ("深圳市大疆创新科技有限公司", "us_1260h", "listed", "defense"),
    ("厦门市美亚柏科信息股份有限公司", "us_1260h", "listed", "defense"),
    ("浙江宇视科技有限公司", "surveillance_vendors", "vendor", "surveillance"),
    ("天地伟业", "surveillance_vendors", "vendor", "surveillance"),
    ("苏州科达科技股份有限公司", "surveillance_vendors", "vendor", "surveillance"),
    ("深圳云天励飞技术有限公司", "surveillance_vendors", "vendor", "surveillance"),
    ("腾讯科技（深圳）有限公司", "us_1260h", "subsidiary", "defense"),
    ("中芯国际", "us_1260h", "listed", "defense"),
    ("中国电信股份有限公司", "us_1260h", "listed", "defense"),
    ("宁德时代新能源科技股份有限公司", "us_1260h", "listed", "defense"),
    ("中国航天科技集团有限公司", "casc", "parent", "defense"),
    ("中国航天科工集团公司", "casic", "parent", "defense"),
    ("中国电科", "cetc", "parent", "defense"),
    ("中国商飞", "comac", "parent", "defense"),
    ("中国工程物理研究院", "caep", "parent", "defense"),
    ("中国电子科技集团公司第二十八研究所", "cetc", "institute", "defense"),
    ("航空工业613所", "avic", "institute", "defense"),
    ("航发606所", "aecc", "institute", "defense"),
    ("兵器205所", "norinco", "institute", "defense"),
    ("航天二院706所", "casic", "institute", "defense"),
    ("中国电科54所（石家庄）", "cetc", "institute", "defense"),
    ("CETC 29th Research Institute", "cetc", "institute", "defense"),
    ("China Academy of Space Technology (CAST)", "casc", "institute", "defense"),
    ("西北工业大学自动化学院", "seven_sons", "university", "defense"),
    ("中国人民解放军国防科技大学计算机学院", "military_universities", "university", "defense"),
    ("中国电子科技集团有限公司第28研究所", "cetc", "institute", "defense"),
    ("中国电科第14研究所", "cetc", "institute", "defense"),
    ("中国电科14所", "cetc", "institute", "defense"),
    ("中国船舶重工集团公司第七0九研究所", "cssc", "institute", "defense"),
    ("船舶信息研究中心(中国船舶集团有限公司第七一四研究所)", "cssc", "institute", "defense"),
    ("中国航空工业集团公司北京长城航空测控技术研究所", "avic", "institute", "defense"),
    ("中国人民解放军32806部队", "pla", "institute", "defense"),
    ("北京航空航天大学", "seven_sons", "university", "defense"),
    ("南京理工大学", "seven_sons", "university", "defense"),
    ("国防科技大学", "military_universities", "university", "defense"),
    ("中国人民解放军陆军工程大学", "military_universities", "university", "defense"),
    ("中电十四所", "cetc", "institute", "defense"),
    ("中电科第54研究所", "cetc", "institute", "defense"),
    ("南京电子技术研究所", "cetc", "institute", "defense"),
    ("中船重工716所", "cssc", "institute", "defense"),
    ("中国兵器工业第二〇二研究所", "norinco", "institute", "defense"),
    ("航天科技八院", "casc", "institute", "defense"),
    ("中国航天科工二院", "casic", "institute", "defense"),
    ("航天五院", "casc", "institute", "defense"),
    ("中航工业计算所", "avic", "institute", "defense"),
    ("航空工业成都飞机设计研究所", "avic", "institute", "defense"),
    ("中国航空工业集团公司金城南京机电液压工程研究中心", "avic", "institute", "defense"),
    ("航空工业自控所", "avic", "institute", "defense"),
    ("中物院九所", "caep", "institute", "defense"),
    ("成都飞机工业（集团）有限责任公司", "avic", "subsidiary", "defense"),
    ("航空工业沈飞", "avic", "subsidiary", "defense"),
    ("湖北三江航天集团有限公司", "casic", "subsidiary", "defense"),
    ("杭州萤石网络有限公司", "surveillance_vendors", "subsidiary", "surveillance"),
]


def claims_for(*names: str) -> pl.DataFrame:
    return match_claims(*entities(*names))


def entities(*names: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    return resolve_employers(pl.DataFrame({"employer_raw": names, "postings": [1] * len(names)}))


@pytest.mark.parametrize("name", TRAPS)
def test_look_alike_gets_no_claim(name: str):
    assert claims_for(name).select("affiliation_id", "matched_name", "list_row").rows() == []


def test_look_alikes_get_no_claim_beside_the_real_ones():
    employers, names = entities(*TRAPS, *sorted({name for name, *_ in FOUND}))
    claims = match_claims(employers, names)
    trapped = names.filter(pl.col("employer_raw").is_in(TRAPS))["employer_id"].implode()
    assert claims.filter(pl.col("employer_id").is_in(trapped)).is_empty()


@pytest.mark.parametrize(("name", "affiliation", "basis", "kind"), FOUND)
def test_listed_name_is_found(name: str, affiliation: str, basis: str, kind: str):
    found = claims_for(name).select("affiliation_id", "basis", "kind").rows()
    assert (affiliation, basis, kind) in found


@pytest.mark.parametrize(
    "name",
    [
        "北京理工大学",
        "北京航空航天大学",
        "哈尔滨工业大学",
        "哈尔滨工程大学",
        "西北工业大学",
        "南京航空航天大学",
        "南京理工大学",
    ],
)
def test_seven_sons(name: str):
    assert claims_for(name)["affiliation_id"].to_list() == ["seven_sons"]


def test_claim_traces_to_its_list_row_and_to_the_text_that_matched():
    claims = claims_for("杭州海康威视数字技术股份有限公司西安分公司")
    assert claims.schema == pl.Schema(tables.CLAIMS)
    row = claims.filter(pl.col("affiliation_id") == "us_1260h").row(0, named=True)
    assert row["list_row"].startswith("lists/data/us_1260h.csv:")
    assert row["matched_name"] == "杭州海康威视数字技术股份有限公司西安分公司"
    assert row["method"] == "branch"
    assert 0.9 < row["score"] < 1


def test_claim_ids_do_not_depend_on_what_else_is_loaded():
    alone = claims_for("科大讯飞")["claim_id"].to_list()
    together = claims_for("科大讯飞", "华为技术有限公司")
    assert set(alone) < set(together["claim_id"])
    assert together["claim_id"].is_unique().all()


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2021-06", date(2021, 6, 30), date(2021, 6, 1)),
        ("2024-02", date(2024, 2, 29), date(2024, 2, 1)),
        ("2021", date(2021, 12, 31), date(2021, 1, 1)),
        ("2024-01-31", date(2024, 1, 31), date(2024, 1, 31)),
    ],
)
def test_dates_by_precision(text: str, start: date, end: date):
    assert first_day(text) == start
    assert last_day(text) == end


def test_known_by_and_unknown_dates():
    assert first_day("by 2021-12") == date(2021, 12, 31)
    assert first_day(None) is None
    assert last_day("") is None
    for wrong in ("2021-13", "June 2021", "2021-02-30", "by", "٢٠٢١"):
        with pytest.raises(ValueError, match="no date"):
            first_day(wrong)


@settings(deadline=None, max_examples=12)
@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_full_days_are_read_as_they_are(day: date):
    assert first_day(day.isoformat()) == last_day(day.isoformat()) == day


def test_flags_follow_the_day():
    claims = claims_for("北京旷视科技有限公司")
    assert flags(claims, "2019-01-01")["defense"].drop_nulls().to_list() == []
    assert flags(claims, "2024-06-01")["defense"].to_list() == ["listed"]
    listed = pl.col("affiliation_id") == "us_1260h"
    assert claims_on(claims, "2024-06-01").filter(listed).height == 1
    assert claims_on(claims, "2025-06-01").filter(listed).is_empty()
    assert claims_on(claims, "ever").filter(listed).height == 1


def test_listing_that_ended_and_began_again_holds_on_neither_day_between():
    claims = claims_for("长江存储科技有限责任公司")
    held = [claims_on(claims, day).height for day in ("2024-01-30", "2025-06-01", "2026-03-01", "2026-06-08")]
    assert held == [0, 1, 0, 1]


def test_trade_lists_raise_no_flag():
    assert flags(claims_for("科大讯飞股份有限公司"), "ever").is_empty()
    assert flags(claims_for("中兴通讯股份有限公司"), "today").is_empty()


def test_flag_names_its_basis_and_undated_claims_say_so():
    claims = claims_for("中国航天科技集团有限公司", "杭州海康威视数字技术股份有限公司", "北京航空航天大学")
    words = set(flags(claims, date(2021, 4, 30))["defense"])
    assert words == {
        "conglomerate: parent, undated",
        "conglomerate: subsidiary, undated",
        "university, undated",
    }
    today = flags(claims, "today").filter(pl.col("surveillance").is_not_null())
    assert today["surveillance"].to_list() == ["vendor, undated"]
    assert today["defense"].to_list() == ["conglomerate: subsidiary, undated; listed"]


def test_today_is_the_newest_edition():
    assert newest_edition() == date(2026, 6, 8)
    claims = claims_for("百度在线网络技术（北京）有限公司")
    assert flags(claims, "2026-06-07").is_empty()
    # The edition of that day holds the company, so it counts as of that edition, though its start is a month.
    assert flags(claims, "2026-06-08").height == 1
    assert flags(claims, "today").height == 1
    assert claims["listed_from"].to_list() == ["2026-06"]


def test_listing_without_a_start_counts_only_ever():
    claims = claims_for("科大讯飞股份有限公司").with_columns(
        kind=pl.lit("defense"), listed_from=pl.lit(None, pl.String), valid_from=pl.lit(None, pl.Date)
    )
    assert flags(claims, "today").is_empty()
    assert flags(claims, "ever").height == 1


def test_wrong_day_is_refused():
    with pytest.raises(UsageError, match="posting, today, ever"):
        claims_on(tables.empty(tables.CLAIMS), "yesterday")


def test_no_employers_no_claims():
    claims = claims_for()
    assert claims.is_empty()
    assert flags(claims, "ever").is_empty()


def test_anonymous_employers_get_no_claim():
    assert claims_for("某公司（中国电子科技集团公司第二十八研究所）").is_empty()


def test_subsidiary_names_its_parent_where_both_hire():
    employers, names = entities(
        "杭州海康威视数字技术股份有限公司", "中国电子科技集团有限公司", "汉询软件有限公司"
    )
    linked = with_parents(employers, match_claims(employers, names), None)
    ids = dict(employers.select("name", "employer_id").iter_rows())
    parents = dict(linked.select("name", "parent_id").iter_rows())
    assert parents["杭州海康威视数字技术股份有限公司"] == ids["中国电子科技集团有限公司"]
    assert parents["汉询软件有限公司"] is None
    assert parents["中国电子科技集团有限公司"] is None


@settings(deadline=None, max_examples=12)
@given(st.lists(st.sampled_from([*TRAPS, *(name for name, *_ in FOUND)]), max_size=8), st.randoms())
def test_row_order_changes_no_claim(names: list[str], random):
    shuffled = list(names)
    random.shuffle(shuffled)
    assert claims_for(*names).equals(claims_for(*shuffled))
