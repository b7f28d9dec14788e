"""Tables that hold no postings: registers of companies, people who look for work, statistics of postings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from graphcli.loaders.layouts.header_roles import OTHER, SEEKER, STATISTIC, holds_averages
from graphcli.loaders.layouts.pay_columns import PAY_ENDS
from graphcli.loaders.layouts.votes import CONTENT
from graphcli.workspace.errors import DataContractError

# Without a header for title or employer a sheet is only postings if so many roles are found in its content.
LEAST_ROLES = 3
# Without any of them a sheet is a register of companies.
OF_A_POSTING = (
    "title", "pay", *PAY_ENDS, "posted_on", "education", "experience", "openings", "url", "text", "tags",
)  # fmt: skip
# With one of them a record is a single posting, whatever is counted beside.
OF_ONE_POSTING = ("url", "text", "posted_on")
LEAST_COUNTED = 2
LEAST_OF_SEEKERS = 2
# So many columns about those who look for work are no accident, even where employers stand beside them.
PLAINLY_OF_SEEKERS = 3
_OF_A_JOB = re.compile(r"职[位缺]|岗位|招聘|详情|投递|(?i:job|position|post|apply|vacan|detail|career)")
WRITE_A_LAYOUT = (
    "write a layout (graphcli inspect --emit-layout prints one to edit) and give it with --layout FILE.yaml"
)


def refuse_other_tables(
    roles: Mapping[str, Sequence[str]], named: bool, headers: Sequence[str], what: str
) -> None:
    """Raise where a table holds no postings: it names neither what is offered nor by whom.

    Parameters
    ----------
    named
        Whether a header, and not only content, says title or employer.

    Raises
    ------
    DataContractError
        The table tells of something else, or nobody can say of what.
    """
    shown = shown_headers(headers)
    of_seekers = len(roles.get(SEEKER, ()))
    if of_seekers >= (LEAST_OF_SEEKERS if "employer" not in roles else PLAINLY_OF_SEEKERS):
        raise DataContractError(
            f"{what}: tells of people who look for work, or who have it, and of no posting, with the headers "
            f"{shown}"
        )
    enough = named or sum(role in roles for role in CONTENT) >= LEAST_ROLES
    if ("title" not in roles and "employer" not in roles) or not enough:
        raise DataContractError(
            f"{what}: no column for title or employer among the headers {shown}; {WRITE_A_LAYOUT}"
        )
    told = {*roles} & {*OF_A_POSTING}
    if told == {"url"} and not any(map(_OF_A_JOB.search, roles["url"])):
        # A firm has an address too.
        told = set()
    if not told:
        raise DataContractError(
            f"{what}: tells of companies and of no posting, with the headers {shown}; "
            f"where its rows are postings, {WRITE_A_LAYOUT}"
        )
    counts = _counts_of_postings(roles)
    if counts:
        counted = " and ".join(map(repr, counts))
        raise DataContractError(
            f"{what}: counts postings ({counted}) and tells of no single one, with the headers {shown}; "
            f"where its rows are postings, {WRITE_A_LAYOUT}"
        )


def _counts_of_postings(roles: Mapping[str, Sequence[str]]) -> list[str]:
    """Columns that say how many postings of a kind there are and what they pay on average; none in a posting.

    One of them alone may stand in a posting too: how many are wanted, or what is paid in the middle.
    """
    single = {*OF_ONE_POSTING}
    if {"title", "employer"} <= roles.keys():
        # What a title earns with an employer, in so many samples.
        single |= {"education", "experience", "openings"}
        if not roles.get(STATISTIC):
            return []
    if {*roles} & single:
        return []
    of_pay = (*roles.get("pay", ()), *roles.get(OTHER, ()))
    averages = [column for column in of_pay if holds_averages(column)]
    counts = [*roles.get(STATISTIC, ()), *averages, *(roles.get("openings", ()) if averages else ())]
    return counts if len(counts) >= LEAST_COUNTED else []


def shown_headers(headers: Sequence[str]) -> str:
    """The first headers in one line, for messages."""
    first = [" ".join(header.split())[:40] for header in headers[:6]]
    return ", ".join(first) + (" …" if len(headers) > len(first) else "")
