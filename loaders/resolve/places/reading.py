"""Reading one place string: its pieces, what each may mean, and which reading fits them all.

The string alone counts. A piece narrows the piece before it or opens a new place; where more than one
city is left, or a name stands for a street or a building, nothing is chosen.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from graphcli.loaders.reference.characters import simplified
from graphcli.loaders.resolve.places import damage as place_damage
from graphcli.loaders.resolve.places import latin as place_latin
from graphcli.loaders.resolve.places.tables import (
    CITY,
    COUNTY,
    PROVINCE,
    Gazetteer,
    Reading,
    Token,
    has_chinese,
)

LIST_MARKS = re.compile(r"([,，、;；/|&+\n\r]|\s(?:and|or|和|或)\s)")
LEVEL_MARKS = re.compile(r"[·•・‧∙.\-—–－_~>→:：()（）\[\]【】「」<>《》\\\s]+")
# Between these a second city of the list kind may follow: 北京-上海, 北京 上海; after a dot it is an area.
BRACKETS = re.compile(r"[()\[\]]|\s[-–]\s")
DOTS = re.compile(r"[·•・‧∙.]")
LABEL = re.compile(
    r"^(?:(?:工作|上班|办公|公司)?(?:地点|地址|城市|地区|区域)[:：\s]*|base\s*[:：在]?\s*|坐标[:：]?|位于)",
    re.I,
)
COUNTRY = re.compile(r"^(?:中国|中华人民共和国)(?=.)(?![东西南北中]?[路街])")
# What may follow a city's name when the two together name something else: 北京路, 南京西路, 吉林大学.
NAMESAKE = re.compile(
    r"湾新区|(?:[东西南北中上下内外大小前后一二三四五六七八九十]{0,2})"
    r"(?:路|街|大道|大街|巷|弄|胡同"
    r"|大厦|广场|大楼|中心|大学|学院|学校|中学|小学|医院|银行|机场|火车|高铁|地铁|体育|公园|商城|商厦"
    r"|会展|酒店|饭店|宾馆|书城|花园|花苑|小区|新村|街道|社区|公司|集团|码头|烤鸭|大众"
    r"|(?:里|道|桥|站|港|湾|门|山|河|江|湖|海|塔|寺|庙|宫|城|园|村|镇|乡|菜)(?:$|[东西南北]?[路街站门外]))"
)
STREETLIKE = re.compile(
    r"(?:路|街|大道|巷|弄|胡同|桥|站|港|湾|大厦|广场|大楼|中心|大学|学院|医院|机场|公园|商城|城|酒店|园区?"
    r"|花园|小区|村|镇|乡|街道|社区|区|地铁口|号|层|座|室|楼)(?:\d+\S*)?$"
)


@dataclass
class Group:
    """One place of the string: the tokens that fit together, and the readings still possible."""

    tokens: list[Token]
    readings: tuple[Reading, ...]
    undecided: tuple[Token, str] | None = None

    def narrow(self, token: Token) -> bool:
        """Take a token in where it fits; say whether it did."""
        fitting = combine(self.readings, token.readings)
        if not fitting:
            return False
        self.tokens.append(token)
        self.readings = _second_of_a_pair(fitting) if token.method == "name" else fitting
        return True


@dataclass
class Found:
    """Everything that one string holds."""

    groups: list[Group] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    words: list[tuple[str, str]] = field(default_factory=list)
    namesakes: list[Token] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


HIDDEN = frozenset({"Cf", "Cc"})
QUOTES = "'\"“”‘’ \t\r\n"
# A place stands at the start of a cell; what follows after so many characters is a text, not a place.
LONGEST_READ = 300
AND = re.compile("^[和及或与]")
AND_OTHERS = re.compile("等(?:地|城市|地区|多地|多个城市)?$")


def clean(text: str) -> str:
    """Fold width and script, drop invisible characters, quotes and labels such as ``工作地点：``."""
    folded = unicodedata.normalize("NFKC", text)
    folded = "".join(
        char for char in folded if unicodedata.category(char) not in {"Cf", "Cc"} or char in "\n\r\t"
    )
    folded = folded[:LONGEST_READ].strip().strip(QUOTES + "[]【】,，、;；/|·-").strip()
    return LABEL.sub("", folded.translate(simplified()).replace(*LOOK_ALIKE)).strip()


# Not the traditional script: a character that looks like the one of cities.
LOOK_ALIKE = ("巿", "市")


def related(first: Reading, second: Reading) -> bool:
    """Whether one of two readings contains the other, or both lie in one city."""
    if first.level == PROVINCE or second.level == PROVINCE:
        return first.province == second.province
    return first.city == second.city


def combine(before: Iterable[Reading], after: Iterable[Reading]) -> tuple[Reading, ...]:
    """Keep the more specific reading of every pair that fits together."""
    kept = {
        later if later.level >= earlier.level else earlier
        for earlier in before
        for later in after
        if related(earlier, later)
    }
    return tuple(sorted(kept))


def _second_of_a_pair(readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    # 吉林吉林: the province, then the city that has its name.
    provinces = {reading.province for reading in readings if reading.level == PROVINCE}
    cities = tuple(item for item in readings if item.level == CITY and item.province in provinces)
    return cities or readings


def read(text: str, gazetteer: Gazetteer) -> Found:
    """Take one cleaned string apart."""
    found = Found()
    parts = LIST_MARKS.split(text)
    for item, mark in zip(parts[::2], ["", *parts[1::2]], strict=True):
        stripped = AND_OTHERS.sub("", item.strip(QUOTES))
        if stripped and not _list_or_path(stripped, mark, gazetteer, found):
            _read_item(stripped, gazetteer, found)
    return found


def _list_or_path(item: str, mark: str, gazetteer: Gazetteer, found: Found) -> bool:
    """Take an item that is a city or province by itself but a district of the place before it as well.

    天津、河北 is a list, 天津·河北 a path; 天津/河北 may be either and stays undecided.
    """
    readings = gazetteer.chinese.get(item, ())
    large = tuple(reading for reading in readings if reading.level != COUNTY)
    if not found.groups or not large:
        return False
    group = found.groups[-1]
    narrowed = combine(group.readings, readings)
    district = bool(narrowed) and all(reading.level == COUNTY for reading in narrowed)
    stepped_down = mark == "/" and _in_a_district(group)
    if not district and not (stepped_down and not narrowed):
        return False
    if mark == "/" and (stepped_down or len(found.groups) == 1):
        group.undecided = (
            Token(item, large, "name"),
            f"{item} may be a place of its own or lie in the one before",
        )
    else:
        found.groups.append(Group([Token(item, large, "name")], large))
    return True


def _read_item(item: str, gazetteer: Gazetteer, found: Found) -> None:
    if _take_word(item, gazetteer, found):
        return
    if not has_chinese(item) and not place_damage.DAMAGE.search(item):
        _read_latin(item, gazetteer, found)
        return
    segments = [segment for segment in LEVEL_MARKS.split(item) if segment]
    dotted = bool(DOTS.search(item))
    start = len(found.groups)
    for position, segment in enumerate(segments):
        if not _take_word(segment, gazetteer, found):
            _read_segment(segment, position, dotted, start, gazetteer, found)


def _read_latin(item: str, gazetteer: Gazetteer, found: Found) -> None:
    for part in BRACKETS.split(item):
        if part.strip() and not _take_word(part.strip(), gazetteer, found):
            _read_latin_part(part, gazetteer, found)


def _read_latin_part(item: str, gazetteer: Gazetteer, found: Found) -> None:
    state = gazetteer.foreign_letters.get(item.strip())
    if state and found.unread and not found.groups:
        # Princeton, NJ: a town too small for the table, but its state tells that it lies abroad.
        found.foreign.append(state)
        return
    spelled = place_latin.read(item, gazetteer)
    found.foreign.extend(spelled.foreign)
    found.namesakes.extend(spelled.namesakes)
    if not spelled.tokens and not spelled.foreign:
        found.unread.append(item)
    for token in spelled.tokens:
        if not (found.groups and found.groups[-1].narrow(token)):
            found.groups.append(Group([token], token.readings))


def _take_word(text: str, gazetteer: Gazetteer, found: Found) -> bool:
    word = gazetteer.words.get(" ".join(text.casefold().split()))
    if word:
        found.words.append(word)
    return word is not None


def _read_segment(
    segment: str, position: int, dotted: bool, start: int, gazetteer: Gazetteer, found: Found
) -> None:
    segment = COUNTRY.sub("", segment)
    group = found.groups[-1] if found.groups else None
    inside_item = len(found.groups) > start
    tokens, rest = glued(segment, gazetteer, group.readings if group else ())
    if group and tokens and group.narrow(tokens[0]):
        _take_all(tokens[1:], group)
        return
    if group and inside_item:
        _after_a_place(segment, position, dotted, group, gazetteer, found)
        return
    if group and _in_a_district(group) and _bare_county(gazetteer.chinese.get(segment, ())):
        # 北京·海淀区 [上地, 清河]: areas of a district, some of which other districts are called after.
        found.unread.append(segment)
        return
    tokens, rest = glued(segment, gazetteer, ())
    if tokens:
        _open_places(tokens, rest, gazetteer, found)
        return
    repaired = place_damage.repair(segment, gazetteer)
    if repaired and group and group.narrow(repaired):
        return
    if repaired:
        found.groups.append(Group([repaired], repaired.readings))
        return
    inner = _damaged_start(segment, gazetteer) or _address_inside(segment, gazetteer)
    if inner:
        _open_places(*inner, gazetteer, found)
        return
    _no_place(segment, gazetteer, found)


def _in_a_district(group: Group) -> bool:
    return len(group.tokens) > 1 and all(reading.level == COUNTY for reading in group.readings)


def _bare_county(readings: Sequence[Reading]) -> bool:
    return bool(readings) and all(reading.level == COUNTY and reading.bare for reading in readings)


def _take_all(tokens: Sequence[Token], group: Group) -> None:
    for token in tokens:
        group.narrow(token)


def _after_a_place(
    segment: str, position: int, dotted: bool, group: Group, gazetteer: Gazetteer, found: Found
) -> None:
    """Read a segment that does not narrow the place before it: a further city, a contradiction or an area."""
    readings = gazetteer.chinese.get(segment, ())
    whole_city = tuple(item for item in readings if item.level == CITY)
    only_city = all(reading.level == CITY for reading in group.readings) and len(group.tokens) <= 2
    if whole_city and only_city and not dotted and segment not in gazetteer.contested:
        found.groups.append(Group([Token(segment, whole_city, "name")], whole_city))
        return
    counties = [item for item in readings if item.level == COUNTY and not item.bare]
    knows = any(gazetteer.counties_of.get(reading.city) for reading in group.readings)
    if position == 1 and counties and knows and segment not in gazetteer.generic:
        group.undecided = _contradicts(Token(segment, readings, "name"))


def _contradicts(token: Token) -> tuple[Token, str]:
    return token, f"{token.text} does not lie in the place named before it"


def _contradiction(rest: str, group: Group, gazetteer: Gazetteer) -> Token | None:
    """Find a district of another city glued to a city that has districts of its own."""
    if not any(gazetteer.counties_of.get(reading.city) for reading in group.readings):
        return None
    for length in range(2, min(gazetteer.longest, len(rest)) + 1):
        text = rest[:length]
        readings = gazetteer.chinese.get(text, ())
        if text not in gazetteer.generic and any(item.level == COUNTY and not item.bare for item in readings):
            return Token(text, readings, "name")
    return None


def _open_places(tokens: list[Token], rest: str, gazetteer: Gazetteer, found: Found) -> None:
    group = Group([tokens[0]], tokens[0].readings)
    found.groups.append(group)
    _take_all(tokens[1:], group)
    lost = place_damage.repair(rest, gazetteer) if place_damage.DAMAGE.search(rest) else None
    if lost and group.narrow(lost):
        return
    contradiction = _contradiction(rest, group, gazetteer)
    group.undecided = _contradicts(contradiction) if contradiction else None
    found.groups.extend(_cities_glued_on(rest, group, gazetteer))


def _cities_glued_on(rest: str, group: Group, gazetteer: Gazetteer) -> list[Group]:
    """Read 北京上海广州 as a list: names of cities glued together, with nothing left over."""
    if not rest or not all(reading.level == CITY for reading in group.readings):
        return []
    rest = AND.sub("", rest)
    for length in range(min(gazetteer.longest, len(rest)), 1, -1):
        name = rest[:length]
        cities = tuple(item for item in gazetteer.chinese.get(name, ()) if item.level == CITY)
        if not cities or name in gazetteer.contested:
            continue
        following = Group([Token(name, cities, "name")], cities)
        behind = _cities_glued_on(rest[length:], following, gazetteer)
        if behind or length == len(rest):
            return [following, *behind]
        districts, after = glued(rest[length:], gazetteer, cities)
        if districts and not after:
            _take_all(districts, following)
            return [following]
    return []


def _damaged_start(segment: str, gazetteer: Gazetteer) -> tuple[list[Token], str] | None:
    """Read a name with a lost character by the district that follows it: ``�明市五华区``."""
    if not place_damage.DAMAGE.search(segment):
        return None
    for length in range(min(len(segment) - 2, gazetteer.longest), 1, -1):
        if not place_damage.DAMAGE.search(segment[:length]):
            break
        start = place_damage.repair(segment[:length], gazetteer)
        tokens, rest = glued(segment[length:], gazetteer, start.readings) if start else ([], "")
        if start and tokens and _is_district(tokens[0]):
            return [start, *tokens], rest
    return None


def _address_inside(segment: str, gazetteer: Gazetteer) -> tuple[list[Token], str] | None:
    """Find a city followed by one of its districts in full, which no street or building is called."""
    for start in range(1, len(segment) - 3):
        tokens, rest = glued(segment[start:], gazetteer, ())
        cities = [token for token in tokens if any(item.level == CITY for item in token.readings)]
        if cities and len(tokens) > 1 and _is_district(tokens[-1]):
            return tokens, rest
    return None


def _is_district(token: Token) -> bool:
    return any(item.level == COUNTY and not item.bare for item in token.readings)


def _no_place(segment: str, gazetteer: Gazetteer, found: Found) -> None:
    abroad = _abroad(segment, gazetteer)
    if abroad:
        found.foreign.append(abroad)
        return
    found.unread.append(segment)
    for length in range(min(len(segment), gazetteer.longest), 1, -1):
        readings = gazetteer.chinese.get(segment[:length])
        if readings and length < len(segment):
            found.namesakes.append(Token(segment[:length], readings, "namesake"))
            return


def _abroad(segment: str, gazetteer: Gazetteer) -> str:
    if segment in gazetteer.foreign:
        return gazetteer.foreign[segment]
    for length in range(min(len(segment) - 1, 9), 1, -1):
        name = gazetteer.foreign.get(segment[:length])
        if name and not NAMESAKE.match(segment[length:]):
            return name
    return ""


def glued(segment: str, gazetteer: Gazetteer, context: Sequence[Reading]) -> tuple[list[Token], str]:
    """Read names that stand at the start of a segment, each inside the one before, and what is left.

    The reading that uses up most characters wins; a name that only starts a street's or a building's name
    is not read.
    """
    best: tuple[int, int, list[Token]] = (0, 0, [])
    stack: list[tuple[int, list[Token], tuple[Reading, ...]]] = [(0, [], tuple(context))]
    while stack:
        position, tokens, readings = stack.pop()
        if tokens and _may_end(tokens, segment[position:], context, gazetteer):
            best = max(best, (position, -len(tokens), tokens), key=lambda item: item[:2])
        if len(tokens) == 4:
            continue
        for token, fitting in _names_at(segment, position, readings, gazetteer):
            stack.append((position + len(token.text), [*tokens, token], fitting))
    return best[2], segment[best[0] :] if best[2] else segment


def _names_at(
    segment: str, position: int, readings: tuple[Reading, ...], gazetteer: Gazetteer
) -> Iterable[tuple[Token, tuple[Reading, ...]]]:
    for length in range(2, min(gazetteer.longest, len(segment) - position) + 1):
        text = segment[position : position + length]
        known = gazetteer.chinese.get(text)
        if known:
            fitting = combine(readings, known) if readings else known
            if fitting:
                yield Token(text, known, "name"), fitting


def _may_end(tokens: list[Token], rest: str, context: Sequence[Reading], gazetteer: Gazetteer) -> bool:
    """Whether what follows the last name leaves it a place and does not make it part of another name."""
    if not rest:
        return True
    last = tokens[-1]
    if not any(reading.bare for reading in last.readings if last.text) or _suffixed(last):
        return True
    if len(rest) == 1 or (NAMESAKE.match(rest) and not _starts_with_city(rest, gazetteer)):
        return False
    if _inside_a_street(last.text, rest, gazetteer):
        return False
    first = len(tokens) == 1 and not context
    if not first:
        return True
    if last.text in gazetteer.weak_starts:
        return False
    if any(reading.level != COUNTY for reading in last.readings):
        return True
    # A district's short name before other words is too often something else (金山软件园).
    return all(int(reading.code[4:]) > 80 and not reading.former for reading in last.readings)


def _inside_a_street(name: str, rest: str, gazetteer: Gazetteer) -> bool:
    """Whether a name only begins a longer one that a street bears: 大兴 in 大兴安岭路."""
    text = name + rest
    return any(
        text[:length] in gazetteer.chinese and NAMESAKE.match(text[length:]) is not None
        for length in range(len(name) + 1, min(gazetteer.longest, len(text)))
    )


def _starts_with_city(rest: str, gazetteer: Gazetteer) -> bool:
    return any(
        reading.level != COUNTY and not reading.former
        for length in range(2, min(len(rest), gazetteer.longest) + 1)
        for reading in gazetteer.chinese.get(rest[:length], ())
    )


def _suffixed(token: Token) -> bool:
    return all(not reading.bare for reading in token.readings)
