"""Which layout a sheet has: a known one by headers and content, else what its header words say."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from graphcli.loaders.fields.credit_codes import are_codes
from graphcli.loaders.fields.dates import AMBIGUOUS, NEEDS_CRAWL, VAGUE, parse_date
from graphcli.loaders.fields.kinds import kinds
from graphcli.loaders.fields.merged import ROLES as SHARING_ROLES
from graphcli.loaders.fields.pay import parse_pay
from graphcli.loaders.fields.text import as_shown, filled_cells, without_list_notation
from graphcli.loaders.fields.urls import unmarked
from graphcli.loaders.fields.vocabulary import read_words
from graphcli.loaders.layouts.header_roles import barred_roles, holds_averages, roles_by_header
from graphcli.loaders.layouts.layout import LISTS, PACKAGE, ROLES, Alternative, Layout
from graphcli.loaders.layouts.level_columns import codes_beside_words, experience_template
from graphcli.loaders.layouts.other_tables import refuse_other_tables
from graphcli.loaders.layouts.pay_columns import (
    A_YEARS,
    PAY_ENDS,
    beside_figures,
    pay_alternatives,
    pay_template,
    period_of,
    small_unit_of,
    unit_columns,
    units_of_figures,
)
from graphcli.loaders.layouts.place_columns import LEVELS, place_alternatives
from graphcli.loaders.layouts.time_columns import day_of_crawl, tells_when_written
from graphcli.loaders.layouts.votes import (
    CONTENT,
    MOSTLY,
    Content,
    all_alike,
    assigned_by_content,
    contents,
    contradicted,
    merged_roles,
    names_nothing,
    one_for_many,
    registered_first,
    told_of_employers,
    varied_first,
)
from graphcli.loaders.reference.files import Column, read_csv, shipped

BY_HEADER = "by_header"
UNKNOWN_BOARD = "unknown"
# A column named like pay, date or address that mostly holds something else is not read as such.
LEAST_READABLE = 0.3
LONGEST_JUDGED = 1_000
# Roles of small vocabularies; of two columns for one of them that counts whose cells can be read.
PARSED = ("experience", "education", "company_size", "ownership")
LEAST_JUDGED = 3
LEAST_TAGS = 0.6
# A column that tells ownership, size and industry of the employer.
PROFILE = "profile"
SHORTEST_TEXT = 16
# What short cells under a word for texts may be instead.
NO_TEXTS = (
    "employer", "title", "place", "pay", "date", "education", "experience", "url", "company_size",
    "ownership", "industry", "merged", "number", "tags",
)  # fmt: skip
# How sure a header word makes a column's role, before its content speaks.
BY_WORD = 0.7
_LIST_CELL = re.compile(r"\s*\[.*\]\s*", re.DOTALL)


@dataclass(frozen=True)
class Recognition:
    """The layout of a sheet and how sure it is.

    Attributes
    ----------
    sure
        Share of the sampled cells that fit a known layout's patterns; for header words, the share of the main
        roles (title, employer, place, posted_on, pay) that have a column.
    read_as
        Which columns were taken for what, where header words decided; empty for a known layout.
    doubts
        What is wrong with it, such as a role without a column.
    confidence
        Column → how sure its role is, 0 to 1; empty for a known layout.
    """

    layout: Layout
    sure: float
    read_as: str = ""
    doubts: tuple[str, ...] = ()
    confidence: Mapping[str, float] = field(default_factory=dict)

    @property
    def notes(self) -> tuple[str, ...]:
        """All that a reader of the answer should know."""
        return (self.read_as, *self.doubts) if self.read_as else self.doubts


def recognise(
    headers: Sequence[str], sample: pl.DataFrame, layouts: Mapping[str, Layout], what: str
) -> Recognition:
    """Find the layout of a sheet from its headers and a sample of its records.

    Parameters
    ----------
    what
        Name of the file or sheet, for messages.

    Raises
    ------
    DataContractError
        No layout is known, and the headers name neither a title nor an employer.
    """
    fits = [(layout, fit(layout, headers, sample)) for layout in layouts.values()]
    known = [(layout, sure) for layout, sure in fits if sure > 0.0]
    if known:
        # The layout that explains most of the headers; the name decides between equals.
        layout, sure = max(known, key=lambda pair: (len(pair[0].headers), pair[1], pair[0].name))
        layout, notes = _supplemented(layout, headers, sample, what)
        return Recognition(layout, sure, doubts=tuple(notes))
    return _by_header(headers, sample, what)


def _supplemented(
    layout: Layout, headers: Sequence[str], sample: pl.DataFrame, what: str
) -> tuple[Layout, list[str]]:
    """Let columns that a known layout does not list fill the roles that it leaves empty in this sheet."""
    used = set(layout.used_columns())
    free = [header for header in headers if header not in used]
    of_profile = ("ownership", "company_size", "industry") if layout.profile else ()
    empty = [
        role for role in ROLES if role not in of_profile and not {*layout.role_columns(role)} & {*headers}
    ]
    if layout.canonical or layout.exact or not free or not empty:
        return layout, []
    sample = without_list_notation(sample) if layout.cells == "list" else sample
    roles = _roles_of(free, sample, what).roles
    read = _layout_of(roles, place_alternatives(roles, sample), sample, layout.cells)
    filled = {role: read.columns[role] for role in empty if role in read.columns}
    notes = [
        f"{what}: the layout {layout.name} names no column for {role.replace('_', ' ')}; read from "
        + " and ".join(map(repr, read.role_columns(role)))
        for role in filled
    ]
    columns = {role: (*layout.columns.get(role, ()), *found) for role, found in filled.items()}
    return replace(layout, columns={**layout.columns, **columns}), notes


def fit(layout: Layout, headers: Sequence[str], sample: pl.DataFrame) -> float:
    """Say how well a sheet fits a known layout; 0 where it is another one."""
    names = set(headers)
    if not names.issuperset(layout.headers) or (layout.exact and names != set(layout.headers)):
        return 0.0
    shares = []
    for column, pattern in layout.content.items():
        if column not in sample.columns:
            return 0.0
        # Cut, so that no pattern meets a cell of megabytes.
        filled = [cell.strip()[:LONGEST_JUDGED] for cell in sample[column].drop_nulls().to_list()]
        # A header that a crawler wrote again is no evidence against the layout.
        filled = [cell for cell in filled if cell and cell != column]
        if not filled:
            return 0.0
        shares.append(sum(bool(re.search(pattern, cell)) for cell in filled) / len(filled))
    return min(shares) if min(shares) >= layout.share else 0.0


def _by_header(headers: Sequence[str], sample: pl.DataFrame, what: str) -> Recognition:
    sample = as_shown(sample)
    listed = _are_lists(sample) or _names_in_lists(headers, sample)
    sample = without_list_notation(sample) if listed else sample
    read = _roles_of(headers, sample, what)
    roles, notes = read.roles, read.notes
    places = place_alternatives(roles, sample)
    if places:
        roles["place"] = list(dict.fromkeys(column for one in places for column in one.columns))
    refuse_other_tables(read.roles, read.named, headers, what)
    main = ("title", "employer", "place", "posted_on", "pay")
    shown_of = {role: [roles[role][0]] for role in main if role in roles}
    shown_of |= {"place": list(places[0].columns)} if places else {}
    read_as = ", ".join(
        f"{role} from {' and '.join(map(repr, columns))}" for role, columns in shown_of.items()
    )
    read_as = f"{what}: no known layout; by header words and content: {read_as}"
    for role in ("title", "employer", "place"):
        if role not in roles:
            notes.append(f"{what}: there is no {role} column; the {role} of its postings stays empty")
    sure = sum(role in roles for role in main) / len(main)
    layout = _layout_of(roles, places, sample, "list" if listed else "plain")
    notes += [
        f"{what}: {column!r} names no period; its figures are too high for a month and are read as a year's"
        for column in roles.get("pay", ())
        if Alternative((column,), template=A_YEARS.format(column)) in layout.columns["pay"]
        and not period_of(column)
    ]
    notes += [
        f"{what}: {column!r} names averages, which are read as the lower and the upper end alike"
        for column in layout.role_columns("pay")
        if holds_averages(column)
    ]
    notes += _units_told(roles, layout, sample, what)
    kept = {column: sure for column, sure in read.confidence.items() if column in layout.used_columns()}
    return Recognition(layout, sure, read_as, tuple(notes), kept)


def _units_told(roles: Mapping[str, list[str]], layout: Layout, sample: pl.DataFrame, what: str) -> list[str]:
    """Say what small figures in two columns of pay were read as, or how to say what they are."""
    read = [(one, unit) for one in layout.columns.get("pay", ()) if (unit := small_unit_of(one))]
    if read and not all(roles.get(end) for end in PAY_ENDS):
        return [
            f"{what}: {one.columns[0]!r} names no unit; its figures can only be {unit} and are read so"
            for one, unit in read
        ]
    if not all(roles.get(end) for end in PAY_ENDS):
        return []
    low, high = (roles[end][0] for end in PAY_ENDS)
    units = units_of_figures(low, high, sample)
    for one in layout.columns.get("pay", ())[:1]:
        if one.columns == (low, high) and units:
            said = f"{what}: {low!r} and {high!r} name no unit;"
            if one.template.endswith(f"}}{units[0]}"):
                return [f"{said} their figures can only be {units[0]} and are read so"]
            way = f'name it in a layout, as format: "{{{low}}}-{{{high}}}{units[0]}"'
            return [f"{said} their figures may be {' or '.join(units)} and are left as written; {way}"]
    return []


@dataclass(frozen=True)
class _Roles:
    """Role → columns, and how sure each column is; ``named`` where a header says title or employer."""

    roles: dict[str, list[str]]
    confidence: dict[str, float]
    notes: list[str]
    named: bool


def _roles_of(headers: Sequence[str], sample: pl.DataFrame, what: str) -> _Roles:
    """Give columns their roles by header words, and what these leave open by content."""
    found = contents(headers, sample)
    roles, notes = _spoken_for(headers, sample, found, what)
    confidence = {
        column: round(BY_WORD + (1 - BY_WORD) * found[column].of(CONTENT[_judged_as(role)][0]), 2)
        if _judged_as(role) in CONTENT and column in found
        else BY_WORD
        for role, columns in roles.items()
        for column in columns
    }
    if "employer" in roles:
        roles["employer"] = registered_first(roles["employer"], found)
    if "title" in roles:
        roles["title"] = varied_first(roles["title"], found)
    named = "title" in roles or "employer" in roles
    unread = _without_unread(roles, sample, found)
    notes += _fill_by_content(headers, sample, found, roles, confidence, what)
    for role, columns in unread.items():
        if role not in roles:
            roles[role] = columns
            continue
        notes.append(_gives_way(columns, role, what))
    return _Roles(roles, confidence, notes, named)


def _gives_way(columns: Sequence[str], role: str, what: str) -> str:
    told = ", ".join(map(repr, columns))
    return f"{what}: {told} cannot be read as {role.replace('_', ' ')} and gives way to a column that can"


def _without_unread(
    roles: dict[str, list[str]], sample: pl.DataFrame, found: Mapping[str, Content]
) -> dict[str, list[str]]:
    """Take columns whose words cannot be read, such as those of codes, out of ``roles``."""
    taken: dict[str, list[str]] = {}
    for role in PARSED:
        for column in roles.get(role, [])[:]:
            cells = filled_cells(sample[column])
            cells = cells.filter(cells != column)
            if len(cells) < LEAST_JUDGED or found[column].of(("merged",)) >= LEAST_READABLE:
                continue
            problems = read_words(cells, role)["problem"]
            if problems.null_count() < LEAST_READABLE * len(cells):
                taken.setdefault(role, []).append(column)
                roles[role].remove(column)
        if not roles.get(role, [""]):
            del roles[role]
    return taken


def _are_lists(sample: pl.DataFrame) -> bool:
    cells = [
        cell for row in sample.head(20).iter_rows() for cell in row if isinstance(cell, str) and cell.strip()
    ]
    return len(cells) >= 4 and sum(bool(_LIST_CELL.fullmatch(cell)) for cell in cells) > 0.8 * len(cells)


def _names_in_lists(headers: Sequence[str], sample: pl.DataFrame) -> bool:
    """Whether titles or employers stand in lists of one, as a selector gives them; other cells may not."""
    roles = roles_by_header(headers)
    for column in (column for role in ("title", "employer") for column in roles.get(role, ())):
        cells = filled_cells(sample[column]).head(LEAST_JUDGED * 7)
        if len(cells) >= LEAST_JUDGED and all(map(_LIST_CELL.fullmatch, cells)):
            return True
    return False


def _spoken_for(
    headers: Sequence[str], sample: pl.DataFrame, found: Mapping[str, Content], what: str
) -> tuple[dict[str, list[str]], list[str]]:
    """Roles by header words, without the columns whose content is against it."""
    roles = roles_by_header(headers)
    if {"pay", *PAY_ENDS} & roles.keys():
        units_by_content = unit_columns(headers, sample)
        roles = {
            role: [one for one in columns if one not in units_by_content] for role, columns in roles.items()
        }
        roles["pay_unit"] = [*roles.get("pay_unit", ()), *units_by_content]
    units = beside_figures(roles, sample).unit
    notes = []
    industries: list[str] = []
    readable = {
        "pay": _reads_as_pay, "posted_on": _reads_as_date, "url": _reads_as_url,
        "ownership": _reads_as_a_word, "company_size": _reads_as_a_size, "text": _reads_as_text,
        "experience": _reads_as_years,
    }  # fmt: skip
    for role, columns in roles.items():
        codes = codes_beside_words(columns, sample) if role in PARSED else []
        columns[:] = [column for column in columns if column not in codes]
        if codes:
            notes.append(_gives_way(codes, role, what))
        for column in columns[:]:
            instead = contradicted(_judged_as(role), found[column]) if column in found else ""
            unread = role in readable and not _mostly(sample, column, readable[role])
            if role == "url" and column in found and one_for_many(found[column]):
                instead, unread = "one address for many postings", True
            if role == "posted_on" and tells_when_written(column, sample):
                instead, unread = "when rows were written", True
            if unread and role == "pay" and (pay_template(column, sample) or units):
                continue
            if unread and role == "text" and column in found and not instead:
                unread = not _holds_short_text(sample[column], found[column])
            if instead or unread:
                columns.remove(column)
                holds = f"holds {instead.replace('_', ' ')}, " if instead else "holds "
                notes.append(
                    f"{what}: the column {column!r} {holds}no {role.replace('_', ' ')} and was "
                    + ("read as such" if instead == "industry" else "left out")
                )
                if instead == "industry":
                    industries.append(column)
    if industries:
        roles["industry"] = [*roles.get("industry", ()), *industries]
    return {role: columns for role, columns in roles.items() if columns}, notes


def _fill_by_content(
    headers: Sequence[str],
    sample: pl.DataFrame,
    found: Mapping[str, Content],
    roles: dict[str, list[str]],
    confidence: dict[str, float],
    what: str,
) -> list[str]:
    """Give roles that no header names to the columns that hold them, in ``roles`` and ``confidence``."""
    notes = []
    for column in headers:
        holders = {role for role, columns in roles.items() if column in columns}
        if column not in found or holders - {*SHARING_ROLES, "tags"}:
            continue
        for role, share in merged_roles(sample[column], found[column]).items():
            if role not in roles and not (role == "place" and "place_city" in roles):
                roles[role] = [column]
                confidence[column] = share
                notes.append(f"{what}: {role.replace('_', ' ')} is also read from {column!r}")
    taken = {column for columns in roles.values() for column in columns}
    free = [column for column in headers if column not in taken]
    empty = {role for role, columns in roles.items() if all(_is_empty(one, found) for one in columns)}
    missing = [role for role in CONTENT if role not in roles or role in empty]
    missing = [role for role in missing if role != "pay" or not set(PAY_ENDS) <= set(roles)]
    missing = [role for role in missing if role != "place" or "place_city" not in roles]
    barred = barred_roles(free)
    if "posted_on" in missing:
        dates = [one for one in free if one in found and found[one].of(("date",)) >= MOSTLY]
        barred |= {("posted_on", one) for one in dates if tells_when_written(one, sample)}
    for role, (column, share) in assigned_by_content(missing, free, found, barred).items():
        # What a column by name may hold in later records comes behind.
        roles[role] = [column, *roles.get(role, ())]
        confidence[column] = share
        if not names_nothing(column):
            notes.append(f"{what}: {column!r} was taken for {role.replace('_', ' ')} by what it holds")
    taken = {column for columns in roles.values() for column in columns}
    free = [column for column in free if column not in taken and column in found]
    codes = next((column for column in free if are_codes(filled_cells(sample[column]))), None)
    if codes is not None:
        roles["credit_code"], confidence[codes] = [codes], 1.0
    _fill_lists([column for column in free if column != codes], sample, found, roles, confidence)
    return notes


def _is_empty(column: str, found: Mapping[str, Content]) -> bool:
    return column in found and not found[column].filled


def _fill_lists(
    free: Sequence[str],
    sample: pl.DataFrame,
    found: Mapping[str, Content],
    roles: dict[str, list[str]],
    confidence: dict[str, float],
) -> None:
    """Take columns of lists for what they tell of employers, else for tags."""
    barred = barred_roles(free)
    # Only columns that may hold either are looked at so closely: a damaged file may have a thousand others.
    judged = [
        column
        for column in free
        if found[column].filled >= LEAST_JUDGED or found[column].of(("tags",)) >= LEAST_TAGS
    ]
    told = {column: told_of_employers(sample[column]) for column in judged}
    profiles = [
        column for column in judged if told[column][1] >= MOSTLY and found[column].filled >= LEAST_JUDGED
    ]
    if profiles:
        roles[PROFILE] = profiles[:1]
        confidence[profiles[0]] = round(told[profiles[0]][1], 2)
    of_skills = [
        column
        for column in judged
        if found[column].of(("tags",)) >= LEAST_TAGS
        and ("tags", column) not in barred
        and not all_alike(found[column])
        and found[column].of(("perks", "merged", "place", "company_size")) < LEAST_READABLE
        and told[column][0] < LEAST_READABLE
    ]
    if of_skills and "tags" not in roles:
        roles["tags"] = of_skills[:1]
        confidence[of_skills[0]] = round(found[of_skills[0]].of(("tags",)), 2)


def _judged_as(role: str) -> str:
    """The role whose kinds of cells a column is judged by."""
    return "place" if role in LEVELS else role


def _layout_of(
    roles: Mapping[str, list[str]], places: tuple[Alternative, ...], sample: pl.DataFrame, cells: str
) -> Layout:
    columns = {
        role: tuple(Alternative((column,)) for column in found)
        for role, found in roles.items()
        if role in ROLES
    }
    if places:
        columns["place"] = places
    if "experience" in columns:
        columns["experience"] = tuple(
            replace(one, template=experience_template(one.columns[0], sample))
            for one in columns["experience"]
        )
    if "text" in columns and len(columns["text"]) > 1:
        # Duties and requirements often stand in two columns; both are what the posting says.
        columns["text"] = (Alternative(tuple(roles["text"]), joiner="\n"),)
    pay = pay_alternatives(roles, places, sample)
    if pay:
        columns["pay"] = pay
    used = [role for role in roles if role in (*ROLES, *LISTS)]
    return Layout(
        name=BY_HEADER,
        board=_board_of(sample, roles.get("url", [])),
        title="Read by its header words and content",
        seen_in="",
        headers=tuple(dict.fromkeys(column for role in used for column in roles[role])),
        exact=False,
        content={},
        share=1.0,
        columns=columns,
        cells=cells,
        tags=tuple(roles.get("tags", ())),
        perks=tuple(roles.get("perks", ())),
        profile=next(iter(roles.get(PROFILE, ())), ""),
        crawl_day=day_of_crawl(sample),
        fingerprint=BY_HEADER,
    )


def _board_of(sample: pl.DataFrame, url_columns: Sequence[str]) -> str:
    path = shipped(PACKAGE, "boards.csv")
    boards = read_csv(path, [Column("board", required=True), Column("domain", required=True, unique=True)])
    for column in url_columns:
        cells = sample[column].drop_nulls().to_list()
        for board, domain in boards.select("board", "domain").iter_rows():
            if cells and all(
                re.match(rf"https?://([a-z0-9-]+\.)*{re.escape(domain)}/", cell) for cell in cells
            ):
                return str(board)
    return UNKNOWN_BOARD


def _mostly(sample: pl.DataFrame, column: str, reads: Callable[[str], bool]) -> bool:
    cells = [cell for cell in sample[column].drop_nulls().to_list() if cell.strip() and cell != column]
    return not cells or sum(map(reads, cells)) >= LEAST_READABLE * len(cells)


def _reads_as_pay(cell: str) -> bool:
    pay = parse_pay(cell)
    return pay.action != "blanked" or "not counted as CNY" in pay.problem


def _reads_as_date(cell: str) -> bool:
    posted, problem = parse_date(cell)
    return posted is not None or problem in {"", NEEDS_CRAWL, AMBIGUOUS, VAGUE}


def _reads_as_url(cell: str) -> bool:
    return bool(re.match(r"\s*(https?:)?//|\s*www\.", unmarked(cell)))


def _reads_as_text(cell: str) -> bool:
    return len(cell.strip()) >= SHORTEST_TEXT or bool(re.search(r"[\n。；;，,]", cell.strip()))


def _holds_short_text(cells: pl.Series, content: Content) -> bool:
    """Whether cells under a word for texts are short ones, such as 做账报税: no buttons, no other role's."""
    buttons = float(kinds(filled_cells(cells), ["chrome"])["chrome"].mean() or 0.0)  # type: ignore[arg-type]
    return max(buttons, content.of(NO_TEXTS)) < LEAST_READABLE


def _reads_as_years(cell: str) -> bool:
    return not re.fullmatch(r"\s*(19|20)\d\d(\.0)?\s*", cell)


def _reads_as_a_size(cell: str) -> bool:
    # A lone digit is the code of a step.
    return _reads_as_a_word(cell) and not re.fullmatch(r"\s*\d(\.0)?\s*", cell)


def _reads_as_a_word(cell: str) -> bool:
    return not re.match(r"\s*[\[{]", cell)
