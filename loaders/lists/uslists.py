"""US lists as OpenSanctions publishes their sources: Section 1260H and Section 889, as CSV."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graphcli.loaders.lists.document import Document, Reading, known_by, link
from graphcli.loaders.lists.entries import ALIAS_SEPARATOR
from graphcli.loaders.lists.names import named
from graphcli.loaders.lists.opensanctions import ORGANISATIONS
from graphcli.workspace.identity import stable_hash


@dataclass(frozen=True)
class UnitedStatesList:
    """One such CSV: its header, which column holds what, and what its entries claim.

    ``says`` is a text that the first row holds where the header alone does not tell the list.
    """

    TITLE: str
    name: str
    header: frozenset[str]
    columns: Mapping[str, str]
    affiliation: str
    kind: str
    source: str
    says: str = ""

    def recognises(self, document: Document) -> bool:
        """Whether the CSV has this list's header and says what it is."""
        said = not self.says or any(self.says in cell for row in document.rows[:1] for cell in row)
        return set(document.header) >= self.header and said

    def read(self, document: Document, as_of: str | None) -> Reading:
        """Read one entry for each row that names an organisation.

        Raises
        ------
        DataContractError
            A row has no name, or a date is none.
        """
        reading = Reading(self.name)
        seen: set[str | None] = set()
        for number, record in document.records():
            reading.rows += 1
            schema = self._cell(record, "schema")
            if schema and schema not in ORGANISATIONS:
                reading.set_aside[schema] += 1
                continue
            entry = self._entry(document, number, record, as_of)
            if entry["id"] in seen:
                reading.set_aside["repeated row"] += 1
                continue
            seen.add(entry["id"])
            reading.entries.append(entry)
        return reading

    def _entry(
        self, document: Document, number: int, record: Mapping[str, str], as_of: str | None
    ) -> Mapping[str, str | None]:
        name = self._cell(record, "name")
        if not name:
            raise document.broken(number, f"{self.columns['name']!r} is empty")
        start, end = (
            document.day(number, self.columns[role], self._cell(record, role)) for role in ("from", "to")
        )
        document.check_order(number, start, end)
        aliases = [
            text
            for role in ("aliases", "previous")
            for text in (self._cell(record, role) or "").split(ALIAS_SEPARATOR)
        ]
        return {
            "id": f"{self.name.replace('_', '-')}-{stable_hash(name, start or '', length=10)}",
            **named([name], aliases),
            "affiliation_id": self.name,
            "affiliation": self.affiliation,
            "affiliation_type": "list",
            "kind": self.kind,
            "basis": "listed",
            "source": self.source,
            "listed_from": start or known_by(as_of),
            "listed_to": end,
            "url": link(self._cell(record, "url")),
            "as_of": as_of or (start if start and len(start) == len("2021-06-03") else None),
            "certainty": "sure",
        }

    def _cell(self, record: Mapping[str, str], role: str) -> str | None:
        return record.get(self.columns.get(role, ""), "") or None


SECTION_1260H = UnitedStatesList(
    TITLE="the Section 1260H list as CSV",
    name="us_1260h_import",
    header=frozenset({"Name", "Clean Name", "Alias", "Parent Name", "Start date", "End date"}),
    columns={
        "name": "Clean Name",
        "aliases": "Alias",
        "previous": "Previous Name",
        "from": "Start date",
        "to": "End date",
        "url": "Source Url",
    },
    affiliation="US Section 1260H list (imported)",
    kind="defense",
    source="US Department of Defense, Section 1260H list (imported)",
)
SECTION_889 = UnitedStatesList(
    TITLE="the Section 889 list as CSV",
    name="us_section_889_import",
    header=frozenset({"schema", "name", "aliases", "program", "start-date", "source_url"}),
    columns={
        "schema": "schema",
        "name": "name",
        "aliases": "aliases",
        "from": "start-date",
        "to": "end-date",
        "url": "source_url",
    },
    affiliation="US Section 889 (imported)",
    kind="trade",
    source="Public Law 115-232, section 889 (imported)",
    says="Section 889",
)
