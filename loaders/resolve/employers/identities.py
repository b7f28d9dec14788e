"""Which names are one employer where equal spelling does not say it: judgements, codes, aliases.

Most names touch none of these, and their employer is that of their normalised form. Only the names that a
judgement, an identity code or a spelling without its legal form concerns are joined link by link, together
with everything that the alias table links to them, so the cost grows with those and not with all names.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, takewhile

from graphcli.loaders.resolve.employers.aliases import AliasTable
from graphcli.loaders.resolve.employers.joining import JUDGED, Joined, Link, join
from graphcli.loaders.resolve.employers.judgements import Judgement
from graphcli.loaders.resolve.employers.short_names import FORM_SCORE, SHORT_SCORE, short_links
from graphcli.loaders.resolve.names.notices import without_notice
from graphcli.loaders.resolve.names.registered import SIDE_BY_SIDE, NameRules, normalise_name, split_parts

# How sure a rule is that the name means this employer: judged on the labelled names of the tests.
SCORES = {
    "exact": 1.0,
    JUDGED: 1.0,
    "code": 1.0,
    "normalised": 0.99,
    "branch": 0.98,
    "alias": 0.97,
    "form": FORM_SCORE,
    "damage": 0.95,
    "short": SHORT_SCORE,
}
# Judgements before codes, codes before rules: what is followed first is never refused for a later link.
_FIRST, _SECOND = 3.0, 2.0
_LEAST_BRAND = 2
# 蜜雪冰城: four characters that are no place and no trade.
_WHOLE_BRAND = 4
# 大疆公司 and 中联重科总部 are 大疆 and 中联重科.
_GROUP = "集团"
_WHOLE, _WHOLE_LENGTH = ("公司", "总部"), 2
# 腾讯科技(深圳), without the form that would tell that the bracket is a part of the name.
_PLACE_BEHIND = re.compile(r"([^()]{2,})\(([^()]{2,})\)")
# Parts of a firm that are no firms; a shop may be a franchise, and an institute a body of its own.
_DIVISIONS = ("事业部", "事业群", "事业本部")
_CENTRES = ("研发中心", "技术中心", "运营中心", "客服中心")
_INSTITUTES = ("研究院", "研究所")
_DEPARTMENTS = (*_DIVISIONS, *_CENTRES, *_INSTITUTES, "研发部", "销售部", "项目部", "总部", "站")
# 吉利汽车(研究院), 健康160(原就医160): a note of any kind, but no firm or school of its own.
_IN_CHINA, _IN_CHINA_FORM = re.compile(r"([a-z][a-z0-9 &.-]*?)\(?中国\)?(?:有限公司)?"), "中国有限公司"
_NOTED = re.compile(r"([^()]{2,})\(([^()]{2,})\)")
_OWN_BODY = re.compile("(?:公司|集团|大学|学院|学校|医院|银行|中心|基金|[厂店])$")
# How exchanges mark a share: 万科A, 百济神州-U, 快手-W, *ST华微 (the star is gone by then).
_STOCK_ENDS, _STOCK_RISK = ("a", "b", "-w", "-sw", "-s", "-b", "-u"), "st"
_STOCK_MARK = re.compile("^st(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?:[ab]|-(?:sw|[wsbu]))$")
# What a decoder writes for bytes that it cannot read.
LOST = "\ufffd"
# What a board writes for what did not fit.
CUT_OFF = ".."
# A shorter beginning may go on otherwise: 汉询软件(上海)... need not be the firm without a trade behind.
_LEAST_HEAD = 9
_MARKS = frozenset("(|/·-")
_BRAND_AND_NAME = re.compile(r"([^()|/·-]{2,12})[(|/·-]([^()|/·-]{6,40}公司)\)?")
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
        *_two_name_links(normalised, aliases),
        *_spelled_links(normalised, aliases, rules),
        *short_links(normalised, aliases, rules),
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
    if name.endswith(")") and (found := _NOTED.fullmatch(name)) and _is_note(found[2], aliases, rules):
        yield found[1]
    if name.endswith(_GROUP) and _GROUP in aliases.canonical.get(name[:-2], ""):
        yield name[:-2]
    if (
        name[0].isascii()
        and (found := _IN_CHINA.fullmatch(name))
        and (group := aliases.canonical.get(found[1].strip()))
    ):
        yield f"{group.removesuffix(_WHOLE[0])}{_IN_CHINA_FORM}"
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
        heads = [*_before_place(name, rules)]
        if name.endswith(_CENTRES + _INSTITUTES):
            heads.append(name[:-3] if name.endswith(_INSTITUTES) else name[:-4])
            # An institute of the state or of a university is a body of its own, a firm's is a part of it.
            heads = [text for text in heads if _is_firm(aliases.canonical.get(text, ""))]
        yield from heads


def _is_note(text: str, aliases: AliasTable, rules: NameRules) -> bool:
    return not (text in rules.places or text in aliases.canonical or _OWN_BODY.search(text))


def _is_firm(full: str) -> bool:
    core = full.removesuffix("股份有限公司").removesuffix("有限公司")
    return full.endswith("公司") and not SIDE_BY_SIDE.search(core.removesuffix(_GROUP))


def _before_place(name: str, rules: NameRules) -> Iterator[str]:
    """Return whose department stands at a place: 传音控股上海研发中心 is of 传音控股."""
    head = next(name.removesuffix(word) for word in _DEPARTMENTS if name.endswith(word)).rstrip("()")
    for length in range(2, min(rules.longest_place, len(head) - 2) + 1):
        if head[-length:] in rules.places and head[-length:] not in rules.regions:
            yield head[:-length].rstrip("(-·")


def _damage_links(normalised: Collection[str], rules: NameRules) -> Iterator[Link]:
    """Join a name that lost characters to the one name that fits, where its place and brand are whole."""
    damaged = sorted(name for name in normalised if LOST in name or name.endswith(CUT_OFF))
    whole = [] if not damaged else sorted({*normalised}.difference(damaged))
    for name in damaged:
        head = name[: name.index(LOST)] if LOST in name else name.rstrip(".")
        tail = name[name.rindex(LOST) + 1 :] if LOST in name else ""
        size = range(len(head) + len(tail) + 1, (len(name) if LOST in name else _LONGEST_IN_TWO) + 1)
        begun = islice(whole, bisect_left(whole, head), None)
        fits = [
            full
            for full in takewhile(lambda full, head=head: full.startswith(head), begun)  # type: ignore[misc]
            if full.endswith(tail) and len(full) in size
        ]
        if len(fits) != 1 or (LOST not in name and len(head) < _LEAST_HEAD):
            continue
        parts = split_parts(fits[0], rules)
        if len(parts.brand) >= _LEAST_BRAND and len(parts.place + parts.brand) <= len(head):
            yield Link(name, fits[0], SCORES["damage"], "damage")


def _two_name_links(normalised: Collection[str], aliases: AliasTable) -> Iterator[Link]:
    """Join 美团-北京三快在线科技有限公司 where brand and registered name are known to be one employer."""
    for name in normalised:
        # Most names hold no mark, and the pattern is slow.
        if _MARKS.isdisjoint(name) or name in aliases.canonical:
            continue
        if (found := _BRAND_AND_NAME.fullmatch(name)) is None:
            continue
        full = aliases.canonical.get(found[1])
        if full and full == aliases.canonical.get(found[2]):
            yield Link(name, aliases.key_of[full], SCORES["alias"], "alias")
