"""A process that loads damaged files and says of each how it ended; its parent watches the time.

Lines on stdin are folders of files, one load each; lines on stdout are JSON: ``{"at": n}`` whenever a file is
done, ``{"file", "end", "says"}`` for each file, ``{"done": true}`` after a folder.
"""

from __future__ import annotations

import json
import sys
import tempfile
import traceback
from pathlib import Path

from graphcli.loaders.load import load
from graphcli.workspace import tables
from graphcli.workspace.errors import GraphcliError
from graphcli.workspace.folder import WorkspaceFolder


def _say(line: dict[str, object]) -> None:
    sys.__stdout__.write(json.dumps(line) + "\n")
    sys.__stdout__.flush()


def _verdicts(paths: list[Path]) -> dict[str, tuple[str, str]]:
    """File → how it ended (rows, refused, or what is wrong) and what was said."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as scratch:
        folder = WorkspaceFolder(Path(scratch) / "workspace")
        try:
            frame = load(folder, paths, accept=True, say=lambda message: _say({"at": message[:80]})).frame
        except GraphcliError as error:
            return {path.name: _refusal(str(error), error.exit_code) for path in paths}
        postings = folder.read_all("postings", tables.POSTINGS)
        issues = folder.read_all("issues", tables.ISSUES)
        ends: dict[str, tuple[str, str]] = {}
        for row in frame.to_dicts():
            refused = row["problem"]
            end = _refusal(refused, 3) if refused else _accounted(row, postings, issues)
            if ends.get(row["path"], ("rows", ""))[0] in {"rows", "refused"}:
                ends[row["path"]] = end
        return {path.name: ends.get(path.name, ("unaccounted", "no source and no reason")) for path in paths}


def _refusal(message: str, exit_code: int) -> tuple[str, str]:
    if "\n" in message or exit_code not in {1, 2, 3} or len(message) > 2_000:
        return "no line", f"exit {exit_code}: {message[:300]!r}"
    return "refused", message


def _accounted(row: dict[str, object], postings: object, issues: object) -> tuple[str, str]:
    import polars as pl

    assert isinstance(postings, pl.DataFrame)
    assert isinstance(issues, pl.DataFrame)
    mine = pl.col("source_id") == row["source_id"]
    kept = postings.filter(mine)["row"]
    rejected = issues.filter(mine, pl.col("action") == "rejected")["row"]
    counts = (row["rows_read"], row["kept"], row["rejected"], len(kept), len(rejected))
    whole = set(kept) | set(rejected)
    if counts[0] != counts[1] + counts[2] or counts[1] != counts[3] or counts[2] != counts[4]:
        return "unaccounted", f"read, kept, rejected, rows of postings, rows of issues: {counts}"
    if len(whole) != row["rows_read"] or None in whole:
        return "unaccounted", f"{row['rows_read']} read, {len(whole)} different rows"
    return "rows", f"{row['kept']} of {row['rows_read']}"


def main() -> None:
    """Load folders until stdin ends."""
    for line in sys.stdin:
        paths = sorted(Path(line.strip()).iterdir())
        try:
            ends = _verdicts(paths)
        except Exception:
            # One of them broke the load; which one is found by loading each alone.
            ends = {}
            for path in paths:
                _say({"at": path.name})
                try:
                    ends |= _verdicts([path])
                except Exception as error:
                    last = traceback.extract_tb(error.__traceback__)[-1]
                    where = f"{Path(last.filename).name}:{last.lineno}"
                    ends[path.name] = ("traceback", f"{type(error).__name__} at {where}: {str(error)[:300]}")
        for name, (end, says) in ends.items():
            _say({"file": name, "end": end, "says": says})
        _say({"done": True})


if __name__ == "__main__":
    main()
