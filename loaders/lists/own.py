"""A user's own list: a CSV with the columns of ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graphcli.loaders.lists.document import Document
from graphcli.loaders.lists.entries import COLUMNS

TITLE = "own lists as CSV with the columns that `graphcli lists show` prints"
NAME = ""
_NEEDED = {"id", "affiliation_id", "affiliation", "affiliation_type", "basis", "source"}


def recognises(document: Document) -> bool:
    """Whether the CSV has the columns that an entry cannot do without."""
    return set(document.header) >= _NEEDED


def entries(document: Document, as_of: str | None) -> Iterator[Mapping[str, str | None]]:
    """Take the rows as they are; an unsaid certainty is ``likely``."""
    known = {item.name for item in COLUMNS}
    for _, record in document.records():
        row: dict[str, str | None] = {name: cell or None for name, cell in record.items() if name in known}
        row["certainty"] = row.get("certainty") or "likely"
        row["as_of"] = row.get("as_of") or as_of
        yield row
