"""How a name that the table knows is written too: without its form, with other English forms and endings."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from graphcli.loaders.resolve.employers.aliases import load_aliases
from graphcli.loaders.resolve.employers.resolving import resolve_employers
from graphcli.loaders.resolve.names.registered import normalise_name, shipped_rules


def apart(*names: str) -> int:
    employers, _ = resolve_employers(pl.DataFrame({"employer_raw": names, "postings": [1] * len(names)}))
    return employers.height


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("腾讯科技(深圳)", "腾讯科技（深圳）有限公司"),
        ("微软(中国)", "微软（中国）有限公司"),
        ("宝山钢铁", "宝山钢铁股份有限公司"),
        ("大疆公司", "深圳市大疆创新科技有限公司"),
        ("中联重科总部", "中联重科股份有限公司"),
        ("中国光大银行总行", "光大银行"),
        ("中信银行信用卡中心", "中信银行股份有限公司信用卡中心"),
        ("Zhejiang Dahua Technology", "大华股份"),
        ("Hesai Technology Co., Ltd.", "禾赛科技"),
        ("Shenzhen Intellifusion Technologies Company Limited", "云天励飞"),
        ("Huawei Technology Co., Ltd.", "华为"),
        ("ZTE Corp.", "中兴通讯"),
        ("Dell Inc.", "戴尔"),
        ("Accenture plc", "埃森哲"),
        ("NXP Semiconductors N.V.", "恩智浦"),
        ("Nestlé", "雀巢"),
        ("The University of Hong Kong", "香港大学"),
        ("Zhejiang Laboratory", "之江实验室"),
        ("Peking Univ.", "北京大学"),
        ("Li Auto Inc.", "理想汽车"),
        ("Institute of Automation, CAS", "中科院自动化所"),
        ("Institute of Software of the Chinese Academy of Sciences", "中国科学院软件研究所"),
        ("华为2026校招", "华为"),
        ("华为HR", "华为"),
        ("万科A", "万科企业股份有限公司"),
        ("百济神州-U", "百济神州"),
        ("*ST万科", "万科"),
        ("中联重科矿山机械事业部", "中联重科"),
        ("腾讯-微信事业群", "腾讯"),
        ("传音控股（上海）研发中心", "传音控股"),
        ("长鑫存储技术有限公司 2026届校园招聘", "长鑫存储"),
        ("中国工商银行软件开发中心", "工商银行"),
        ("中国农业银行股份有限公司软件开发中心", "农业银行"),
        ("四川大学华西医院招聘", "华西医院"),
        ("四川大学华西医院（招聘）", "华西医院"),
        ("北京大学2026年公开招聘", "北京大学"),
        ("大疆创新-深圳市大疆创新科技有限公司", "大疆"),
        ("京东方科技集团股份有限公司西南公司", "京东方"),
    ],
)
def test_what_the_table_knows_is_known_however_it_is_written(name: str, other: str):
    assert apart(name, other) == 1


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("China Mobile Limited", "中国移动"),
        ("China Telecom Corporation Limited", "China Telecom"),
        ("东风汽车集团", "东风汽车集团股份有限公司"),
        ("大疆总部大厦", "大疆"),
        ("腾讯科技(成都)", "腾讯科技（深圳）有限公司"),
        ("光大银行总行营业部大厦", "光大银行"),
        ("Oracle Ltd.", "甲骨文"),
        ("Hisense Group Co., Ltd.", "Hisense Group"),
        ("Institute of Physics, CAS", "Institute of Theoretical Physics, CAS"),
        ("University of Chinese Academy of Sciences", "中国科学院"),
        ("华润医药商业", "华润医药"),
        ("三星电子（中国）研发中心", "三星电子"),
        ("中国电子商务事业部", "中国电子"),
        ("中联重科郑州店", "中联重科"),
        ("青禾招聘", "青禾"),
        ("青禾人才市场招聘", "青禾人才市场"),
        ("青禾A", "青禾"),
        ("大学招聘", "大学"),
        ("腾讯-深圳市大疆创新科技有限公司", "大疆"),
    ],
)
def test_what_may_be_another_is_not_joined_for_its_writing(name: str, other: str):
    assert apart(name, other) == 2


@pytest.mark.parametrize(
    ("names", "employers"),
    [
        (("青禾苑集团", "青禾苑集团有限公司"), 1),
        (("青禾苑集团", "青禾苑集团有限公司", "上海青禾苑集团有限公司"), 3),
        (("青禾苑软件", "青禾苑软件股份有限公司"), 1),
        (("青禾苑软件", "青禾苑软件股份有限公司", "杭州青禾苑软件有限公司"), 3),
        (("青禾集团", "青禾集团股份有限公司"), 2),
        (("青禾软件", "青禾软件有限公司"), 1),
        (("青禾建筑工程设计院", "青禾建筑工程设计院股份有限公司"), 1),
        (("青禾银行", "青禾银行股份有限公司"), 1),
        (("重庆证券", "重庆证券有限责任公司"), 1),
        (("中国青禾银行", "中国青禾银行股份有限公司"), 2),
        (("青禾苑林", "青禾苑林股份有限公司"), 1),
        (("青禾苑林", "青禾苑林股份有限公司", "上海青禾苑林有限公司"), 3),
        (("上海研究院", "上海研究院有限公司"), 2),
        (("汉询(上海)", "汉询（上海）有限公司"), 1),
        (("汉询(一期)", "汉询（一期）有限公司"), 2),
    ],
)
def test_a_name_without_place_and_form_is_joined_only_where_no_other_place_has_it(names, employers):
    assert apart(*names) == employers


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("青禾苑林", "上海青禾苑林科技有限公司"),
        ("青禾苑", "青禾苑（北京）信息技术有限公司"),
        ("青禾软件", "杭州青禾软件有限公司"),
        ("青禾软件", "杭州青禾软件技术股份有限公司"),
        ("青禾科技", "深圳市青禾网络科技有限公司"),
        ("青禾贸易公司", "广州青禾贸易有限公司"),
        ("青禾苑公司", "广州青禾苑贸易有限公司"),
        ("青禾游戏", "上海青禾网络科技有限公司"),
        ("上海青禾", "上海青禾网络科技有限公司"),
        ("青禾苑科技Greenfield", "上海青禾苑科技有限公司"),
        ("青禾苑药业集团", "青禾苑药业集团股份有限公司"),
        ("青禾苑林", "上海青禾苑林科技有限公司武汉分公司"),
    ],
)
def test_a_brand_is_the_only_firm_that_bears_it(name: str, full: str):
    assert apart(name, full) == 1


@pytest.mark.parametrize(
    ("name", "full", "others"),
    [
        ("青禾苑林", "上海青禾苑林科技有限公司", ["北京青禾苑林餐饮有限公司"]),
        ("青禾软件", "杭州青禾软件有限公司", ["杭州青禾苑贸易有限公司"]),
        ("青禾", "杭州青禾软件有限公司", []),
        ("青禾软件", "杭州青禾餐饮有限公司", []),
        ("青禾科技", "杭州青禾生物科技有限公司", []),
        ("青禾网络", "杭州青禾软件有限公司", []),
        ("青禾苑子公司", "杭州青禾苑软件有限公司", []),
        ("中国电信广西公司", "广西电信有限公司", []),
        ("青禾网络科技", "杭州青禾科技有限公司", []),
        ("上海青禾", "北京青禾软件有限公司", []),
        ("上海", "上海软件有限公司", []),
        ("青禾苑学院", "上海青禾苑学院后勤有限公司", []),
        ("某青禾苑", "某青禾苑科技有限公司", []),
        ("海康科技", "深圳市海康科技有限公司", []),
        ("大华软件", "上海大华软件有限公司", []),
        ("青禾石油", "深圳青禾石油电子商务有限公司", []),
        ("青禾苑地产", "杭州青禾苑地产物业管理有限公司", []),
        ("大疆SNK", "上海大疆广告有限公司", []),
    ],
)
def test_a_brand_that_others_bear_or_that_tells_too_little_is_nobodys(name, full, others):
    assert apart(name, full, *others) == 2 + len(others)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("北京青禾信息科技股份有...", "北京青禾信息科技股份有限公司"),
        ("北京青禾信息科技有限公…", "北京青禾信息科技有限公司"),
        ("北京青禾信息科技有限公", "北京青禾信息科技有限公司"),
        ("北京青禾苑林信息技...", "北京青禾苑林信息技术有限公司"),
        ("青禾-苑林科技（中国）有限公司", "青禾苑林科技(中国)有限公司"),
        ("中国地质大学武汉", "中国地质大学（武汉）"),
        ("美团（北京三快在线科技有限公司）", "北京三快在线科技有限公司"),
        ("美团-北京三快在线科技有限公司", "美团"),
        ("青禾苑（上海青禾苑房地产经纪有限公司）", "上海青禾苑房地产经纪有限公司"),
        ("海康威视数字技术股份有限公司", "杭州海康威视数字技术股份有限公司"),
        ("大疆创新科技有限公司", "大疆"),
        ("海康威视研究院", "海康威视"),
        ("中兴通讯西安研究所", "中兴通讯股份有限公司"),
        ("贝壳找房厦门站", "贝壳找房"),
        ("海康威视（研究院）", "海康威视"),
        ("新疆维吾尔自治区青禾科技有限公司", "新疆青禾科技有限公司"),
        ("内蒙古自治区青禾科技有限公司", "内蒙古青禾科技有限公司"),
        ("IBM中国", "国际商业机器（中国）有限公司"),
        ("SONY（中国）有限公司", "索尼（中国）有限公司"),
        ("武汉青禾工作室（个体工商户）", "武汉青禾工作室"),
    ],
)
def test_what_boards_add_cut_off_or_leave_out(name: str, other: str):
    assert apart(name, other) == 1


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("北京青禾...", "北京青禾信息科技有限公司"),
        ("青禾-上海苑林科技有限公司", "青禾上海苑林科技有限公司集团"),
        ("阿里巴巴（杭州海康威视数字技术股份有限公司）", "杭州海康威视数字技术股份有限公司"),
        ("中国移动研究院", "中国移动"),
        ("浙江大学苏州研究院", "浙江大学"),
        ("腾讯（大疆）", "腾讯"),
        ("腾讯（培训学校）", "腾讯"),
        ("建工集团有限公司", "上海建工集团股份有限公司"),
        ("啤酒股份有限公司", "青岛啤酒股份有限公司"),
    ],
)
def test_what_may_be_more_than_an_addition_is_kept(name: str, other: str):
    assert apart(name, other) == 2


def test_the_registered_name_of_a_branch_is_shown_before_a_brand():
    names = ["青禾苑林", "上海青禾苑林科技有限公司武汉分公司"]
    employers, _ = resolve_employers(pl.DataFrame({"employer_raw": names, "postings": [9, 1]}))
    assert employers["name"].to_list() == ["上海青禾苑林科技有限公司"]


def test_a_form_that_two_employers_share_is_nobodys_and_what_a_file_says_comes_first(tmp_path: Path):
    head = "alias,name,name_en,kind,changed,source,as_of\n"
    rows = (
        "Qinghe Software Co. Ltd.,青禾软件技术有限公司,Qinghe Tools Inc.,english,,own knowledge,2026-01-01\n"
        "Qinghe Software Inc.,汉询软件技术有限公司,,english,,own knowledge,2026-01-01\n"
        "Qinghe Tools,汉询软件技术有限公司,,english,,own knowledge,2026-01-01\n"
    )
    (tmp_path / "employer_aliases.csv").write_text(head + rows, encoding="utf-8")
    table = load_aliases(tmp_path)
    assert table.canonical["青禾软件技术"] == "青禾软件技术有限公司"
    assert table.canonical["qinghe tools inc"] == "青禾软件技术有限公司"
    assert table.canonical["qinghe tools"] == "汉询软件技术有限公司"
    assert "qinghe software" not in table.canonical
    assert "青禾软件技术" in table.members["青禾软件技术有限公司"]


@pytest.mark.parametrize(
    ("name", "normalised"),
    [
        ("Harrow Joint Stock Co., Ltd.", "harrow ltd"),
        ("Harrow Pte. Ltd.", "harrow ltd"),
        ("Harrow LTD. CO.", "harrow ltd"),
        ("Harrow Tools Company", "harrow tools co"),
        ("Research and Development Ltd", "research & development ltd"),
        ("Łódź Société", "łódź société"),
        ("the", "the"),
        ("CAS", "cas"),
    ],
)
def test_english_names_fold_what_translators_write_in_several_ways(name: str, normalised: str):
    assert normalise_name(name, shipped_rules()) == normalised
    assert normalise_name(normalised, shipped_rules()) == normalised
