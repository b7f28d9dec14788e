"""A user's own list: a CSV of which two columns are needed, a name and who says so.

=================  ================================================================================
``name_zh, name``  Chinese and English name; one of them is needed
``source``         who says so: law, notice, report, own reading; needed
``aliases``        other names, ``;`` between them
``affiliation``    what the employer is affiliated with; the list's own name where empty
``affiliation_id``, ``affiliation_type``  its id, and conglomerate, university, vendor or list (where empty)
``kind``           defense, surveillance, trade, or empty: shown without a flag
``basis``          listed (where empty), parent, subsidiary, institute, university, vendor or supplier
``parent``         ``id`` of the entry that holds it
``listed_from``    2021, 2021-06, 2021-06-30, or ``by 2021-06``; ``listed_to`` likewise
``url, as_of``     address, and day of the edition
``certainty``      sure, likely (where empty) or unverified
``id``             made from the names where empty
=================  ================================================================================
"""

from __future__ import annotations

from collections.abc import Mapping

from graphcli.loaders.lists.document import Document, Reading, quoted
from graphcli.loaders.lists.entries import COLUMNS
from graphcli.loaders.lists.programs import program_called
from graphcli.workspace.identity import stable_hash

TITLE = "own lists as CSV with the columns name_zh or name, and source (see graphcli lists import --help)"
_NAMES = ("name_zh", "name")
_IDENTITY = (*_NAMES, "pattern", "affiliation", "basis", "listed_from")
# What ``lists show`` prints may be edited and taken back; it numbers the rows.
_NUMBER = "row"
_KNOWN = frozenset({_NUMBER, *(item.name for item in COLUMNS)})
_DEFAULTS = {"affiliation_type": "list", "basis": "listed", "certainty": "likely"}


def recognises(document: Document) -> bool:
    """Whether the CSV has the columns that an entry cannot do without."""
    header = set(document.header)
    return "source" in header and not header.isdisjoint(_NAMES)


def read(document: Document, as_of: str | None) -> Reading:
    """Take the rows as they are, and fill in what is unsaid.

    Raises
    ------
    DataContractError
        A column is unknown or stands twice, or a row has the wrong number of cells.
    """
    unknown = sorted(set(document.header) - _KNOWN)
    if unknown:
        raise document.broken(
            0, f"unknown column {', '.join(map(repr, unknown))}; known are {', '.join(sorted(_KNOWN))}"
        )
    if len(set(document.header)) < len(document.header):
        raise document.broken(0, "a column stands twice in the header")
    entries = [_entry(document, number, record, as_of) for number, record in document.records()]
    return Reading("", entries, len(entries))


def _entry(
    document: Document, number: int, record: Mapping[str, str], as_of: str | None
) -> Mapping[str, str | None]:
    row: dict[str, str | None] = {name: cell or None for name, cell in record.items() if name != _NUMBER}
    for column, value in _DEFAULTS.items():
        row[column] = row.get(column) or value
    title = row.get("affiliation") or document.name.rsplit(".", 1)[0]
    row["affiliation"] = title
    row["affiliation_id"] = row.get("affiliation_id") or program_called(title).affiliation_id
    identity = [str(row.get(column) or "") for column in _IDENTITY]
    named = row.get("id") or f"own-{stable_hash(*identity, length=12)}"
    if named.startswith("#"):
        raise document.broken(number, f"the id {quoted(named)} begins as a comment does")
    row["id"] = named
    row["as_of"] = row.get("as_of") or as_of
    return row
