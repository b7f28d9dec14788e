"""Names without their legal form: which registered name they are short for.

Boards show 汉询澜石 or 汉询软件 where others show the registered name. Such a name is joined only where
the registry could not have entered another firm under it, or where no other known firm bears its brand:
of the short names that a board shows beside the registered one, the second rule finds a quarter, and one in
250 of what it finds is another firm.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from graphcli.loaders.resolve.employers.aliases import AliasTable
from graphcli.loaders.resolve.employers.joining import Link
from graphcli.loaders.resolve.names.registered import (
    NameParts,
    NameRules,
    compared_parts,
    leading_place,
    normalise_name,
    split_parts,
)

# How sure the rules are, judged on the labelled names of the tests.
FORM_SCORE, SHORT_SCORE = 0.96, 0.92
_FULL_FORM = "有限公司"
# 中国建筑上海设计研究院; a shorter one, such as 北京研究院, says only where somebody's institute stands.
_INSTITUTE, _LEAST_INSTITUTE = ("研究院", "设计院", "研究所"), 8
_LICENSED, _LEAST_LICENSED, _STATE = ("银行", "证券", "信托", "人寿", "航空"), 4, "中国"
_LEAST_BRAND = 2
# 蜜雪冰城: four characters that are no place and no trade.
_WHOLE_BRAND = 4
# A name without its place is clear where its brand is long or it is a group's: 奥克斯集团.
_LONG_BRAND, _GROUP = 3, "集团"
_SURELY, _IF_ALONE = "surely", "if alone"
# 腾讯科技(深圳), without the form that would tell that the bracket is a part of the name.
_PLACE_BEHIND = re.compile(r"([^()]{2,})\(([^()]{2,})\)")
_MOST = 14
# A bare 公司 is no registered form, and with these before it a part of a firm.
_COMPANY, _PARTS = "公司", ("分", "总", "子", "集团")
_HAN = re.compile("[\u4e00-\u9fff]+")
# What ends so is a body of its own, or a part of somebody: 汉询学院 is not 汉询学院后勤有限公司.
_BODIES = re.compile(
    "(?:大学|学院|学校|中学|小学|幼儿园|研究[所院]|设计院|科学院|实验室|医院|银行|中心|协会|学会|商会|基金会|"
    "[局厅处委部队所厂店站行]|委员会|政府|合作社|公司|总部|分行|支行)$"
)
# A technical firm calls itself by a word of its trade, as 绿湾科技 for 绿湾网络科技, or by its games.
_GAMES = "游戏"
_TECHNICAL = frozenset(
    {
        "科技", "网络", "网络科技", "网络技术", "信息技术", "信息科技", "信息服务", "数据科技", "智能科技",
        "软件科技", "软件技术", "科技发展",
    }
)  # fmt: skip
_OF_GAMES = _TECHNICAL | {"软件", "互动娱乐"}
# 光汇石油 sells oil, and a firm of its brand that sells in the net, guards houses or hires is another.
_INDUSTRIES = (
    "石油", "钢铁", "地产", "置业", "汽车", "航空", "医药", "制药", "药业", "食品", "化工", "能源", "电力",
    "矿业", "煤炭", "水泥", "乳业", "酒业", "酒店", "百货", "超市",
)  # fmt: skip
_ARMS = ("电子商务", "物业", "物业管理", "物业服务", "人力资源", "融资租赁", "供应链", "供应链管理", "后勤")
# 驰骛科技ChiefClouds: the Latin name beside the Chinese one is the same firm's.
_LATIN_BESIDE = re.compile(
    r"([\u4e00-\u9fff]{3,})[ |/-]?[a-z][a-z .&+'-]+|[a-z][a-z .&+'-]+?[ |/-]?([\u4e00-\u9fff]{3,})"
)


@dataclass(frozen=True)
class _Short:
    name: str
    parts: NameParts


def short_links(normalised: Collection[str], aliases: AliasTable, rules: NameRules) -> Iterator[Link]:
    """Join names without a form to the registered names that they are short for.

    Parameters
    ----------
    normalised
        Normalised forms of all names.
    """
    known = normalised if isinstance(normalised, (set, frozenset)) else set(normalised)
    forms = _whole_forms(rules)
    if_alone: dict[str, str] = {}
    shorts: list[_Short] = []
    for name in sorted(name for name in known if not name.endswith(forms)):
        if name in aliases.canonical or name.isascii():
            continue
        # 易车公司 says no more than 易车.
        if name.endswith(_COMPANY):
            text = name.removesuffix(_COMPANY)
            if not text.endswith(_PARTS):
                shorts += _short(name, text, aliases, rules)
            continue
        parts = split_parts(name, rules)
        means = _means_whole(name, parts, rules)
        full = normalise_name(name + _FULL_FORM, rules) if means else ""
        if full not in known:
            shorts += _short(name, name, aliases, rules, parts)
        elif means == _SURELY:
            yield Link(name, full, FORM_SCORE, "form")
        else:
            if_alone[name] = full
    shared = _shared_between_places(known, set(if_alone.values()), rules) if if_alone else set()
    for name, full in sorted(if_alone.items()):
        if full not in shared:
            yield Link(name, full, FORM_SCORE, "form")
    yield from _brand_links(shorts, known, aliases, rules)


def _whole_forms(rules: NameRules) -> tuple[str, ...]:
    return tuple(form for form in rules.legal_forms if form != _COMPANY)


def _means_whole(name: str, parts: NameParts, rules: NameRules) -> str:
    """Whether a name without its form means the one with it: surely, if no other place has it, or not.

    One registry does not enter two firms of one place, brand and trade, so 上海X软件 means the one that has
    the form too. Without a place or a trade the name is too short to say that.
    """
    if name.endswith(")"):
        found = _PLACE_BEHIND.fullmatch(name)
        return _SURELY if found and found[2] in rules.places else ""
    # An institute that became a company kept its name, and whom the state licenses bears one of its own.
    if name.endswith(_INSTITUTE) and len(name) >= _LEAST_INSTITUTE:
        return _SURELY
    if name.endswith(_LICENSED) and len(name) >= _LEAST_LICENSED and not name.startswith(_STATE):
        return _SURELY
    if parts.place in rules.regions or len(parts.brand) < _LEAST_BRAND:
        return ""
    if parts.place:
        return _SURELY if parts.trade else ""
    long = len(parts.brand) >= (_LONG_BRAND if parts.trade else _WHOLE_BRAND)
    return _IF_ALONE if long or parts.trade == _GROUP else ""


def _shared_between_places(known: Collection[str], fulls: Collection[str], rules: NameRules) -> set[str]:
    """Return which full names another firm bears behind its place: without it they are short for any."""
    lengths = range(2, rules.longest_place + 1)
    return {
        name[length:]
        for name in known
        for length in lengths
        if name[length:] in fulls and name[:length] in rules.places
    }


def _short(
    name: str, text: str, aliases: AliasTable, rules: NameRules, parts: NameParts | None = None
) -> list[_Short]:
    """Return the brand that a registered name may hold: long, or with a place or a trade."""
    if (beside := _LATIN_BESIDE.fullmatch(text)) is not None:
        # 蓝色光标SNK is a part of 蓝色光标 and may be a firm.
        text, parts = beside[1] or beside[2], None
        if text in aliases.canonical:
            return []
    parts = parts or split_parts(text, rules)
    if len(text) > _MOST or not _HAN.fullmatch(text) or text.startswith(_STATE) or _BODIES.search(text):
        return []
    if parts.place in rules.regions or parts.brand in rules.places or "某" in text:
        return []
    if parts.place and parts.trade:
        return []
    two = bool(parts.place or parts.trade) and parts.trade != _GROUP
    wanted = len(parts.brand) >= _LONG_BRAND or (len(parts.brand) == _LEAST_BRAND and two)
    return [_Short(name, parts)] if wanted else []


def _brand_links(
    shorts: list[_Short], known: Collection[str], aliases: AliasTable, rules: NameRules
) -> Iterator[Link]:
    """Join a brand to the only registered name that bears it, where place and trade do not gainsay it."""
    bearers = _bearers({short.parts.brand for short in shorts}, known, aliases, rules)
    for short in shorts:
        employers = bearers.get(short.parts.brand, {})
        if len(employers) != 1:
            continue
        names = next(iter(employers.values()))
        fits = [full for full, parts in sorted(names.items()) if _agree(short.parts, parts)]
        if fits:
            yield Link(short.name, fits[0], SHORT_SCORE, "short")


def _agree(short: NameParts, full: NameParts) -> bool:
    """Whether a full name has the brand of a short one, and neither another place nor another trade."""
    if not full.legal_form or short.brand != full.brand or short.place not in ("", full.place):
        return False
    if (short.brand + short.trade).endswith(_INDUSTRIES) and full.trade.endswith(_ARMS):
        return False
    # A brand of two characters is told apart by its trade: 星魄科技 need not be 星魄新能源科技.
    long = len(short.brand) >= _LONG_BRAND
    if full.trade.startswith(short.trade) or (long and full.trade.endswith(short.trade)):
        return True
    if short.trade == _GAMES:
        return full.trade in _OF_GAMES
    return short.trade in full.trade and full.trade in _TECHNICAL


def _bearers(
    brands: Collection[str], known: Iterable[str], aliases: AliasTable, rules: NameRules
) -> Mapping[str, Mapping[str, Mapping[str, NameParts]]]:
    """Return brand → employer → its names that bear the brand.

    Of brands of two characters whatever begins with them bears them too: 广通软件 may be 广通信达软件.
    """
    lengths = sorted({len(brand) for brand in brands})
    found: dict[str, dict[str, dict[str, NameParts]]] = defaultdict(lambda: defaultdict(dict))
    forms = _whole_forms(rules)
    for name in [*known, *aliases.canonical] if brands else ():
        if not name.endswith(forms) and name not in aliases.canonical:
            continue
        core = name[len(leading_place(name, rules)) :]
        met = [core[:length] for length in lengths if core[:length] in brands]
        parts = compared_parts(name, rules) if met else None
        for brand in met:
            if parts and (parts.brand == brand or len(brand) == _LEAST_BRAND):
                found[brand][aliases.canonical.get(name, name)][name] = parts
    return found
