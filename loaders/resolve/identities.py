"""Which names are one employer where equal spelling does not say it: judgements, codes, aliases.

Most names touch none of these, and their employer is that of their normalised form. Only the names that a
judgement, an identity code or a spelling without its legal form concerns are joined link by link, together
with everything that the alias table links to them, so the cost grows with those and not with all names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from graphcli.loaders.resolve.aliases import AliasTable
from graphcli.loaders.resolve.joining import JUDGED, Joined, Link, join
from graphcli.loaders.resolve.judgements import Judgement
from graphcli.loaders.resolve.names import NameRules, normalise_name, split_parts
from graphcli.loaders.resolve.notices import without_notice

# How sure a rule is that the name means this employer: judged on the labelled names of the tests.
SCORES = {
    "exact": 1.0,
    JUDGED: 1.0,
    "code": 1.0,
    "normalised": 0.99,
    "branch": 0.98,
    "alias": 0.97,
    "form": 0.96,
    "damage": 0.95,
}
# Judgements before codes, codes before rules: what is followed first is never refused for a later link.
_FIRST, _SECOND = 3.0, 2.0
_LEAST_BRAND = 2
_FULL_FORM = "有限公司"
# 中国建筑上海设计研究院; a shorter one, such as 北京研究院, says only where somebody's institute stands.
_INSTITUTE, _LEAST_INSTITUTE = ("研究院", "设计院", "研究所"), 8
_LICENSED, _LEAST_LICENSED, _STATE = ("银行", "证券", "信托", "人寿", "航空"), 4, "中国"
# 蜜雪冰城: four characters that are no place and no trade.
_WHOLE_BRAND = 4
# A name without its place is clear where its brand is long or it is a group's: 奥克斯集团.
_LONG_BRAND, _GROUP = 3, "集团"
_SURELY, _IF_ALONE = "surely", "if alone"
# 大疆公司 and 中联重科总部 are 大疆 and 中联重科.
_WHOLE, _WHOLE_LENGTH = ("公司", "总部"), 2
# 腾讯科技(深圳), without the form that would tell that the bracket is a part of the name.
_PLACE_BEHIND = re.compile(r"([^()]{2,})\(([^()]{2,})\)")
# Parts of a firm that are no firms; a shop may be a franchise, and an institute a body of its own.
_DIVISIONS = ("事业部", "事业群", "事业本部")
_CENTRES = ("研发中心", "技术中心", "运营中心", "客服中心")
_DEPARTMENTS = (*_DIVISIONS, *_CENTRES, "研发部", "销售部", "项目部", "总部")
# How exchanges mark a share: 万科A, 百济神州-U, 快手-W, *ST华微 (the star is gone by then).
_STOCK_ENDS, _STOCK_RISK = ("a", "b", "-w", "-sw", "-s", "-b", "-u"), "st"
_STOCK_MARK = re.compile("^st(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?:[ab]|-(?:sw|[wsbu]))$")
# What a decoder writes for bytes that it cannot read.
LOST = "\ufffd"
# A Chinese name before or after a Latin one: 海康威视hikvision, 旷视(megvii), megvii|旷视.
_HAN, _LATIN = "[\u4e00-\u9fff].*?", r"[a-z][a-z0-9 .,&+'-]+"
_IN_TWO_LANGUAGES = re.compile(rf"({_HAN})\W*({_LATIN})\W*|({_LATIN}?)\W*({_HAN}[\u4e00-\u9fff])\W*")
_AROUND = " ()/|·-"
# Longer ones are no two names of one firm, and would make the pattern slow.
_LONGEST_IN_TWO = 80


@dataclass(frozen=True)
class Identities:
    """Names to employers, beyond equal spelling.

    Attributes
    ----------
    joined
        The names that a judgement, a code or a missing legal form concerns.
    finer
        Cleaned names that judgements keep apart from their normalised form.
    """

    joined: Joined
    finer: frozenset[str]
    aliases: AliasTable

    def key(self, cleaned: Callable[[], str], normalised: str) -> str:
        """Return the form of a name under which it is joined."""
        if self.finer and (text := cleaned()) in self.finer:
            return text
        return normalised

    def members(self, key: str) -> tuple[str, ...]:
        """Return all forms of names of the employer that a form belongs to."""
        if key in self.joined.members:
            return self.joined.members[key]
        name = self.aliases.canonical.get(key)
        return self.aliases.members[name] if name else (key,)

    def group(self, key: str) -> str:
        """Return the smallest normalised form of the employer that a form belongs to."""
        members = self.members(key)
        return next((name for name in members if name not in self.finer), members[0])

    def method(self, key: str, own: str) -> str:
        """Return by which rule a form other than the employer's ``own`` normalised name is this employer."""
        name = self.aliases.canonical.get(key)
        if name and name == self.aliases.canonical.get(own):
            return "alias"
        return self.joined.methods.get(key) or self.joined.methods.get(own) or "alias"

    def listed(self, key: str) -> str | None:
        """Return the full name by which the alias table knows the employer, if it does."""
        names = {self.aliases.canonical[name] for name in self.members(key) if name in self.aliases.canonical}
        own = [name for name in names if self.aliases.key_of[name] in self.members(key)]
        return min(own, default=None)

    def spellings(self, key: str) -> set[str]:
        """Return the aliases that the alias table writes for the employer."""
        return {spelling for name in self.members(key) for spelling in self.aliases.written.get(name, ())}


def identify(
    normalised: Collection[str],
    aliases: AliasTable,
    rules: NameRules,
    judgements: Iterable[Judgement] = (),
    codes: Mapping[str, str] | None = None,
) -> Identities:
    """Join the names that more than their spelling speaks about.

    Parameters
    ----------
    normalised
        Normalised forms of all names.
    aliases, judgements
        The alias table, and what people decided.
    codes
        Normalised form → unified social credit code.
    """
    judgements = list(judgements)
    codes = codes or {}
    finer = frozenset(
        name for item in judgements for name in item.pair if normalise_name(name, rules) != name
    )
    links = [
        *_judged_links(judgements),
        *(Link(name, normalise_name(name, rules), SCORES["branch"], "branch") for name in sorted(finer)),
        *_code_links(codes),
        *_bilingual_links(normalised, aliases),
        *_spelled_links(normalised, aliases, rules),
        *_form_links(normalised, aliases, rules),
        *_damage_links(normalised, rules),
    ]
    apart = [item.pair for item in judgements if item.verdict == "different"]
    touched = {name for link in links for name in (link.a, link.b)} | {*codes}
    touched |= {name for pair in apart for name in pair}
    concerned = {aliases.canonical[name] for name in touched if name in aliases.canonical}
    links += [
        Link(member, aliases.key_of[name], SCORES["alias"], "alias")
        for name in sorted(concerned)
        for member in aliases.members[name]
        if member != aliases.key_of[name]
    ]
    return Identities(join(links, apart, codes), finer, aliases)


def _judged_links(judgements: Iterable[Judgement]) -> Iterator[Link]:
    return (Link(item.a, item.b, _FIRST, JUDGED) for item in judgements if item.verdict == "same")


def _code_links(codes: Mapping[str, str]) -> Iterator[Link]:
    first: dict[str, str] = {}
    for name in sorted(codes):
        held = first.setdefault(codes[name], name)
        if held != name:
            yield Link(held, name, _SECOND, "code")


def _bilingual_links(normalised: Collection[str], aliases: AliasTable) -> Iterator[Link]:
    """Join a name written in both languages to the employer that each half alone means."""
    for name in normalised:
        if len(name) > _LONGEST_IN_TWO or name in aliases.canonical:
            continue
        if (halves := _IN_TWO_LANGUAGES.fullmatch(name)) is None:
            continue
        meant = {aliases.canonical.get(half.strip(_AROUND)) for half in halves.groups() if half}
        full = meant.pop() if len(meant) == 1 else None
        if full:
            yield Link(name, aliases.key_of[full], SCORES["alias"], "alias")


def _spelled_links(normalised: Collection[str], aliases: AliasTable, rules: NameRules) -> Iterator[Link]:
    """Join 腾讯科技(深圳) by the whole name and 大疆公司 by the brand, where the table knows them."""
    for name in normalised:
        if name in aliases.canonical:
            continue
        spelled = (aliases.canonical.get(text) for text in _spelled_otherwise(name, aliases, rules))
        if meant := next(filter(None, spelled), None):
            yield Link(name, aliases.key_of[meant], SCORES["alias"], "alias")


def _spelled_otherwise(name: str, aliases: AliasTable, rules: NameRules) -> Iterator[str]:
    """Return what a name is without what a board, a stock exchange or a department adds to it."""
    if name.endswith(_WHOLE):
        yield name[:-_WHOLE_LENGTH]
    if name.endswith(")") and (found := _PLACE_BEHIND.fullmatch(name)) and found[2] in rules.places:
        yield found[1] + found[2]
    if name.endswith(_STOCK_ENDS) or name.startswith(_STOCK_RISK):
        yield _STOCK_MARK.sub("", name)
    if name.endswith(rules.notices_behind):
        yield without_notice(name, rules.notices_behind)
    if name.endswith(_DEPARTMENTS):
        head, _, unit = name.partition("-")
        if unit:
            yield head
        elif name.endswith(_DIVISIONS):
            known = (name[:length] for length in range(len(name) - _WHOLE_LENGTH, _WHOLE_BRAND - 1, -1))
            yield next((text for text in known if text in aliases.canonical), "")
        yield from _before_place(name, rules)


def _before_place(name: str, rules: NameRules) -> Iterator[str]:
    """Return whose department stands at a place: 传音控股上海研发中心 is of 传音控股."""
    head = next(name.removesuffix(word) for word in _DEPARTMENTS if name.endswith(word)).rstrip("()")
    for length in range(2, min(rules.longest_place, len(head) - 2) + 1):
        if head[-length:] in rules.places and head[-length:] not in rules.regions:
            yield head[:-length].rstrip("(-·")


def _form_links(normalised: Collection[str], aliases: AliasTable, rules: NameRules) -> Iterator[Link]:
    # One registry does not enter two firms of one place, brand and trade, so 上海X软件 means the one that has
    # the form too. Without a place or a trade the name is too short to say that.
    known = normalised if isinstance(normalised, (set, frozenset)) else set(normalised)
    forms = tuple(rules.legal_forms)
    if_alone: dict[str, str] = {}
    for name in known:
        if name.endswith(forms) or name in aliases.canonical or (means := _means_whole(name, rules)) == "":
            continue
        if (full := normalise_name(name + _FULL_FORM, rules)) not in known:
            continue
        if means == _SURELY:
            yield Link(name, full, SCORES["form"], "form")
        else:
            if_alone[name] = full
    shared = _shared_between_places(known, set(if_alone.values()), rules) if if_alone else set()
    for name, full in sorted(if_alone.items()):
        if full not in shared:
            yield Link(name, full, SCORES["form"], "form")


def _means_whole(name: str, rules: NameRules) -> str:
    """Whether a name without its form means the one with it: surely, if no other place has it, or not."""
    if name.isascii():
        return ""
    if name.endswith(")"):
        found = _PLACE_BEHIND.fullmatch(name)
        return _SURELY if found and found[2] in rules.places else ""
    # An institute that became a company kept its name, and whom the state licenses bears one of its own.
    if name.endswith(_INSTITUTE) and len(name) >= _LEAST_INSTITUTE:
        return _SURELY
    if name.endswith(_LICENSED) and len(name) >= _LEAST_LICENSED and not name.startswith(_STATE):
        return _SURELY
    parts = split_parts(name, rules)
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


def _damage_links(normalised: Collection[str], rules: NameRules) -> Iterator[Link]:
    """Join a name that lost characters to the one name that fits, where its place and brand are whole."""
    damaged = sorted(name for name in normalised if LOST in name)
    whole = [] if not damaged else sorted(name for name in normalised if LOST not in name)
    for name in damaged:
        head, tail = name[: name.index(LOST)], name[name.rindex(LOST) + 1 :]
        size = range(len(head) + len(tail) + 1, len(name) + 1)
        fits = [full for full in whole if full.startswith(head) and full.endswith(tail) and len(full) in size]
        if len(fits) != 1:
            continue
        parts = split_parts(fits[0], rules)
        if len(parts.brand) >= _LEAST_BRAND and len(parts.place + parts.brand) <= len(head):
            yield Link(name, fits[0], SCORES["damage"], "damage")
