"""What people decided about two names: the same employer, different ones, or unsure.

The decisions stand in one append-only file of JSON lines in the workspace, which a person can read, diff and
hand on. Nothing in it is ever changed: a later line about the same two names comes over an earlier one, and
an undo takes the latest line back, so that the one before it counts again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from graphcli.loaders.resolve.names.registered import clean, normalise_name, shipped_rules
from graphcli.workspace import files, tables
from graphcli.workspace.errors import DataContractError, GraphcliError, UsageError, unknown_name
from graphcli.workspace.folder import LOCK_WAIT_SECONDS, WorkspaceFolder
from graphcli.workspace.lock import writer_lock

FILE = "judgements.jsonl"
VERDICTS = ("same", "different", "unsure")
UNDONE = "undone"

Pair = tuple[str, str]


@dataclass(frozen=True)
class Judgement:
    """One line of the file.

    Attributes
    ----------
    a, b
        The two names as they are compared, the smaller first: their normalised forms, or, where the rules
        read both as one normalised form, their cleaned ones.
    name_a, name_b
        The names as they were given.
    verdict
        ``same``, ``different``, ``unsure``, or ``undone``: the latest of these about the pair is taken back.
    judged_at
        ISO time; empty where it is not known.
    by, note
        Who decided and why; empty where it was not said.
    """

    a: str
    b: str
    name_a: str
    name_b: str
    verdict: str
    judged_at: str = ""
    by: str = ""
    note: str = ""

    @property
    def pair(self) -> Pair:
        """The two names as they are compared."""
        return self.a, self.b

    def line(self) -> str:
        """Write it as a line of the file, without what was not said."""
        content = {name: value for name, value in asdict(self).items() if value}
        return json.dumps(content, ensure_ascii=False) + "\n"


def judgement(
    first: str, second: str, verdict: str, *, judged_at: str = "", by: str = "", note: str = ""
) -> Judgement:
    """Make the judgement about two raw names, in whichever order they are given.

    Raises
    ------
    UsageError
        A name is empty, or the two are one name.

    Examples
    --------
    >>> judgement("蓝湖（上海）有限公司", "青山有限公司", "same").pair
    ('蓝湖上海有限公司', '青山有限公司')
    """
    rules = shipped_rules()
    # Half a character, as a broken terminal or file gives it, cannot be written.
    first, second, by, note = (_writable(text) for text in (first, second, by, note))
    keys = [normalise_name(name, rules) for name in (first, second)]
    if keys[0] == keys[1]:
        keys = [clean(name) for name in (first, second)]
    if not all(keys):
        raise UsageError("a judgement needs two names; one is empty")
    if keys[0] == keys[1]:
        raise UsageError(f"{first!r} and {second!r} are one name, {keys[0]!r}; there is nothing to judge")
    (a, name_a), (b, name_b) = sorted(zip(keys, (first.strip(), second.strip()), strict=True))
    return Judgement(a, b, name_a, name_b, verdict, judged_at, by, note)


def read_journal(path: Path) -> list[Judgement]:
    """Read every line of a file of judgements; none where it does not exist.

    Raises
    ------
    DataContractError
        A line is no judgement; the message names the file and the line.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return []
    return [
        _judgement_of(line, f"{path.name}: line {number}")
        for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1)
        if line.strip()
    ]


def in_force(journal: Iterable[Judgement]) -> list[Judgement]:
    """Keep of each pair the judgement that counts, sorted by pair."""
    stacks: dict[Pair, list[Judgement]] = {}
    for item in journal:
        stack = stacks.setdefault(item.pair, [])
        if item.verdict != UNDONE:
            stack.append(item)
        elif stack:
            stack.pop()
    return [stacks[pair][-1] for pair in sorted(stacks) if stacks[pair]]


def judgements_of(folder: WorkspaceFolder) -> list[Judgement]:
    """Read the judgements that count in a workspace.

    Raises
    ------
    DataContractError
        A line of its file is no judgement.
    """
    return in_force(read_journal(folder.root / FILE))


def frame_of(judgements: Iterable[Judgement]) -> pl.DataFrame:
    """Put what decides identities into the table JUDGEMENTS; who said it and when decides nothing."""
    rows = [(item.a, item.b, item.verdict) for item in judgements]
    return pl.DataFrame(rows, schema=dict(tables.JUDGEMENTS), orient="row")


def judge(
    folder: WorkspaceFolder, verdict: str, first: str, second: str, *, by: str = "", note: str = ""
) -> Judgement:
    """Append a judgement about two names to the workspace.

    Raises
    ------
    UsageError
        The two are one name, or one is empty; or there is no such verdict.
    """
    if verdict not in VERDICTS:
        raise unknown_name("verdict", verdict, VERDICTS)
    item = judgement(first, second, verdict, judged_at=_now(), by=by, note=note)
    _append(folder, lambda journal: [item])
    return item


def undo(folder: WorkspaceFolder, first: str, second: str, *, by: str = "", note: str = "") -> Judgement:
    """Take the latest judgement about two names back; the one before it, if any, counts again.

    Raises
    ------
    UsageError
        The two names were never judged, or that was taken back already.
    """
    item = judgement(first, second, UNDONE, judged_at=_now(), by=by, note=note)

    def undone(journal: list[Judgement]) -> list[Judgement]:
        if item.pair not in {held.pair for held in in_force(journal)}:
            raise UsageError(f"nothing to undo: no judgement about {first!r} and {second!r} is in force")
        return [item]

    _append(folder, undone)
    return item


def export_judgements(folder: WorkspaceFolder, path: Path) -> int:
    """Write the judgements that count to a file that ``import_judgements`` reads; returns how many."""
    held = judgements_of(folder)
    files.write_text(path, "".join(item.line() for item in held))
    return len(held)


def import_judgements(folder: WorkspaceFolder, path: Path) -> tuple[int, int, int]:
    """Append the judgements that count in another file where they are not the workspace's own already.

    Returns
    -------
    How many were new, how many came over another verdict of the workspace, and how many it held already.

    Raises
    ------
    UsageError
        There is no such file.
    DataContractError
        A line of it is no judgement; nothing is imported.
    """
    theirs = _in_force_in(path)
    count = {"new": 0, "replaced": 0, "held": 0}

    def other(journal: list[Judgement]) -> list[Judgement]:
        ours = {item.pair: item.verdict for item in in_force(journal)}
        kinds = [
            "held" if ours.get(item.pair) == item.verdict else "replaced" if item.pair in ours else "new"
            for item in theirs
        ]
        count.update({kind: kinds.count(kind) for kind in count})
        return [item for item, kind in zip(theirs, kinds, strict=True) if kind != "held"]

    _append(folder, other)
    return count["new"], count["replaced"], count["held"]


def compare_judgements(folder: WorkspaceFolder, path: Path) -> list[tuple[Judgement, str, str]]:
    """List the pairs that a file and the workspace judge differently.

    Returns
    -------
    For each pair one of its judgements, the workspace's verdict and the file's; empty where it has none.

    Raises
    ------
    UsageError
        There is no such file.
    DataContractError
        A line of it is no judgement.
    """
    ours = {item.pair: item for item in judgements_of(folder)}
    theirs = {item.pair: item for item in _in_force_in(path)}
    rows = []
    for pair in sorted({*ours, *theirs}):
        here, there = (held[pair].verdict if pair in held else "" for held in (ours, theirs))
        if here != there:
            rows.append((ours.get(pair) or theirs[pair], here, there))
    return rows


def _in_force_in(path: Path) -> list[Judgement]:
    if not path.is_file():
        raise UsageError(f"there is no file {path}")
    return in_force(read_journal(path))


def _append(folder: WorkspaceFolder, make: Callable[[list[Judgement]], list[Judgement]]) -> None:
    path = folder.root / FILE
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise GraphcliError(f"cannot create the workspace {folder.root}: {error.strerror}") from None
    with writer_lock(folder.root / ".lock", "judging names", LOCK_WAIT_SECONDS):
        added = make(read_journal(path))
        before = path.read_bytes() if path.is_file() else b""
        if before and not before.endswith(b"\n"):
            before += b"\n"
        if added:
            # The whole file is put in place at once: a line is there or not, never half of it.
            files.write_bytes(path, before + "".join(item.line() for item in added).encode("utf-8"))


def _judgement_of(line: bytes, where: str) -> Judgement:
    fields = _fields(line, where)
    known = {*Judgement.__dataclass_fields__}
    if unknown := sorted({*fields} - known):
        raise DataContractError(
            f"{where}: unknown key {unknown[0]!r}; it may hold {', '.join(sorted(known))}"
        )
    for name in ("a", "b", "verdict"):
        if not fields.get(name):
            raise DataContractError(f"{where}: the key {name!r} is missing or empty")
    if fields["verdict"] not in (*VERDICTS, UNDONE):
        known_verdicts = ", ".join((*VERDICTS, UNDONE))
        raise DataContractError(f"{where}: the verdict {fields['verdict']!r} is none of {known_verdicts}")
    names = [fields.get(f"name_{side}") or fields[side] for side in "ab"]
    rest = {name: fields.get(name, "") for name in ("judged_at", "by", "note")}
    try:
        # The names are read anew: the rules may have changed since they were judged.
        return judgement(names[0], names[1], fields["verdict"], **rest)
    except UsageError as error:
        raise DataContractError(f"{where}: {error}") from None


def _fields(line: bytes, where: str) -> Mapping[str, str]:
    try:
        content = json.loads(line.decode("utf-8"))
    except ValueError as error:
        raise DataContractError(f"{where}: is no JSON in UTF-8 ({error}); mend or delete it") from None
    if not isinstance(content, dict):
        raise DataContractError(f"{where}: is no JSON object; mend or delete it")
    for name, value in content.items():
        if not isinstance(value, str):
            raise DataContractError(f"{where}: the key {name!r} holds no text")
    return content


def _writable(text: str) -> str:
    return text.encode("utf-8", "ignore").decode("utf-8")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
