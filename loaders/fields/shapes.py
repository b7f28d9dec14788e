"""Patterns of whole cells, built from the word lists: what pay, a level, a name or a job looks like.

All of them are anchored and read by an engine whose time is linear in the cell, so that a hostile cell
cannot hold it up. They look at folded cells: width and case folded, and, where it says so, white space gone.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graphcli.loaders.fields.vocabulary import PACKAGE, fold, load_vocabulary
from graphcli.loaders.reference.files import Column, read_csv, read_schema, read_yaml, shipped

# Between two ends of a range; width is folded before.
DASH = r"(?:-|~|–|—|−|－|至|到|to)"
NUMBER = r"\d+(?:\.\d+)?"
_UNIT = r"(?:千|仟|万|萬|k|w|la(?:c|kh)s?)"
_CURRENCY = (
    r"(?:cn¥|[¥￥$€£₹₩]|rmb|cny|usd|hkd|eur|gbp|sgd|jpy|twd|us\$|"
    r"hk\$|nt\$|s\$|a\$|人民币|港币|美元|欧元|新台币)"
)
_YUAN = r"(?:元|圆|块|人民币|rmb|cny|usd|hkd|美元|港币|円)"
_PERIOD = (
    r"(?:[/每一](?:年|月|个月|天|日|周|星期|小时|时|hour|hr|h|year|yr|y|annum|month|mo|m|day|d|week|wk)"
    r"|(?:an?|per)(?:hour|year|annum|month|day|week)|annually|monthly|yearly|hourly|daily|weekly|pa|p\.a\.|p\.m\.)"
)
_PAY_LABEL = (
    r"(?:(?:月薪|年薪|日薪|时薪|周薪|底薪|无责底薪|基本工资|基本薪资|工资|薪资|薪酬|薪水|综合薪资|综合工资|待遇|税前|税后|到手|平均(?:薪资|月薪|工资)?"
    r"|(?:monthly|annual|yearly|hourly)salary|salary|pay|avg\.?|average|约|至少|最低|最高|from|upto)[:：]?){0,3}"
)
_PAY_TAIL = (
    r"(?:[·•・*×x,，;；/]?\(?\d{1,2}(?:\.\d)?(?:-\d{1,2})?个?(?:月)?薪?\)?|\([^()]{1,20}\)|[+加·,，;；/]*(?:高?提成|绩效(?:奖金)?|奖金|补贴|补助|餐补|房补|年终奖?金?|分红|期权|全勤奖?|周末双休|双休|单休|五险一金|五险|六险一金|社保|包吃包?住|包食宿|股票)"
    r"|左右|以上|及以上|以下|及以下|起|\+|税前|税后)*"
)
_ENDS = r"(?:左右|及?以上|及?以下|以内|起|\+)?"
_MONTH_WAGES = r"(?:[·•・*×x,，;；/]?\(?\d{1,2}(?:\.\d)?(?:-\d{1,2})?个?月?薪\)?|[*×x]1[2-9])"
NO_FIGURE = (
    r"(?:薪资|工资|薪酬|待遇|薪水)?(?:面议|面谈|电议|详谈|另议|私聊|negotiable|competitive"
    r"|tobenegotiated|doe)"
)
_FIGURE_RANGE = rf"{_CURRENCY}?{NUMBER}{_UNIT}?{_YUAN}?{DASH}{_CURRENCY}?{NUMBER}"
# What may follow a range, and a single figure, that says it is pay. The parts that all spellings share stand
# once, as the engine builds the whole pattern anew for each small file.
_OF_RANGE = rf"(?:(?:{_UNIT}{_YUAN}?|{_YUAN}){_ENDS}{_PERIOD}?|{_ENDS}{_PERIOD})"
_OF_FIGURE = rf"(?:(?:{_UNIT}{_YUAN}?|{_YUAN}){_ENDS}{_PERIOD}?|{_ENDS}{_PERIOD}){_ENDS}"
PAY = (
    "^(?:"
    + _PAY_LABEL
    + "(?:"
    + "|".join(
        (
            rf"{_FIGURE_RANGE}{_OF_RANGE}",
            rf"{_CURRENCY}{NUMBER}{_UNIT}?(?:{DASH}{_CURRENCY}?{NUMBER}{_UNIT}?)?{_ENDS}{_PERIOD}?",
            rf"{NUMBER}{_OF_FIGURE}",
            rf"[3-9]\d{{3}}{DASH}\d{{4,6}}",
            rf"\d{{5,6}}{DASH}\d{{5,6}}",
            rf"(?:1[0-8]\d\d|2[2-9]\d\d){DASH}\d{{4,6}}",
        )
    )
    + rf"){_PAY_TAIL}"
    + rf"|(?:月薪|底薪|无责底薪|基本工资|工资|薪资|salary):?{_CURRENCY}?\d{{4,6}}{_PAY_TAIL}"
    + rf"|{NO_FIGURE})$"
)
# The same inside a merged cell: only figures that nothing but pay is written like.
PAY_PART = "|".join(
    (
        rf"{_FIGURE_RANGE}(?:{_UNIT}{_YUAN}?|{_YUAN}){_ENDS}{_PERIOD}?{_MONTH_WAGES}?",
        rf"{_FIGURE_RANGE}{_PERIOD}{_MONTH_WAGES}?",
        rf"{_CURRENCY}?{NUMBER}(?:{_UNIT}{_YUAN}?|{_YUAN}){_ENDS}{_PERIOD}?{_ENDS}{_MONTH_WAGES}?",
        rf"[3-9]\d{{3}}{DASH}\d{{4,6}}|\d{{5,6}}{DASH}\d{{5,6}}",
        NO_FIGURE,
    )
)
_TIME = r"(?:[t,]?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:z|[+-]\d{2}:?\d{2})?)?"
_MONTH_NAME = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec|january|february|march|april|june|july|august"
    r"|september|october|november|december)\.?"
)
_DATE_LABEL = r"(?:(?:发布|更新|刷新|发表|publish|updated?|posted)(?:时间|日期|于|on)?[:：]?)?"
DATE = (
    rf"^{_DATE_LABEL}(?:"
    + "|".join(
        (
            rf"(?:19|20)\d\d[-/.年](?:0?[1-9]|1[0-2])(?:[-/.月](?:0?[1-9]|[12]\d|3[01])日?)?月?{_TIME}",
            r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{6})?",
            r"1[0-9]{9}(?:\.\d+)?|1[0-9]{12}(?:\.0)?",
            rf"(?:0[1-9]|1[0-2])[-/.](?:0[1-9]|[12]\d|3[01]){_TIME}",
            rf"(?:0?[1-9]|1[0-2])月(?:0?[1-9]|[12]\d|3[01])日?{_TIME}",
            rf"\d{{1,2}}[-/.]\d{{1,2}}[-/.](?:19|20)\d\d{_TIME}",
            rf"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?)?(?:\d{{1,2}}(?:st|nd|rd"
            rf"|th)?[- ]?{_MONTH_NAME}[-, ]?|{_MONTH_NAME}\d{{1,2}}(?:st|nd|rd|th)?,?)(?:19"
            rf"|20)\d\d(?:{_TIME}(?:gmt|utc|est|cst)?)?",
            rf"(?:今天|今日|昨天|昨日|前天|刚刚|刚才|today|yesterday|justnow|justposted){_TIME}",
            r"\d{1,3}\+?(?:天|日|周|个?月|小时|分钟|秒|days?|hours?|weeks?|months?|minutes?)(?:以?前|之?内|ago)",
            r"[一二两三半]?(?:天|周|个?月|年)(?:以?前|之?内)|最近[一三]?[天周月]",
            r"[〇○零一二三四五六七八九]{4}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日",
            r"(?:中华)?民国\d{1,3}年\d{1,2}月\d{1,2}日",
            r"1[0-2]\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:0[1-9]|[12]\d|3[01])",
            r"[一二两三四五六七八九十]{1,3}(?:天|周|个月|小时|分钟)以?前",
        )
    )
    + r")(?:发布|更新|刷新|活跃|发表)?$"
)
DATE_PART = "|".join(
    (
        rf"(?:19|20)\d\d[-/.年](?:0?[1-9]|1[0-2])[-/.月](?:0?[1-9]|[12]\d|3[01])日?(?:\s*{_TIME})",
        r"(?:0[1-9]|1[0-2])[-/](?:0[1-9]|[12]\d|3[01])(?:发布|更新)?",
        r"(?:0?[1-9]|1[0-2])月(?:0?[1-9]|[12]\d|3[01])日(?:发布|更新)?",
        r"(?:今天|昨天|前天|刚刚|\d{1,3}\+?(?:天|周|个?月|小时|分钟)(?:以?前|之?内))(?:发布|更新)?",
    )
)
YEARS = (
    rf"(?:\d{{1,2}}(?:\.\d)?(?:年)?(?:{DASH}\d{{1,2}}(?:\.\d)?)?年(?:及?以上|及?以下|以内)?|[一二两三四五六七八九十]{{1,2}}(?:{DASH}[一二两三四五六七八九十]{{1,2}})?年(?:及?以上|及?以下|以内))"
    r"(?:的?(?:相关)?(?:工作)?(?:经验|经历|工作))?(?:及?以上)?"
)
_ENGLISH_YEARS = (
    rf"(?:atleast|minimum|over|morethan|lessthan|under)?\d{{1,2}}\+?(?:{DASH}\d{{1,2}}\+?)?\+?(?:years?|yrs?)'?(?:of)?"
    r"(?:relevant|work|working|related)?(?:experience|exp)?(?:required|preferred|ormore|andabove)?"
)
COUNT = (
    r"(?:招聘?(?:人数)?[:：]?(?:\d{1,4}(?:-\d{1,4})?|若干|多)[人名位个]?"
    r"|(?:\d{1,3}|\d-\d{1,2})[人名位]|若干[人名]?|[人名]?数?若干|数名|多名|多人"
    r"|(?:hires?|openings?|vacanc(?:y|ies)):?\d{1,4}"
    r"|\d{1,4}(?:openings?|vacanc(?:y|ies)|positions?))"
)
SIZE = (
    r"^(?:公司规模|规模)?[:：]?(?:少于|小于|不足|超过|约)?(?:\d{2,6}人?(?:-|~|至|到|–|—)\d{2,7}[人名]?|\d-\d{2,4}人|\d{2,7}人(?:及?以上|及?以下|以内|\+|左右)|[少超].{1,2}\d{2,6}人"
    r"|\d+(?:\.\d+)?万人(?:以上)?|\d{1,6}(?:-\d{1,7}|\+)(?:employees|people|staff))$"
)
URL = (
    r"(?i)^(?:https?:)?//[^\s/?#]+\.\S+$|^www\.[^\s/]+\.\S+$|^javascript:"
    r"|^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|cn|net|org)(?:/\S*)$|^/[a-z0-9_-]+(?:/[a-z0-9_.-]+)+$"
)
EMAIL = r"^[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,}$"
PHONE = (
    r"^(?:电话|手机|tel|phone|联系方式)?[:：]?(?:\+?86-?)?(?:1[3-9]\d{9}|1[3-9]\d-\d{4}-\d{4}"
    r"|\(?0\d{2,3}\)?-?\d{7,8}(?:-\d{1,5})?|400-?\d{3}-?\d{4})$"
)
A_NUMBER = r"^[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?%?$"


@dataclass(frozen=True)
class Shapes:
    """The patterns that word lists make; each for a whole folded cell unless it says otherwise.

    Attributes
    ----------
    education, experience
        Of a whole cell without white space.
    education_part, experience_part
        The same without their ends, to find them inside merged cells.
    """

    education: str
    experience: str
    education_part: str
    experience_part: str
    organisation: str
    organisation_english: str
    job: str
    job_english: str
    chrome: str
    perks: str
    streets: str
    ownership: frozenset[str]
    industries: frozenset[str]


@functools.cache
def shapes() -> Shapes:
    """Build the patterns from the files that ship with the tool."""
    content = read_yaml(shipped(PACKAGE, "shapes.yaml"), read_schema(PACKAGE, "shapes.schema.json"))
    words = load_vocabulary()
    education = _either(word for word in words.education if not _says_nothing(word))
    experience_words = _either(word for word in words.experience if not _says_nothing(word))
    education_part = (
        rf"(?:统招|全日制|学历)?[:：]?(?:{education})(?:学历|学位)?(?:及?以上|以下"
        rf"|优先)?(?:学历|学位)?(?:'s)?(?:degree)?"
    )
    experience_part = rf"(?:{YEARS}|{_ENGLISH_YEARS}|{experience_words})"
    organisations, jobs = content["organisations"], content["jobs"]
    return Shapes(
        education=rf"^(?:{education_part}|学历不限|不限学历)$",
        experience=rf"^(?:(?:工作)?(?:经验|年限)[:：]?)?{experience_part}$",
        education_part=rf"(?:学历不限|不限学历|{education_part})",
        experience_part=experience_part,
        organisation=rf"(?:{_either(organisations['chinese'])})(?:\([^()]{{1,20}}\)|-[^\d-]{{1,10}})?$",
        organisation_english=rf"(?i)[a-z]\S*\s+(?:.*\s)?(?:{_either(organisations['english'])})\.?$",
        job=rf"(?:{_either(jobs['chinese'])})[a-z0-9/+#ivx]*(?:$|[(\[【\-—–/|,，、:：+ 《])",
        job_english=rf"(?i)(?:^|[^a-z])(?:{_either(jobs['english'])})(?:$|[^a-z])",
        chrome=rf"(?i)^(?:{'|'.join(content['chrome'])})$",
        perks=words.perks,
        streets=content["streets"],
        ownership=frozenset(words.ownership) - {"其他", "其它", "银行", "医院"},
        industries=frozenset(_industries()),
    )


def _says_nothing(word: str) -> bool:
    # 不限 alone may be said of education, experience or place.
    return word in {"不限", "无要求", "不要求", "norequirement", "norequirements"}


def _either(words: Iterable[str] | Mapping[str, object]) -> str:
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    return "|".join(re.escape(word) for word in ordered)


def _industries() -> Iterable[str]:
    path = shipped("graphcli.loaders.reference", "industry_map.csv")
    frame = read_csv(path, [Column("industry", required=True)])
    return (fold(name) for name in frame["industry"].to_list())
