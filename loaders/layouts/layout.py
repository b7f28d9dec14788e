"""A layout: which columns of a source hold what, and by what it is recognised."""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphcli.loaders.reference.files import read_schema, read_yaml, shipped
from graphcli.workspace.errors import DataContractError, unknown_name

PACKAGE = "graphcli.loaders.layouts"
ROLES = (
    "title", "employer", "place", "url", "posted_on", "pay", "education", "experience", "openings",
    "industry", "company_size", "ownership", "credit_code", "text",
)  # fmt: skip
# Columns of lists, beside the roles of one value each.
LISTS = ("tags", "perks")
# Recognised where this share of the filled cells of the sample fits the pattern.
CONTENT_SHARE = 0.8
_FIELD = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True)
class Alternative:
    """One way to fill a role: columns put together by a template such as ``{city}·{district}``.

    ``strict`` gives nothing where one column is empty; otherwise what is filled is joined by ``joiner``.
    """

    columns: tuple[str, ...]
    template: str = ""
    joiner: str = ""


@dataclass(frozen=True)
class Layout:
    """A source layout.

    Attributes
    ----------
    headers, exact
        Columns that must be there, and whether there may be no others.
    content, share
        Patterns that this share of the filled cells of these columns must fit.
    cells
        ``list`` where each cell is the text of a Python list.
    guarded
        CSV cells carry the apostrophe that keeps a spreadsheet from running them.
    canonical
        Cells hold what ``export postings`` wrote: values that were read once and are not interpreted again.
    columns
        Role → alternatives, the first that is filled counts.
    tags, perks, profile
        Columns of tags; columns of what the employer offers; column whose tags end in ownership, size and
        industry.
    sliding
        Experience and education columns between which a value slides where the one before is missing.
    only
        Records must fit these patterns to be postings at all.
    crawl_day
        Column with the day on which each record was crawled.
    crawled_on
        Pattern that finds ``YYYYMMDD`` of the crawl in the file's name.
    expect
        What a load must give, else it is refused: ``rows``, least shares of filled cells by role, ``ranges``
        of values and the share that may lie ``outside`` (``loaders.audit.check_contract``).
    """

    name: str
    board: str
    title: str
    seen_in: str
    headers: tuple[str, ...]
    exact: bool
    content: Mapping[str, str]
    share: float
    columns: Mapping[str, tuple[Alternative, ...]]
    cells: str = "plain"
    guarded: bool = False
    canonical: bool = False
    tags: tuple[str, ...] = ()
    perks: tuple[str, ...] = ()
    profile: str = ""
    sliding: tuple[str, ...] = ()
    only: Mapping[str, str] | None = None
    crawl_day: str = ""
    crawled_on: str = ""
    expect: Mapping[str, Any] | None = None
    fingerprint: str = ""

    def role_columns(self, role: str) -> tuple[str, ...]:
        """Columns that a role may be filled from, the first one first."""
        found = (column for alternative in self.columns.get(role, ()) for column in alternative.columns)
        return tuple(dict.fromkeys(found))

    def used_columns(self) -> tuple[str, ...]:
        """All columns that are read."""
        names = [column for role in ROLES for column in self.role_columns(role)]
        names += [*self.tags, *self.perks, *((self.profile,) if self.profile else ())]
        names += [*self.sliding, *(self.only or {}), *((self.crawl_day,) if self.crawl_day else ())]
        return tuple(dict.fromkeys(names))


def load_layouts(reference_folder: Path | None = None) -> dict[str, Layout]:
    """Read the layouts that ship with the tool, and the user's own over them.

    Parameters
    ----------
    reference_folder
        The workspace's ``reference`` folder; its ``layouts/*.yaml`` replace ours of the same name.

    Raises
    ------
    DataContractError
        A layout breaks the schema.
    """
    own = [] if reference_folder is None else sorted((reference_folder / "layouts").glob("*.yaml"))
    layouts = (*_shipped_layouts(), *map(read_layout, own))
    return {layout.name: layout for layout in layouts}


@functools.cache
def _shipped_layouts() -> tuple[Layout, ...]:
    return tuple(map(read_layout, sorted(shipped(PACKAGE).glob("*.yaml"))))


def read_layout(path: Path) -> Layout:
    """Read one layout file.

    Raises
    ------
    DataContractError
        It is no YAML, breaks the schema, or holds a pattern that is no regular expression.
    """
    content = read_yaml(path, read_schema(PACKAGE, "layout.schema.json"))
    for pattern in (*content["recognise"]["content"].values(), *content.get("only", {}).values()):
        try:
            re.compile(pattern)
        except re.error as error:
            raise DataContractError(f"{path.name}: {pattern!r} is no regular expression: {error}") from None
    return layout_from(content)


def layout_from(content: Mapping[str, Any]) -> Layout:
    """Build a layout from its checked content."""
    recognise = content["recognise"]
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return Layout(
        name=content["name"],
        board=content["board"],
        title=content["title"],
        seen_in=content["seen_in"],
        headers=tuple(recognise["headers"]),
        exact=recognise.get("exact", False),
        content=recognise["content"],
        share=recognise.get("share", CONTENT_SHARE),
        columns={role: _alternatives(value) for role, value in content["columns"].items()},
        cells=content.get("cells", "plain"),
        guarded=content.get("guarded", False),
        canonical=content.get("canonical", False),
        tags=tuple(content.get("tags", ())),
        perks=tuple(content.get("perks", ())),
        profile=content.get("profile", ""),
        sliding=tuple(content.get("sliding", ())),
        only=content.get("only"),
        crawl_day=content.get("crawl_day", ""),
        crawled_on=content.get("crawled_on", ""),
        expect=content.get("expect"),
        fingerprint=hashlib.sha256(text.encode("utf-8")).hexdigest()[:12],
    )


def _alternatives(value: Any) -> tuple[Alternative, ...]:
    items = value if isinstance(value, list) else [value]
    return tuple(_alternative(item) for item in items)


def _alternative(item: Any) -> Alternative:
    if isinstance(item, str):
        return Alternative((item,))
    if "format" in item:
        return Alternative(tuple(_FIELD.findall(item["format"])), template=item["format"])
    return Alternative(tuple(item["join"]), joiner=item.get("with", " "))


def wanted_layout(name: str, reference_folder: Path | None = None) -> Layout:
    """Find the layout of ``--layout``: a known name or the path of a YAML file.

    Raises
    ------
    UsageError
        There is no such layout.
    """
    path = Path(name)
    if path.suffix in {".yaml", ".yml"} and path.is_file():
        return read_layout(path)
    layouts = load_layouts(reference_folder)
    if name not in layouts:
        raise unknown_name("layout", name, layouts)
    return layouts[name]
