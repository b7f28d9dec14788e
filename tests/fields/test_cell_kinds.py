"""What a cell is told to be, and what it must never be taken for."""

from __future__ import annotations

import time

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphcli.loaders.fields.kinds import KINDS, kinds

IS = {
    "pay": [
        "1.2-2万",
        "15-25K·14薪",
        "面议",
        "$80,000 - $100,000 a year",
        "底薪5000+提成",
        "200-300元/天",
        "10000-15000",
    ],
    "date": ["2024-03-01", "2024-03", "03-01发布", "昨天", "3天前", "Jan 2, 2024", "1710000000"],
    "education": ["本科", "大專以上", "Bachelor's degree", "学历不限", "本科及以上学历"],
    "experience": ["3-5年", "经验不限", "5+ years", "三年以上", "在校生", "1-3年工作经验"],
    "place": [
        "北京",
        "上海·虹口·北外滩",
        "湖北省武汉洪山区",
        "Shanghai, China",
        "全国",
        "臺北市",
        "北京/上海",
    ],
    "employer": ["虚构科技有限公司", "某某大学", "Foo Bar Co., Ltd.", "北京路桥集团", "虚构人民医院"],
    "title": ["Java开发工程师", "Senior Data Analyst", "实习生(上海)", "计算机博士后"],
    "company_size": ["20-99人", "10000人以上", "11-50 employees", "1000-9999"],
    "openings": ["招2人", "若干", "3人"],
    "chrome": ["收藏", "立即申请", "登录/注册", "查看更多职位", "Apply Now"],
    "address": ["上海市浦东新区示例路88号3楼", "杭州市滨江区样例街道12号B座"],
    "merged": ["1-3年本科", "北京·朝阳 | 3-5年 | 本科", "15-25K 3-5年 本科", "上海-浦东 1-3年 大专"],
    "url": ["https://a.cn/x", "javascript:;", "www.a.cn/1"],
    "email": ["a@b.cn"],
    "phone": ["13800138000", "010-12345678"],
    "perks": ["五险一金,带薪年假", "五险一金"],
    "number": ["8000", "3.5", "1,200"],
    "tags": ["Java,Python", "['a','b']", "Java|Go|C++"],
    "ownership": ["民营", "國企", "外商独资"],
    "industry": ["IT服务"],
    "text": ["负责小学语文教学工作，认真备课，批改作业，与家长保持良好沟通，按时完成学校交办的其他任务。"],
}
NEVER = {
    "pay": [
        "1-3年",
        "2024-03",
        "100-499人",
        "本科",
        "2023-2024",
        "Java",
        "3天前",
        "5K+双休不加班纯文职审核员",
    ],
    "education": ["本科生导师", "计算机博士", "大专院校合作经理", "北京大学"],
    "experience": ["2024年", "5年级语文老师", "20-99人", "15-25K"],
    "place": [
        "北京路桥有限公司",
        "上海汉询软件",
        "南京审计",
        "北京地区销售经理",
        "上海市浦东新区示例路88号3楼",
        "15-25K",
        "本科",
        "不限",
    ],
    "employer": ["上市公司", "民营公司", "我们公司是一家互联网公司。", "Java开发工程师", "北京"],
    "company_size": ["2023-2024", "1-3年", "15-25K"],
    "chrome": ["分享会主持", "申请执行人", "搜索算法工程师", "更多科技有限公司"],
    "title": ["虚构工程师有限公司", "五险一金", "负责开发。要求工程师"],
}


@pytest.mark.parametrize(("kind", "cell"), [(kind, cell) for kind, cells in IS.items() for cell in cells])
def test_a_cell_is_of_its_kind(kind, cell):
    assert kinds(pl.Series([cell]))[kind][0]


@pytest.mark.parametrize(("kind", "cell"), [(kind, cell) for kind, cells in NEVER.items() for cell in cells])
def test_a_part_of_a_cell_makes_no_kind(kind, cell):
    assert not kinds(pl.Series([cell]))[kind][0]


def test_blank_and_missing_cells_are_of_no_kind_and_order_is_kept():
    found = kinds(pl.Series(["北京", None, "", "  ", "本科", "北京"]))
    assert found.columns == list(KINDS)
    assert found["place"].to_list() == [True, False, False, False, False, True]
    assert not found[1:4].select(pl.any_horizontal(pl.all()))["pay"].any()


@given(st.lists(st.one_of(st.none(), st.text(max_size=60)), max_size=6))
def test_any_cells_get_an_answer_each(cells):
    found = kinds(pl.Series(cells, dtype=pl.String))
    assert found.shape == (len(cells), len(KINDS))
    assert found.null_count().sum_horizontal()[0] == 0


@pytest.mark.parametrize("part", ["1-", "年", "北京", "a.", "路1号", "万-", "['", "<", "本科", "+双休"])
def test_a_hostile_cell_takes_no_longer_than_its_length(part):
    start = time.process_time()
    kinds(pl.Series([part * 100_000, part * 60]))
    assert time.process_time() - start < 3
