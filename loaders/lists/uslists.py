"""US lists as OpenSanctions publishes their sources: Section 1260H and Section 889, as CSV."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphcli.loaders.lists.document import Document
from graphcli.loaders.lists.entries import ALIAS_SEPARATOR

_LINK = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class UnitedStatesList:
    """One such CSV: its header, which column holds what, and what its entries claim."""

    TITLE: str
    NAME: str
    header: frozenset[str]
    columns: Mapping[str, str]
    affiliation: str
    kind: str
    source: str

    def recognises(self, document: Document) -> bool:
        """Whether the CSV has this list's header."""
        return set(document.header) >= self.header and (
            self.NAME != "us_section_889_import" or self._names_itself(document)
        )

    def entries(self, document: Document, as_of: str | None) -> Iterator[Mapping[str, str | None]]:
        """Yield one entry for each row that names a firm.

        Raises
        ------
        DataContractError
            A row has no name.
        """
        for number, record in document.records():
            name = self._cell(record, "name")
            if not name:
                raise document.broken(number, f"{self.columns['name']!r} is empty")
            aliases = [text for key in ("aliases", "previous") for text in self._aliases(record, key)]
            link = self._cell(record, "url")
            yield {
                "id": f"{self.NAME.replace('_', '-')}-{number:04d}",
                "name": name,
                "aliases": ALIAS_SEPARATOR.join(aliases) or None,
                "affiliation_id": self.NAME,
                "affiliation": self.affiliation,
                "affiliation_type": "list",
                "kind": self.kind,
                "basis": "listed",
                "source": self.source,
                "listed_from": self._cell(record, "from"),
                "listed_to": self._cell(record, "to"),
                "url": link if link and _LINK.fullmatch(link) else None,
                "as_of": as_of or self._full_day(record),
                "certainty": "sure",
            }

    def _names_itself(self, document: Document) -> bool:
        return any("Section 889" in cell for row in document.rows[:1] for cell in row)

    def _cell(self, record: Mapping[str, str], role: str) -> str | None:
        return record.get(self.columns.get(role, ""), "") or None

    def _aliases(self, record: Mapping[str, str], role: str) -> list[str]:
        # Bare initials (AVIC, CEC) are shared by others; a name of two words or more is not.
        cells = (self._cell(record, role) or "").split(ALIAS_SEPARATOR)
        return [cell.strip() for cell in cells if len(cell.split()) > 1]

    def _full_day(self, record: Mapping[str, str]) -> str | None:
        day = self._cell(record, "from") or ""
        return day if re.fullmatch(r"\d{4}-\d{2}-\d{2}", day) else None


SECTION_1260H = UnitedStatesList(
    TITLE="the Section 1260H list as CSV",
    NAME="us_1260h_import",
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
    NAME="us_section_889_import",
    header=frozenset({"schema", "name", "aliases", "program", "start-date", "source_url"}),
    columns={
        "name": "name",
        "aliases": "aliases",
        "from": "start-date",
        "to": "end-date",
        "url": "source_url",
    },
    affiliation="US Section 889 (imported)",
    kind="trade",
    source="Public Law 115-232, section 889 (imported)",
)
