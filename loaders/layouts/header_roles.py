"""What the header of a column says it holds: by its words, and by whom or what it speaks of."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence

import polars as pl

from graphcli.loaders.layouts.layout import LISTS, PACKAGE, ROLES
from graphcli.loaders.layouts.pay_columns import (
    AVERAGE,
    COUNTED_IN,
    PAY_ENDS,
    UNIT_IN_HEADER,
    with_brackets,
)
from graphcli.loaders.layouts.place_columns import LEVELS
from graphcli.loaders.layouts.votes import CONTENT
from graphcli.loaders.reader.cells.lines import line_name
from graphcli.loaders.reader.header_words import fold_name, header_words
from graphcli.loaders.reference.files import Column, read_csv, shipped
from graphcli.workspace.errors import DataContractError

# Role of header words for columns about other things.
OTHER = "other"
# Role of header words for what people who look for work say of themselves.
SEEKER = "seeker"
# Role of header words for how many postings there are of a kind, or what share of all they are.
STATISTIC = "statistic"
WORD_ROLES = (*ROLES, *LISTS, *PAY_ENDS, AVERAGE, *COUNTED_IN, *LEVELS, OTHER, SEEKER, STATISTIC)
FIRST_LINE = line_name("", 1)
_REPEATED = re.compile(rf"( \(\d+\)|_[xy]|\.\d+|{FIRST_LINE})$")
_OF_PERSONS = re.compile(r"^(hr|boss|recruiter|recruiters|user|publisher|author|contact)", re.IGNORECASE)
_OF_COMPANIES = re.compile(
    r"(company|comp|employer|hiringorgani[sz]ation|organi[sz]ation|org|enterprise|corp|brand|firm|advertiser)"
    r"([A-Z_]|info|detail|$)",
    re.IGNORECASE,
)
# What is nested in such things is described by their name and not by its own: labels.state is no place.
_OF_OTHERS = re.compile(
    r"label|tag|skill|welfare|benefit|highlight|related|similar|recommend|remuneration|categor|department|office"
    r"|classification|logo|image",
    re.IGNORECASE,
)
# recommendInternCompany is the company of a posting, whoever recommends it.
_ENDS_IN_COMPANY = re.compile(r"(?:company|corp|employer)$", re.IGNORECASE)
# Of whom a header speaks that no word names: companyAddresses, boss_active, 公司动态.
_TOLD_OF_COMPANIES = re.compile(
    r"(?:company|comp|employer|enterprise|corp|brand|advertiser|cust(?!om))(?=[A-Z_\s.-])|(?:公司|企业|单位)(?=.)",
    re.IGNORECASE,
)
_TOLD_OF_PERSONS = re.compile(
    r"(?:hr|boss|recruiter|publisher|contact|user)(?=[A-Z_\s.-]|Info)|(?:发布者|发布人|招聘者|招聘人|联系人)",
    re.IGNORECASE,
)
# 投递人数 over 25人 counts those who want the job, not those who are wanted.
_OF_OTHER_PEOPLE = re.compile(
    r"投递|申请|报名|应聘|浏览|关注|沟通|点击|员工|团队|参保|社保|applic|view|click|follow|staff|employee",
    re.IGNORECASE,
)
# company.detail.name is company.name.
_FILLERS = frozenset({"detail", "details", "info", "base", "basic", "data", "node"})
_OF_POSTINGS = re.compile(r"(job|position|posting|vacanc|post|opening)", re.IGNORECASE)
# What a column whose header speaks of a company is not, whatever it holds.
NOT_OF_COMPANIES = ("place", "url", "text", "posted_on", "tags", "openings")
# Nor is one whose header speaks of pay: 200-300 under 日薪 are no employees.
_TOLD_OF_PAY = re.compile(
    r"薪|工资|报酬|salar|wage|(?<![a-z])pay(?![a-z])|compensation|remuneration", re.IGNORECASE
)
NOT_OF_PAY = ("company_size", "openings")
# job_date, 岗位学历: the word behind counts for what only a posting has.
_OF_THE_POSTING = re.compile(
    r"^(?:(?:岗位|职位|招聘)(?=.{2})|(?:job|position|post|posting|vacancy|recruit)[_\s-]*(?=[A-Za-z]{3}))",
    re.IGNORECASE,
)
_SAID_OF_POSTINGS = frozenset(
    {"pay", *PAY_ENDS, "posted_on", "education", "experience", "openings", "place", *LEVELS, "text", "perks"}
)
_NOT_OF_A_COMPANY = ("title", "place", *LEVELS, "url", "text", "posted_on", "openings")
# What scraping tools put behind the name of a column: the text of an element, or where it leads.
LONGEST_NAME = 300
_SCRAPED = re.compile(r"[\s_-]+(text|txt|html|at|文本|内容)$", re.IGNORECASE)
# How tools for reports name a column: AVG(薪资下限), jobs[职位名称], [Sum最低月薪], Company → Name.
_SUMMED = re.compile(r"(?:avg|average|sum|min|max|first|last|any_value)\((.+)\)", re.IGNORECASE)
_OF_A_MODEL = re.compile(r"(?:'[^']*'|[^\[\]'.]*)\[(?:Sum|Average|Min|Max|First|Last)?(\D[^\[\]]*)\]")
_ARROW = re.compile(r"\s*→\s*")
# What boards put behind the name of a code to name the words for it: workYear, workYearString, education_cn.
_IN_WORDS = re.compile(r"(?<=[a-z\d])(?:String|Str|Text|Txt|Cn|Zh)$|_(?:string|str|cn|zh|ch)$")
_LINKED = re.compile(r"(.+?)[\s_\-.]*(?:href|link|url|链接|網址|网址|連結|src)\d*", re.IGNORECASE)


def role_words() -> dict[str, list[str]]:
    """Role → folded header words, most telling first."""
    words: dict[str, list[str]] = {}
    for role, word in header_words().select("role", "word").drop_nulls("role").iter_rows():
        if role not in WORD_ROLES:
            raise DataContractError(f"header_words.csv: {role!r} is no role")
        words.setdefault(role, []).append(word)
    return words


def roles_by_header(headers: Sequence[str]) -> dict[str, list[str]]:
    """Role → columns whose header is one of its words, most telling first.

    A header counts as it stands first; then without the number of a repetition, the unit or the mark of a
    scraper behind it; then, for names of nested records, by its last parts: ``comp.compName``. A link beside
    a title leads to the posting, a link beside anything else does not.
    """
    words_of = role_words()
    role_of = {word: role for role, words in reversed(words_of.items()) for word in words}
    found: dict[str, list[tuple[int, str]]] = {}
    for header in headers:
        name, role = _word_of(header, role_of)
        if role:
            rank = words_of[role].index(name) if name in words_of[role] else len(words_of[role])
            found.setdefault(role, []).append((rank, header))
    places = {header: place for place, header in enumerate(headers)}
    ranked = {
        role: sorted(columns, key=lambda one: (one[0], places[one[1]])) for role, columns in found.items()
    }
    roles = {role: [header for _, header in ranked[role]] for role in words_of if role in ranked}
    roles |= _told_by_neighbours(headers, roles)
    averages = roles.pop(AVERAGE, [])
    if averages:
        # Beside what is offered from and to, the middle says nothing more.
        of = OTHER if "pay" in roles or {*PAY_ENDS} <= roles.keys() else "pay"
        roles[of] = [*roles.get(of, ()), *averages]
    return roles


def holds_averages(header: str) -> bool:
    """Whether a header says that one figure stands for a range."""
    averages = role_words().get(AVERAGE, [])
    return _word_of(header, dict.fromkeys(averages, AVERAGE))[1] == AVERAGE


@functools.cache
def _words_beside() -> tuple[tuple[str, str, str, frozenset[str]], ...]:
    """Folded word, its role, the role beside it, and roles or folded words of which one is there too."""
    columns = [Column(name, required=True) for name in ("word", "role", "beside", "and_one_of", "why")]
    table = read_csv(shipped(PACKAGE, "words_beside.csv"), columns)
    return tuple(
        (
            fold_name(word),
            role,
            beside,
            frozenset(one if one in WORD_ROLES else fold_name(one) for one in some),
        )
        for word, role, beside, some in table.select(
            "word", "role", "beside", pl.col("and_one_of").str.split("|")
        ).iter_rows()
    )


def _told_by_neighbours(headers: Sequence[str], roles: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Roles of words that mean them only beside others, where no other word names the role."""
    folded = {fold_name(header): header for header in reversed(headers)}
    there = {*roles, *folded}
    return {
        role: [folded[word]]
        for word, role, beside, some in reversed(_words_beside())
        if word in folded and role not in roles and beside in roles and there & some
    }


def _word_of(header: str, role_of: Mapping[str, str]) -> tuple[str, str]:
    """The word that a header is, and its role; empty where it is none."""
    if len(header) > LONGEST_NAME:
        # A whole text ran into the name; the patterns below would try each of its blanks.
        return "", ""
    header = _named_in_report(header, role_of)
    forms = _forms_of(header)
    name = next((form for form in forms if form in role_of), "")
    role = role_of.get(name, "")
    if not role and (bare := _OF_THE_POSTING.sub("", header.strip())) != header.strip():
        name, role = _word_of(bare, {word: of for word, of in role_of.items() if of in _SAID_OF_POSTINGS})
    linked = _LINKED.fullmatch(header.strip())
    if not role and linked:
        of = _word_of(linked.group(1), role_of)[1]
        return "", "" if not of else "url" if of in {"title", "url"} else OTHER
    if role in _NOT_OF_A_COMPANY and name not in forms[:2] and _inside_a_company(header):
        return name, OTHER
    if role == "tags" and _inside_a_company(header):
        # What labels a company is what it offers.
        return name, "perks"
    if role == OTHER and header.endswith(FIRST_LINE):
        # What a whole card is called says little of its first line.
        return "", ""
    return name, role


def _named_in_report(header: str, role_of: Mapping[str, str]) -> str:
    """The name of a column without what a tool for reports puts around it, where it is a word then."""
    header = with_brackets(_ARROW.sub(".", header.strip()))
    found = _SUMMED.fullmatch(header) or _OF_A_MODEL.fullmatch(header)
    return found[1] if found and any(form in role_of for form in _forms_of(found[1])) else header


def _forms_of(header: str) -> list[str]:
    bare = UNIT_IN_HEADER.sub("", _REPEATED.sub("", header))
    forms = [fold_name(header), fold_name(bare), fold_name(_SCRAPED.sub("", bare))]
    forms.append(fold_name(_IN_WORDS.sub("", bare)))
    parts = _parts_of(bare)
    if len(parts) > 1 and not any(_OF_PERSONS.match(part) for part in parts):
        last_two = fold_name("".join(parts[-2:]))
        # eduLevel.name is named by the part before.
        names_itself = fold_name(parts[-1]) not in {"name", "text", "value", "display", "label"}
        # The name with the part before it says more: link.job is the address of a job.
        others = _OF_OTHERS.search(parts[-2]) and not _ENDS_IN_COMPANY.search(parts[-2])
        last = [] if others else [fold_name(parts[-1]), fold_name(_IN_WORDS.sub("", parts[-1]))]
        forms += [last_two, *last] if names_itself else [last_two, fold_name(parts[-2])]
    return [form for form in forms if form]


def without_mark_of_words(header: str) -> str:
    """The name of the code that a column names the words for; any other name as it is.

    Examples
    --------
    >>> without_mark_of_words("scale_cn"), without_mark_of_words("workYearString")
    ('scale', 'workYear')
    """
    return _IN_WORDS.sub("", header)


def _parts_of(header: str) -> list[str]:
    """The names that a nested value lies under, without those that only say that more is told there."""
    *parts, last = [part for part in re.split(r"[.\[\]]+", header) if part and not part.isdigit()] or [""]
    return [*(part for part in parts if part.casefold() not in _FILLERS), last]


def _inside_a_company(header: str) -> bool:
    """Whether a nested value describes the employer: its seat is no place of work, its page no posting."""
    of = [bool(_OF_COMPANIES.match(part)) for part in _parts_of(header)[:-1]]
    return any(of) and not any(_OF_POSTINGS.match(part) for part in _parts_of(header)[of.index(True) :])


def barred_roles(columns: Sequence[str]) -> set[tuple[str, str]]:
    """Roles that columns cannot have whatever they hold: a company's address is no place of work."""
    of_companies = [
        column
        for column in columns
        if _TOLD_OF_COMPANIES.match(column)
        or _TOLD_OF_COMPANIES.match(_parts_of(column)[-1])
        or _inside_a_company(column)
    ]
    of_persons = [column for column in columns if _TOLD_OF_PERSONS.match(column)]
    barred = {(role, column) for role in NOT_OF_COMPANIES for column in of_companies}
    barred |= {("openings", column) for column in columns if _OF_OTHER_PEOPLE.search(column)}
    barred |= {(role, column) for column in columns if _TOLD_OF_PAY.search(column) for role in NOT_OF_PAY}
    return barred | {(role, column) for role in (*CONTENT, "tags") for column in of_persons}
