"""Records of employers with the list of their postings inside: every posting becomes a record of its own.

Joined to one record, two postings would share a title and a wage that neither has. What is said of the
employer stands with each of them, as the file says it of all.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from typing import Any

from graphcli.loaders.reader.header_words import fold_name, header_words

# Names of lists of postings; those that a board recommends beside a posting are not the record's.
_OF_POSTINGS = re.compile(r"job|position|posting|vacanc|opening|recruit|岗位|职位|招聘|职缺", re.IGNORECASE)
_OF_OTHERS = re.compile(r"related|similar|recommend|history|相关|推荐|相似|更多|经历", re.IGNORECASE)
# With one of them a thing that only has a name is a posting.
_SAID_OF_POSTINGS = frozenset({"pay", "pay_low", "education", "experience", "openings"})
_SAID_OF_EMPLOYERS = frozenset({"company_size", "ownership", "industry"})
NO_POSTINGS = "names an employer and no posting of it"


def with_postings_apart(
    records: Iterator[tuple[dict[str, Any] | str, str]],
) -> Iterator[tuple[dict[str, Any] | str, str]]:
    """Give each posting of records that hold several one of its own; others pass as they are."""
    spread: set[str] = set()
    for record, text in records:
        name = list_of_postings(record) if isinstance(record, dict) else ""
        if name and isinstance(record, dict):
            spread.add(name)
            yield from ((one, text) for one in postings_apart(record, name))
        elif isinstance(record, dict) and any(record.get(one) == [] for one in spread):
            yield NO_POSTINGS, text
        else:
            yield record, text


def list_of_postings(record: Mapping[str, Any]) -> str:
    """Name the list of postings that a record of something else holds; empty where it holds none.

    Examples
    --------
    >>> list_of_postings({"company": "A Ltd", "jobs": [{"title": "Cook"}, {"title": "Clerk"}]})
    'jobs'
    >>> list_of_postings({"title": "Cook", "jobs": [{"title": "Clerk"}]})
    ''
    """
    names = [
        name
        for name, value in record.items()
        if isinstance(value, list) and value and isinstance(value[0], dict)
        if _OF_POSTINGS.search(name) and not _OF_OTHERS.search(name)
    ]
    found = [name for name in names if all(map(_is_posting, record[name]))]
    if len(found) != 1 or "title" in _told({name: one for name, one in record.items() if name != found[0]}):
        return ""
    return found[0]


def names_employer(record: Mapping[str, Any]) -> bool:
    """Whether a record says beside its lists who the employer is."""
    return "employer" in _told(record)


def postings_apart(record: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """Put what is said beside a list of postings to each of them.

    What is said of an employer goes under a name that says so: his address is no place of work.
    """
    beside = {key: value for key, value in record.items() if key != name}
    if names_employer(beside) or ("name" in beside and _told(beside) & _SAID_OF_EMPLOYERS):
        beside = {"company": beside}
    return [{**beside, name: posting} for posting in record[name]]


def _is_posting(item: Any) -> bool:
    told = _told(item) if isinstance(item, dict) else set()
    named = isinstance(item, dict) and "name" in item and told & _SAID_OF_POSTINGS
    return bool("title" in told or named) and "employer" not in told


def _told(record: Mapping[str, Any], before: str = "") -> set[str]:
    """Roles that the names of a record's values mean, also inside other objects but not inside lists."""
    roles = _roles()
    told = set()
    for name, value in record.items():
        if isinstance(value, dict):
            told |= _told(value, name)
        elif value not in (None, "", []):
            told |= {roles.get(fold_name(form), "") for form in (name, f"{before}{name}")}
    return told


@functools.cache
def _roles() -> dict[str, str]:
    table = header_words().drop_nulls("role")
    return dict(table.select("word", "role").iter_rows())
