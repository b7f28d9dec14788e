"""What ``lists`` prints: the lists that are there, and the entries of one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl

from graphcli.loaders.lists.entries import AffiliationList, load_lists
from graphcli.loaders.lists.importing import described, import_list
from graphcli.workspace.errors import unknown_name
from graphcli.workspace.folder import WorkspaceFolder
from graphcli.workspace.result import Result
from graphcli.workspace.wording import counted

Say = Callable[[str], None]


def overview(folder: WorkspaceFolder, only: str | None = None, say: Say = lambda message: None) -> Result:
    """List the lists: kind of claims, source, edition, entries and how many employers they match here.

    Rows ``list, kind, source, as_of, entries, matched_employers, origin``.
    """
    lists = [item for item in load_lists(_reference(folder)) if only in {None, item.name}]
    matched = _matched(folder, say)
    rows = [
        {
            "list": item.name,
            "kind": _joined(item.entries["kind"]),
            "source": _joined(item.entries["source"], limit=2),
            "as_of": item.as_of.isoformat() if item.as_of else None,
            "entries": item.entries.height,
            "matched_employers": matched.get(item.path.name, 0),
            "origin": item.origin,
        }
        for item in lists
    ]
    notes = () if folder.table_names("postings/") else ("nothing is loaded, so no employer can match",)
    return Result("lists", pl.DataFrame(rows), {"list": only}, notes)


def import_result(
    folder: WorkspaceFolder,
    path: Path,
    name: str | None = None,
    as_of: str | None = None,
    say: Say = lambda message: None,
) -> Result:
    """Import a list and say what came of it.

    Rows as of ``overview``, with ``rows_read``, ``imported`` and ``set_aside``: what kinds of records became
    no entry, and how many.

    Raises
    ------
    UsageError
        The file does not exist or its form is not known.
    DataContractError
        An entry is malformed; nothing is imported.
    """
    imported = import_list(folder, path, name, as_of)
    aside = described(imported.set_aside)
    listed = overview(folder, only=imported.name, say=say)
    frame = listed.frame.with_columns(
        rows_read=pl.lit(imported.rows_read, pl.Int64),
        imported=pl.lit(imported.entries.height, pl.Int64),
        set_aside=pl.lit(aside or None, pl.String),
    )
    made = imported.entries.height
    entries = counted(made, "entry", "entries")
    notes = [f"{counted(imported.rows_read, 'row')} read, {entries} imported as {imported.name}"]
    if aside:
        notes.append(f"set aside: {aside}")
    if imported.encoding != "utf-8":
        notes.append(f"{path.name} is not UTF-8 and was read as {imported.encoding.upper()}")
    if imported.newer_replaced:
        notes.append(
            f"the edition replaced is newer ({imported.newer_replaced}); --name keeps editions side by side"
        )
    notes += listed.notes
    parameters = {"file": path.name, "name": imported.name, "as_of": as_of}
    return Result("lists import", frame, parameters, tuple(notes))


def show(folder: WorkspaceFolder, name: str) -> Result:
    """Print the entries of one list in the columns of its file, with the row each stands in.

    Raises
    ------
    UsageError
        There is no such list.
    """
    lists = {item.name: item for item in load_lists(_reference(folder))}
    if name not in lists:
        raise unknown_name("list", name, lists)
    found: AffiliationList = lists[name]
    hidden = ("row", "pattern", "affiliation_id", "affiliation_type", "parent", "certainty", "url")
    return Result("lists show", found.entries, {"list": name}, hidden=hidden)


def _matched(folder: WorkspaceFolder, say: Say) -> dict[str, int]:
    from graphcli.loaders.resolve.stage import ensure_resolved

    if not folder.table_names("postings/"):
        return {}
    claims = ensure_resolved(folder, say=say).claims
    file = pl.col("list_row").str.replace(r":\d+$", "").str.split("/").list.last()
    counts = claims.group_by(file=file).agg(pl.col("employer_id").n_unique())
    return dict(counts.iter_rows())


def _joined(values: pl.Series, limit: int = 9) -> str | None:
    distinct = values.drop_nulls().unique().sort().to_list()
    more = f"; and {len(distinct) - limit} more" if len(distinct) > limit else ""
    return "; ".join(distinct[:limit]) + more if distinct else None


def _reference(folder: WorkspaceFolder) -> Path | None:
    return folder.reference_folder if folder.reference_folder.is_dir() else None
