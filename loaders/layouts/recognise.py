"""Which layout a sheet has: a known one by headers and content, else what its header words say."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from graphcli.loaders.fields.dates import NEEDS_CRAWL, parse_date
from graphcli.loaders.fields.pay import parse_pay
from graphcli.loaders.layouts.layout import PACKAGE, ROLES, Alternative, Layout
from graphcli.loaders.reference.files import Column, read_csv, shipped
from graphcli.workspace.errors import DataContractError

BY_HEADER = "by_header"
UNKNOWN_BOARD = "unknown"
# A column named like pay, date or address that mostly holds something else is not read as such.
LEAST_READABLE = 0.3
LONGEST_JUDGED = 1_000
WRITE_A_LAYOUT = (
    "write a layout (graphcli inspect --emit-layout prints one to edit) and give it with --layout FILE.yaml"
)


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
    """

    layout: Layout
    sure: float
    read_as: str = ""
    doubts: tuple[str, ...] = ()

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
        return Recognition(layout, sure)
    return _by_header(headers, sample, what)


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


def shown_headers(headers: Sequence[str]) -> str:
    """The first headers in one line, for messages."""
    first = [" ".join(header.split())[:40] for header in headers[:6]]
    return ", ".join(first) + (" …" if len(headers) > len(first) else "")


def fold_header(header: str) -> str:
    """Fold a header for comparison: no case, width, white space or marks.

    Examples
    --------
    >>> fold_header(" Job_Title ")
    'jobtitle'
    """
    folded = unicodedata.normalize("NFKC", header[:LONGEST_JUDGED]).casefold()
    return "".join(letter for letter in folded if letter.isalnum())


def header_words() -> dict[str, list[str]]:
    """Role → folded header words, most telling first."""
    path = shipped(PACKAGE, "headers.csv")
    frame = read_csv(
        path, [Column("role", required=True, choices=(*ROLES, "tags")), Column("header", required=True)]
    )
    words: dict[str, list[str]] = {}
    for role, header in frame.select("role", "header").iter_rows():
        words.setdefault(role, []).append(fold_header(header))
    return words


def roles_by_header(headers: Sequence[str]) -> dict[str, list[str]]:
    """Role → columns whose header is one of its words, most telling first."""
    folded: dict[str, list[str]] = {}
    for header in headers:
        folded.setdefault(fold_header(header), []).append(header)
    found = {
        role: [header for word in words for header in folded.get(word, [])]
        for role, words in header_words().items()
    }
    return {role: list(dict.fromkeys(columns)) for role, columns in found.items() if columns}


def _by_header(headers: Sequence[str], sample: pl.DataFrame, what: str) -> Recognition:
    roles = roles_by_header(headers)
    notes = []
    readable = {"pay": _reads_as_pay, "posted_on": _reads_as_date, "url": _reads_as_url}
    for role, reads in readable.items():
        for column in roles.get(role, [])[:]:
            if not _mostly(sample, column, reads):
                roles[role].remove(column)
                notes.append(
                    f"{what}: the column {column!r} holds no {role.replace('_', ' ')} and was left out"
                )
    roles = {role: columns for role, columns in roles.items() if columns}
    if "title" not in roles and "employer" not in roles:
        shown = shown_headers(headers)
        raise DataContractError(
            f"{what}: no column for title or employer among the headers {shown}; {WRITE_A_LAYOUT}"
        )
    main = ("title", "employer", "place", "posted_on", "pay")
    read_as = ", ".join(f"{role} from {roles[role][0]!r}" for role in main if role in roles)
    read_as = f"{what}: no known layout; by its header words: {read_as}"
    for role in ("title", "employer", "place"):
        if role not in roles:
            notes.append(f"{what}: there is no {role} column; the {role} of its postings stays empty")
    sure = sum(role in roles for role in main) / len(main)
    return Recognition(_layout_of(roles, sample), sure, read_as, tuple(notes))


def _layout_of(roles: Mapping[str, list[str]], sample: pl.DataFrame) -> Layout:
    columns = {
        role: tuple(Alternative((column,)) for column in found)
        for role, found in roles.items()
        if role in ROLES
    }
    if "text" in columns and len(columns["text"]) > 1:
        # Duties and requirements often stand in two columns; both are what the posting says.
        columns["text"] = (Alternative(tuple(roles["text"]), joiner="\n"),)
    return Layout(
        name=BY_HEADER,
        board=_board_of(sample, roles.get("url", [])),
        title="Read by its header words",
        seen_in="",
        headers=tuple(column for found in roles.values() for column in found),
        exact=False,
        content={},
        share=1.0,
        columns=columns,
        tags=tuple(roles.get("tags", ())),
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
    return posted is not None or problem in {"", NEEDS_CRAWL, "day and month cannot be told apart"}


def _reads_as_url(cell: str) -> bool:
    return bool(re.match(r"\s*(https?:)?//|\s*www\.", cell))
