"""Reading an employer's name: one spelling for every way of writing the same registered name.

Two names share a normalised form only if they differ in things that the register does not tell apart:
width, case, white space, script, brackets, the spelling of the legal form, a branch, a note behind the name.
Place, brand and trade always stay, so 上海X有限公司 and 北京X有限公司 remain two employers.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property

from graphcli.loaders.reference.characters import simplified
from graphcli.loaders.reference.files import Column, read_csv, shipped
from graphcli.loaders.resolve.names.notices import EDGES, only_notices, read_notices, without_notice
from graphcli.loaders.resolve.names.numbered import full_body, with_digits
from graphcli.loaders.resolve.names.schools import without_school

REFERENCE = "graphcli.loaders.reference"
CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff々〇ぁ-ヿ"
_HAS_CJK = re.compile(f"[{CJK}]")
# Such a name has no width, case, white space or mark to fold; most names in Chinese are so.
_PLAIN_CHINESE = re.compile("[\u4e00-\u9fff]+")
_SPACE_BESIDE_CJK = re.compile(rf"(?<=[{CJK}()]) +| +(?=[{CJK}()])")
_BRACKETS = str.maketrans({"【": "(", "〔": "(", "[": "(", "{": "(", "「": "(", "『": "("})
_BRACKETS_END = str.maketrans({"】": ")", "〕": ")", "]": ")", "}": ")", "」": ")", "』": ")"})
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-") | dict.fromkeys("·•・‧∙", "·"))
# Cut off within its form, a name lost nothing else: 北京汉询软件股份有..., 北京汉询软件有限公司...
_FORM_CUT_OFF = re.compile(r"(?:股份(?:有(?:限(?:公司?)?)?)?|有(?:限(?:责任?)?(?:公司?)?)?)\.\.+$")
_DROPPED = re.compile("[\"'`´‘’“”《》〈〉®™©*]")
_PARTNERSHIP = re.compile(r"\((特殊普通合伙|普通合伙|有限合伙|个体工商户|个人独资)\)")
_ORGANISATION_IN_BRACKETS = re.compile(
    "^.{2,}(有限公司|股份公司|集团公司|研究所|研究院|设计院|管理中心|培训考试中心|分公司)$"
)
_ENGLISH_BRANCHES = (" branch", " branch office", " representative office", " rep office")
_HEAD_IN_BRACKETS = re.compile(r"\(([^()]+)\)")
# 大疆创新-深圳市大疆创新科技有限公司: the short name, then the whole.
_SHORT_BEFORE = re.compile("([^-|/·]+?) ?[-|/·] ?")
# 新疆维吾尔自治区, which the register shortens as it does 省 and 市.
_REGION, _REGION_AHEAD = "自治区", re.compile("(内蒙古|..)[\u4e00-\u9fff]{0,3}自治区")
_DASH_WITHIN = re.compile("([\u4e00-\u9fff]{2,})[-·]([\u4e00-\u9fff]{2,})")
# 中国地质大学武汉, which the register writes with a bracket.
_UNIVERSITY_AT = re.compile("([\u4e00-\u9fff]{2,}大学)([\u4e00-\u9fff]{2,4})")
_INSTITUTE = re.compile("研究所|研究院|设计院|科学院|实验室")
# An institute has its seat in brackets behind it: 中国北方发动机研究所(天津).
_NUMBERED_OR_NAMED = re.compile("...研究所$|[0-9〇零一二三四五六七八九十]所$")
# Of these a limited company and a company limited by shares exist side by side.
SIDE_BY_SIDE = re.compile("^(中国|中航|中核|中船|中电科|航天)|集团$")
# China Academy of Space Technology (CAST): the initials of the name say nothing new.
_INITIALS_BEHIND = re.compile(r"(.+?) ?\(([a-z]{3,8})\)")
_SMALL_WORDS = frozenset({"of", "and", "the", "for"})
# Institute of Physics, CAS and Institute of Physics of the Chinese Academy of Sciences.
_CAS = "chinese academy of sciences"
_INSTITUTE_OF_CAS = re.compile(
    rf"(.*\b(?:institutes?|academy|cent(?:er|re)|observator(?:y|ies))\b.*?)(?: of)?(?: the)? (?:cas|{_CAS})"
)
# The register lists neither beside its bank: 中国光大银行总行, 中信银行信用卡中心.
_BANK_PART = re.compile("(.+银行)(总行|信用卡中心|软件开发中心|软件中心)")
# Behind these no word that recruits belongs to the name, as it does in 人才招聘 or 校园招聘中心.
_BODY_ENDS = ("大学", "医院", "研究所", "研究院", "实验室", "银行", "集团")
_REGIONS = frozenset({"华北", "华东", "华南", "华中", "西南", "西北", "东北", "中国"})
_MAXIMUM_PASSES = 8
_SHORTEST_BASE = 3


@dataclass(frozen=True)
class NameRules:
    """The facts that names are read with: legal forms, words for branches, and names of places."""

    legal_forms: Mapping[str, str]
    english_forms: Mapping[str, str]
    branch_after_legal_form: tuple[str, ...]
    branch_after_place: tuple[str, ...]
    places: frozenset[str]
    trades: tuple[str, ...] = ()
    regions: frozenset[str] = frozenset()
    groups: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    notices_before: tuple[str, ...] = ()
    notices_behind: tuple[str, ...] = ()

    @cached_property
    def form_endings(self) -> Mapping[str, tuple[str, ...]]:
        """Last character → the Chinese legal forms that end so, the longest first."""
        found: dict[str, list[str]] = {}
        for form in self.legal_forms:
            found.setdefault(form[-1], []).append(form)
        return {end: tuple(forms) for end, forms in found.items()}

    @cached_property
    def place_lengths(self) -> Mapping[str, tuple[int, ...]]:
        """First two characters of a place → how long the places are that begin so, the longest first."""
        lengths: dict[str, set[int]] = {}
        for place in self.places:
            lengths.setdefault(place[:2], set()).add(len(place))
        return {head: tuple(sorted(found, reverse=True)) for head, found in lengths.items()}

    @cached_property
    def longest_place(self) -> int:
        """Number of characters of the longest place name."""
        return max((len(place) for place in self.places), default=0)


@dataclass(frozen=True, slots=True)
class ParsedName:
    """A name taken apart.

    Attributes
    ----------
    normalised
        The form that is compared; two raw names with the same one are one employer.
    legal_form, branch
        As written in the raw name, empty where there is none.
    notes
        What stood in brackets or in Latin letters behind the name.
    """

    normalised: str
    legal_form: str = ""
    branch: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class NameParts:
    """Place, brand and trade of a normalised name; their concatenation with the legal form is the name."""

    place: str
    brand: str
    trade: str
    legal_form: str


@cache
def shipped_rules() -> NameRules:
    """Read the rules that ship with the package.

    Raises
    ------
    DataContractError
        A reference file breaks its contract.
    """
    sourced = (Column("source", required=True), Column("as_of", required=True))
    forms = read_csv(
        shipped(REFERENCE, "legal_forms.csv"),
        [
            Column("form", required=True, unique=True),
            Column("folds_to", required=True),
            Column("script", required=True, choices=("zh", "en")),
            *sourced,
        ],
    )
    branches = read_csv(
        shipped(REFERENCE, "employer_branches.csv"),
        [
            Column("suffix", required=True, unique=True),
            Column("after", required=True, choices=("legal form", "legal form or place")),
            *sourced,
        ],
    )
    by_script: dict[str, dict[str, str]] = {"zh": {}, "en": {}}
    for form, folded, script in forms.select("form", "folds_to", "script").iter_rows():
        by_script[script][form] = folded
    suffixes = branches.select("suffix", "after").rows()
    return NameRules(
        legal_forms=_longest_first(by_script["zh"]),
        english_forms=_longest_first(by_script["en"]),
        branch_after_legal_form=tuple(sorted(suffix for suffix, _ in suffixes)),
        branch_after_place=tuple(sorted(suffix for suffix, after in suffixes if "place" in after)),
        places=_place_names(),
        trades=_trades(),
        regions=_REGIONS,
        groups=_groups(),
        notices_before=read_notices("before"),
        notices_behind=read_notices("behind"),
    )


def clean(raw: str) -> str:
    """Fold width, case, brackets, dashes, white space and the traditional script of a raw name.

    Examples
    --------
    >>> clean(" 中讯志远（武汉） 科技有限公司 ")
    '中讯志远(武汉)科技有限公司'
    """
    text = raw
    for _ in range(_MAXIMUM_PASSES):
        folded = _clean_once(text)
        if folded == text:
            break
        text = folded
    return text


def parse_name(raw: str, rules: NameRules) -> ParsedName:
    """Take a raw name apart and build its normalised form.

    The normalised form is a fixed point: normalising it again gives it back.

    Examples
    --------
    >>> parse_name("华为技术有限公司北京分公司", shipped_rules()).normalised
    '华为技术有限公司'
    """
    parsed = ParsedName(clean(raw))
    seen: set[str] = set()
    while parsed.normalised not in seen and len(seen) < _MAXIMUM_PASSES:
        before = parsed.normalised
        seen.add(before)
        parsed = _parse_once(parsed, rules)
        if parsed.normalised == before:
            break
        parsed = _with(parsed, clean)
    return parsed


def normalise_name(raw: str, rules: NameRules) -> str:
    """Return only the normalised form of a raw name."""
    return parse_name(raw, rules).normalised


def split_parts(normalised: str, rules: NameRules) -> NameParts:
    """Split a normalised name into place, brand, trade and legal form.

    Examples
    --------
    >>> split_parts("上海汉询软件有限公司", shipped_rules())
    NameParts(place='上海', brand='汉询', trade='软件', legal_form='有限公司')
    """
    forms = rules.form_endings.get(normalised[-1:], ())
    form = next((form for form in forms if normalised.endswith(form)), "")
    core = normalised[: len(normalised) - len(form)]
    place = leading_place(core, rules)
    rest = core[len(place) :]
    trade = ""
    while rest.endswith(rules.trades) and (
        word := next((word for word in rules.trades if rest.endswith(word) and len(rest) > len(word)), "")
    ):
        trade, rest = word + trade, rest[: -len(word)]
    return NameParts(place, rest, trade, form)


def compared_parts(normalised: str, rules: NameRules) -> NameParts:
    """Split a normalised name as ``split_parts`` does, with its place also where it stands behind the brand.

    Examples
    --------
    >>> compared_parts("汉询软件上海有限公司", shipped_rules())
    NameParts(place='上海', brand='汉询', trade='软件', legal_form='有限公司')
    """
    parts = split_parts(normalised, rules)
    place = "" if parts.place else _trailing_place(parts.brand, rules)
    if place:
        rest = parts.brand[: -len(place)] + parts.trade + parts.legal_form
        parts = replace(split_parts(rest, rules), place=place)
    return replace(parts, place=parts.place.removesuffix("市").removesuffix("省"))


def _clean_once(raw: str) -> str:
    if _PLAIN_CHINESE.fullmatch(raw):
        return raw if _traditional().isdisjoint(raw) else raw.translate(simplified())
    text = html.unescape(raw).translate(_BRACKETS).translate(_BRACKETS_END)
    text = _DROPPED.sub("", text)
    text = unicodedata.normalize("NFKC", text).casefold().translate(_DASHES).translate(simplified())
    # Most names hold nothing hidden, and to look at each character takes longest of all.
    if not text.isprintable():
        text = "".join(
            " " if unicodedata.category(char) in {"Cc", "Zl", "Zp", "Zs"} else char
            for char in text
            if unicodedata.category(char) not in {"Cf", "Cs", "Co"}
        )
    text = _SPACE_BESIDE_CJK.sub("", " ".join(text.split())).replace("()", "")
    if text.startswith("(") and text.endswith(")") and _opening(text) == 0:
        text = text[1:-1]
    # A name cut off by dots must not become equal to the whole name that it begins like.
    if text.endswith(".."):
        return _FORM_CUT_OFF.sub("有限公司", text.strip(EDGES))
    return text.strip(EDGES + ".")


def _parse_once(parsed: ParsedName, rules: NameRules) -> ParsedName:
    if not _HAS_CJK.search(parsed.normalised):
        return _parse_latin(parsed, rules)
    parsed = _fold_partnership(parsed)
    parsed = _strip_before(parsed, rules)
    parsed = _strip_bracket_notes(parsed, rules)
    parsed = _strip_latin_head(_with(parsed, _written_plainly), rules)
    parsed = _strip_notice_behind(_strip_after_legal_form(parsed, rules), rules)
    parsed = _strip_branch_after_place(parsed, rules)
    if (head := without_school(parsed.normalised)) != parsed.normalised:
        parsed = replace(parsed, normalised=head, branch=parsed.branch or parsed.normalised[len(head) :])
    if found := _BANK_PART.fullmatch(parsed.normalised):
        parsed = replace(parsed, normalised=found[1], branch=parsed.branch or found[2])
    parsed = _strip_place_suffix(parsed, rules)
    return _fold_legal_form(parsed, rules)


@cache
def _traditional() -> frozenset[str]:
    return frozenset(map(chr, simplified()))


def _with(parsed: ParsedName, change: Callable[[str], str]) -> ParsedName:
    text = change(parsed.normalised)
    return parsed if text == parsed.normalised else replace(parsed, normalised=text)


def _written_plainly(text: str) -> str:
    text = _drop_inner_brackets(text)
    return with_digits(text) if "第" in text else text


def _parse_latin(parsed: ParsedName, rules: NameRules) -> ParsedName:
    parsed = _with(parsed, _without_initials)
    text = parsed.normalised if parsed.normalised.isascii() else _without_accents(parsed.normalised)
    text = re.sub("[.,]", " ", text.replace("&", " & "))
    text = " ".join(re.sub(r"[()/_-]", " ", text).split()).replace(" and ", " & ")
    # The University of Hong Kong; an article alone is no name.
    text = text.removeprefix("the ")
    text = f"{text}oratory" if text.endswith(" lab") else text
    if "univ" in text:
        text = re.sub(r"\buniv\b", "university", text)
    if text.endswith((" cas", _CAS)) and (found := _INSTITUTE_OF_CAS.fullmatch(text)):
        text = f"{found[1]} {_CAS}"
    parsed, text = _strip_english_branch(parsed, text, rules)
    for form, folded in rules.english_forms.items():
        if text.endswith(" " + form):
            legal = parsed.legal_form or form
            return replace(parsed, normalised=f"{text[: -len(form)].rstrip()} {folded}", legal_form=legal)
    return replace(parsed, normalised=text or parsed.normalised)


def _without_initials(text: str) -> str:
    found = _INITIALS_BEHIND.fullmatch(text) if text.endswith(")") else None
    words = re.findall("[a-z]+", found[1]) if found else []
    own = "".join(word[0] for word in words if word not in _SMALL_WORDS)
    return found[1] if found and found[2] in (own, "".join(word[0] for word in words)) else text


def _without_accents(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    # Only where nothing but accents stood in the way: other scripts are names of their own.
    return plain if plain.isascii() else text


def _strip_english_branch(parsed: ParsedName, text: str, rules: NameRules) -> tuple[ParsedName, str]:
    if not text.endswith(_ENGLISH_BRANCHES):
        return parsed, text
    for form in rules.english_forms:
        head, found, branch = text.rpartition(f" {form} ")
        if found and head:
            return replace(parsed, branch=parsed.branch or branch), f"{head} {form}"
    return parsed, text


def _fold_partnership(parsed: ParsedName) -> ParsedName:
    found = _PARTNERSHIP.search(parsed.normalised)
    if not found or found.start() == 0:
        return parsed
    text = _PARTNERSHIP.sub("", parsed.normalised)
    return replace(parsed, normalised=text, legal_form=parsed.legal_form or found[1])


def _strip_before(parsed: ParsedName, rules: NameRules) -> ParsedName:
    """Take off what recruits in front of a whole name, and its short name in brackets there."""
    text = parsed.normalised
    found = _HEAD_IN_BRACKETS.match(text) or _SHORT_BEFORE.match(text)
    if not found and not text.startswith(rules.notices_before):
        return parsed
    note = found[1] if found else next((word for word in rules.notices_before if text.startswith(word)), "")
    rest = text[found.end() :] if found else text[len(note) :].lstrip(EDGES)
    repeats = found and len(note) > 1 and note in rest
    recruits = repeats or only_notices(note, rules.notices_before)
    form = _legal_form_at_end(rest, rules)
    # 急聘科技有限公司 would lose its brand.
    if not note or not recruits or not form or rest.removesuffix(form) in rules.trades:
        return parsed
    return replace(parsed, normalised=rest, notes=(*parsed.notes, note))


def _strip_bracket_notes(parsed: ParsedName, rules: NameRules) -> ParsedName:
    while parsed.normalised.endswith(")"):
        start = _opening(parsed.normalised)
        head, note = parsed.normalised[:start].rstrip(" -"), parsed.normalised[start + 1 : -1]
        ends_whole = _legal_form_at_end(head, rules) or head.endswith(rules.branch_after_place)
        names_itself = len(head) > _SHORTEST_BASE and _ORGANISATION_IN_BRACKETS.search(note)
        recruits = len(head) >= _SHORTEST_BASE and only_notices(note, rules.notices_behind)
        at_place = note in rules.places and note not in rules.regions
        ends_whole = ends_whole or bool(at_place and _NUMBERED_OR_NAMED.search(head))
        if start > 0 and not ends_whole and head in note and _legal_form_at_end(note, rules):
            return replace(parsed, normalised=note, notes=(*parsed.notes, head))
        if start <= 0 or not (ends_whole or names_itself or recruits):
            break
        parsed = replace(parsed, normalised=head, notes=(*parsed.notes, note))
    return parsed


def _strip_latin_head(parsed: ParsedName, rules: NameRules) -> ParsedName:
    text = parsed.normalised
    found = _HAS_CJK.search(text)
    if not found or found.start() == 0:
        return parsed
    head, rest = text[: found.start()], text[found.start() :]
    latin = _parse_latin(ParsedName(head.strip()), rules)
    if not latin.legal_form or not _legal_form_at_end(rest, rules):
        return parsed
    return replace(parsed, normalised=rest, notes=(*parsed.notes, latin.normalised))


def _strip_after_legal_form(parsed: ParsedName, rules: NameRules) -> ParsedName:
    text = parsed.normalised
    if _legal_form_at_end(text, rules) and not text.endswith(rules.branch_after_legal_form):
        return parsed
    end = max(text.rfind(form) + len(form) if form in text else 0 for form in _whole_forms(rules))
    head, rest = text[:end], text[end:].strip(" -·_:,/|")
    # An institute below a group is a body of its own: 中国船舶集团有限公司第七一五研究所 is not the group.
    if end == 0 or rest in ("", ")") or len(head) <= _SHORTEST_BASE + 1:
        return parsed
    if _INSTITUTE.search(rest):
        return replace(parsed, normalised=head, branch=rest) if _is_unit(head, rest, rules) else parsed
    if rest.endswith(rules.branch_after_legal_form):
        return replace(parsed, normalised=head, branch=parsed.branch or rest)
    if rest in rules.places and rest not in rules.regions:
        return replace(parsed, normalised=head, branch=parsed.branch or rest)
    short_name = text[end] in "/|" and rest in head
    if not _HAS_CJK.search(rest) or short_name or only_notices(rest, rules.notices_behind):
        return replace(parsed, normalised=head, notes=(*parsed.notes, rest))
    return parsed


def _is_unit(head: str, rest: str, rules: NameRules) -> bool:
    """Whether a firm's institute bears only its place: 华为技术有限公司杭州研究所."""
    place = _INSTITUTE.sub("", rest, count=1)
    named = place in rules.places and place not in rules.regions and rest.startswith(place)
    return named and not SIDE_BY_SIDE.search(head.removesuffix(_legal_form_at_end(head, rules)))


def _strip_notice_behind(parsed: ParsedName, rules: NameRules) -> ParsedName:
    """Take off what recruits behind a body that has no legal form: 四川大学华西医院招聘."""
    text = parsed.normalised
    if not text.endswith(rules.notices_behind):
        return parsed
    head = without_notice(text, rules.notices_behind)
    if len(head) <= _SHORTEST_BASE or not head.endswith(_BODY_ENDS):
        return parsed
    return replace(parsed, normalised=head, notes=(*parsed.notes, text[len(head) :]))


def _strip_branch_after_place(parsed: ParsedName, rules: NameRules) -> ParsedName:
    text = parsed.normalised
    if not text.endswith(rules.branch_after_place):
        return parsed
    suffix = next((suffix for suffix in rules.branch_after_place if text.endswith(suffix)), "")
    whole = any(form in text for form in _whole_forms(rules)) and not _INSTITUTE.search(text)
    if not suffix or whole:
        return parsed
    base = text[: -len(suffix)]
    while place := _trailing_place(base, rules):
        base = base[: -len(place)].rstrip("-·")
    # A place alone is nobody: 北京海淀分公司 names a branch, not whose.
    if base == text[: -len(suffix)] or base in rules.places:
        return parsed
    return replace(parsed, normalised=base, branch=parsed.branch or text[len(base) :].strip("-·"))


def _strip_place_suffix(parsed: ParsedName, rules: NameRules) -> ParsedName:
    text = parsed.normalised
    if not _legal_form_at_end(text, rules):
        return parsed
    for length in (3, 4, 5):
        head = text[:length]
        # 吉林 is a province and a city of it: without 省 or 市 the two would fall together.
        if head[-1:] in {"市", "省"} and head in rules.places and not head.startswith("吉林"):
            return replace(parsed, normalised=text[: length - 1] + text[length:])
    if _REGION in text and (found := _REGION_AHEAD.match(text)) and found[0] in rules.places:
        return replace(parsed, normalised=found[1] + text[found.end() :])
    return parsed


def _fold_legal_form(parsed: ParsedName, rules: NameRules) -> ParsedName:
    text = parsed.normalised
    form = _legal_form_at_end(text, rules)
    if form:
        core, folded = _joined(text[: -len(form)], rules), rules.legal_forms[form]
        # 东风汽车集团有限公司 and 东风汽车集团股份有限公司 exist side by side, as with many state groups.
        if form.startswith("股份") and SIDE_BY_SIDE.search(core):
            folded = "股份有限公司"
        # Made anew instead of by replace, which takes five times as long: every name with a form comes here.
        return ParsedName(core + folded, parsed.legal_form or form, parsed.branch, parsed.notes)
    body = full_body(text.replace("集团公司第", "集团有限公司第"), rules.groups)
    if (found := _UNIVERSITY_AT.fullmatch(body)) and found[2] in rules.places - rules.regions:
        body = f"{found[1]}({found[2]})"
    return parsed if body == text else replace(parsed, normalised=body)


def _joined(core: str, rules: NameRules) -> str:
    """Leave out the dash within a brand: 一汽-大众 and 一汽大众. Before a place another name may begin."""
    if "-" not in core and "·" not in core:
        return core
    found = _DASH_WITHIN.fullmatch(core)
    if not found or leading_place(found[2], rules):
        return core
    return found[1] + found[2]


def _drop_inner_brackets(text: str) -> str:
    # 中国地质大学(武汉) and (北京) are two universities: a bracket at the end stays.
    if text.endswith(")"):
        start = _opening(text)
        return text if start <= 0 else _drop_inner_brackets(text[:start]) + text[start:]
    return text.replace("(", "").replace(")", "")


def _opening(text: str) -> int:
    depth = 0
    for position in range(len(text) - 1, -1, -1):
        depth += (text[position] == ")") - (text[position] == "(")
        if depth == 0:
            return position
    return -1


def _legal_form_at_end(text: str, rules: NameRules) -> str:
    forms = rules.form_endings.get(text[-1:], ())
    return next((form for form in forms if text.endswith(form) and len(text) > len(form) + 1), "")


def _whole_forms(rules: NameRules) -> list[str]:
    # A bare 公司 also ends 分公司 and 子公司, so it never marks the end of a whole name.
    return [form for form in rules.legal_forms if form != "公司"]


def leading_place(core: str, rules: NameRules) -> str:
    """Return the place that a name begins with, as it is written; empty where nothing else would be left."""
    for length in rules.place_lengths.get(core[:2], ()):
        if 1 < length < len(core) and core[:length] in rules.places:
            return core[:length]
    return ""


def _trailing_place(core: str, rules: NameRules) -> str:
    for length in range(min(rules.longest_place, len(core) - _SHORTEST_BASE), 1, -1):
        if core[-length:] in rules.places:
            return core[-length:]
    return ""


def _longest_first(forms: Mapping[str, str]) -> dict[str, str]:
    return dict(sorted(forms.items(), key=lambda item: (-len(item[0]), item[0])))


def _place_names() -> frozenset[str]:
    frame = read_csv(
        shipped(REFERENCE, "places.csv"), [Column("name", required=True), Column("short", required=True)]
    )
    return frozenset({*frame["name"].to_list(), *frame["short"].to_list(), *_REGIONS})


def _groups() -> dict[str, tuple[str, str]]:
    rows = read_csv(
        shipped(REFERENCE, "employer_groups.csv"),
        [
            Column("spelling", required=True, unique=True),
            Column("group", required=True),
            Column("numbers"),
            Column("source", required=True),
            Column("as_of", required=True),
        ],
    )
    columns = rows.select("spelling", "group", "numbers").iter_rows()
    return {spelling: (group, numbers or "") for spelling, group, numbers in columns}


def _trades() -> tuple[str, ...]:
    words = read_csv(
        shipped(REFERENCE, "employer_trades.csv"),
        [Column("word", required=True, unique=True), Column("source", required=True)],
    )
    return tuple(sorted(words["word"].to_list(), key=lambda word: (-len(word), word)))
