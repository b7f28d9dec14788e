"""What ``resolve`` answers when somebody judges names, takes it back, or hands judgements on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from graphcli.loaders.resolve.employers import judgements as journal
from graphcli.loaders.resolve.employers.aliases import load_aliases
from graphcli.loaders.resolve.employers.credit_codes import codes_in_postings, known_codes
from graphcli.loaders.resolve.employers.identities import identify
from graphcli.loaders.resolve.employers.judgements import Judgement
from graphcli.loaders.resolve.names.registered import clean, normalise_name, shipped_rules
from graphcli.workspace import tables
from graphcli.workspace.folder import WorkspaceFolder
from graphcli.workspace.identity import ID_LENGTH
from graphcli.workspace.result import Result
from graphcli.workspace.wording import counted

COLUMNS = ("a", "b", "verdict", "name_a", "name_b", "judged_at", "by", "note")
_ID = re.compile(f"(employer:)?[0-9a-f]{{{ID_LENGTH}}}")


def judge(
    folder: WorkspaceFolder, verdict: str, first: str, second: str, *, by: str = "", note: str = ""
) -> Result:
    """Judge two names, given as written or by the id of their employer.

    Raises
    ------
    UsageError
        The two are one name, or one is empty.
    DataContractError
        The file of judgements is damaged.
    """
    names = [_meant(folder, text) for text in (first, second)]
    item = journal.judge(folder, verdict, *names, by=by, note=note)
    parameters = {"judge": [verdict, *names]}
    return answer([item], parameters, (*_unseen(folder, names), *refusals(folder)))


def undo(folder: WorkspaceFolder, first: str, second: str, *, by: str = "", note: str = "") -> Result:
    """Take the latest judgement about two names back.

    Raises
    ------
    UsageError
        No judgement about them is in force.
    """
    names = [_meant(folder, text) for text in (first, second)]
    item = journal.undo(folder, *names, by=by, note=note)
    before = [held for held in journal.judgements_of(folder) if held.pair == item.pair]
    now = f"now judged {before[0].verdict}, as before" if before else "now judged by nobody"
    return answer([item], {"undo": names}, (now, *refusals(folder)))


def judged(folder: WorkspaceFolder) -> Result:
    """List the judgements in force."""
    held = journal.judgements_of(folder)
    return answer(held, {"judged": True}, (f"{counted(len(held), 'judgement')} in force", *refusals(folder)))


def export(folder: WorkspaceFolder, path: Path) -> Result:
    """Write the judgements in force to a file."""
    size = journal.export_judgements(folder, path)
    held = journal.judgements_of(folder)
    return answer(held, {"export": str(path)}, (f"wrote {counted(size, 'judgement')} to {path}",))


def take_over(folder: WorkspaceFolder, path: Path) -> Result:
    """Import a file of judgements.

    Raises
    ------
    DataContractError
        A line of it is malformed; nothing is imported.
    """
    new, replaced, held = journal.import_judgements(folder, path)
    note = f"{new:,} imported, {replaced:,} over another verdict of this workspace, {held:,} known already"
    return answer(journal.judgements_of(folder), {"import": str(path)}, (note, *refusals(folder)))


def difference(folder: WorkspaceFolder, path: Path) -> Result:
    """List the pairs that a file judges differently from the workspace."""
    rows = [
        (item.a, item.b, here or None, there or None, item.name_a, item.name_b)
        for item, here, there in journal.compare_judgements(folder, path)
    ]
    names = ("a", "b", "workspace", "file", "name_a", "name_b")
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    note = f"{counted(frame.height, 'pair')} judged differently here and in {path}"
    return Result("resolve", frame, {"diff": str(path)}, (note,), hidden=())


def refusals(folder: WorkspaceFolder) -> tuple[str, ...]:
    """Say which links between names were not followed, because a judgement or a code keeps names apart."""
    names = folder.read("employer_names", tables.EMPLOYER_NAMES)
    reference = reference_of(folder)
    rules = shipped_rules()
    found = identify(
        frozenset(names["normalised"]),
        load_aliases(reference),
        rules,
        journal.judgements_of(folder),
        known_codes(reference, rules, codes_in_postings(folder)),
    )
    return tuple(
        f"not joined: {link.a} and {link.b} ({link.method}), because names behind them are kept apart"
        for link in found.joined.refused
    )


def reference_of(folder: WorkspaceFolder) -> Path | None:
    """Return the user's own reference folder, where there is one."""
    return folder.reference_folder if folder.reference_folder.is_dir() else None


def answer(items: Iterable[Judgement], parameters: Mapping[str, object], notes: Sequence[str]) -> Result:
    """Answer with judgements as rows."""
    rows = [tuple(getattr(item, name) or None for name in COLUMNS) for item in items]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
    return Result("resolve", frame, parameters, tuple(notes), hidden=("a", "b"))


def _meant(folder: WorkspaceFolder, text: str) -> str:
    if not _ID.fullmatch(text.strip()):
        return text
    wanted = text.strip().removeprefix("employer:")
    employers = folder.read("employers", tables.EMPLOYERS)
    found = employers.filter(pl.col("employer_id") == wanted)["name"].to_list()
    return str(found[0]) if found else text


def _unseen(folder: WorkspaceFolder, names: Iterable[str]) -> Iterator[str]:
    known = folder.read("employer_names", tables.EMPLOYER_NAMES)
    rules = shipped_rules()
    for name in names:
        met = (pl.col("normalised") == normalise_name(name, rules)) | (pl.col("employer_raw") == clean(name))
        if known.height and known.filter(met).is_empty():
            yield f"no posting loaded here names {name}; the judgement holds for files loaded later"
