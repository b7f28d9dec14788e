"""How much of files nobody planned for is read, and how rightly: random board files with known truth.

Each file is loaded as it is, without options, at the first try. A cell is *right* where the canonical value
is the true one, *missing* where the file holds a value and none was read, *wrong* where another value was
read than the file holds, and *invented* where the file holds none (no such column, a blank cell, a button or
an address where the employer belongs) and one was read all the same.

    python benchmarks/loading_truth.py [--files 300] [--first 0] [--show 20]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parent))

from board_like import BoardFile, make_board

from graphcli.loaders.load import load
from graphcli.workspace import tables
from graphcli.workspace.errors import GraphcliError
from graphcli.workspace.folder import WorkspaceFolder

COLUMN = {
    "title": "title", "employer": "employer_raw", "place": "place_raw", "education": "education",
    "experience": "experience", "posted_on": "posted_on", "url": "url", "openings": "openings",
    "industry": "industry_raw", "company_size": "company_size", "ownership": "ownership",
}  # fmt: skip
ROLES = (*COLUMN, "pay", "tags", "text")
# What a cell of these says is one of a few words; only that it was read is judged here.
READ = ("company_size", "ownership")


@dataclass
class Score:
    """One file: whether it loaded, and how its rows and cells were read."""

    board: BoardFile
    problem: str = ""
    rows: int = 0
    kept: int = 0
    wrongly_kept: int = 0
    cells: dict[str, dict[str, int]] = field(default_factory=dict)
    examples: list[str] = field(default_factory=list)


def measure(numbers: Sequence[int]) -> list[Score]:
    """Make and load files; the order of the scores is that of the numbers."""
    with tempfile.TemporaryDirectory(prefix="boards-") as scratch:
        boards = [make_board(number) for number in numbers]
        for board in boards:
            (Path(scratch) / board.name).write_bytes(board.content)
        try:
            return _scores(boards, Path(scratch), "together")
        except Exception:
            # One of them broke the load of all.
            return [score for board in boards for score in _alone(board, Path(scratch))]


def _alone(board: BoardFile, scratch: Path) -> list[Score]:
    try:
        return _scores([board], scratch, f"workspace of {board.name}")
    except Exception as error:
        kind = "" if isinstance(error, GraphcliError) else f"{type(error).__name__}: "
        return [Score(board, f"{kind}{error}", rows=len(board.truth))]


def _scores(boards: Sequence[BoardFile], scratch: Path, name: str) -> list[Score]:
    folder = WorkspaceFolder(scratch / name)
    result = load(folder, [scratch / board.name for board in boards])
    problems = dict(
        result.frame.filter(pl.col("problem").is_not_null()).select("path", "problem").iter_rows()
    )
    sources = folder.read("sources", tables.SOURCES).select("source_id", "path")
    postings = folder.read_all("postings", tables.POSTINGS).join(sources, on="source_id")
    texts = folder.read_all("texts", tables.TEXTS)
    postings = postings.join(texts, on=["source_id", "row"], how="left")
    scores = []
    for board in boards:
        score = Score(board, problems.get(board.name, ""), rows=len(board.truth))
        read = {row["row"]: row for row in postings.filter(pl.col("path") == board.name).to_dicts()}
        if not read and not score.problem:
            score.problem = "no row"
        _judge(score, read)
        scores.append(score)
    return scores


def _judge(score: Score, read: dict[int, dict[str, Any]]) -> None:
    score.kept = len(read.keys() & score.board.truth.keys())
    score.wrongly_kept = len(read.keys() - score.board.truth.keys())
    for number, truth in score.board.truth.items():
        for role in ROLES:
            if role == truth.get("slipped") and truth.get(role) is None:
                continue
            verdict = _verdict(role, truth.get(role), read[number]) if number in read else None
            if number not in read and truth.get(role) is not None:
                verdict = "missing"
            if verdict:
                counts = score.cells.setdefault(
                    role, dict.fromkeys(("right", "missing", "wrong", "invented"), 0)
                )
                counts[verdict] += 1
                if verdict in {"wrong", "invented"} and len(score.examples) < 5:
                    got = _value(role, read[number])
                    score.examples.append(f"row {number} {role}: {truth.get(role)!r} read as {got!r}")


def _value(role: str, row: dict[str, Any]) -> Any:
    if role == "pay":
        return (
            None if row["pay_low"] is None and row["pay_high"] is None else (row["pay_low"], row["pay_high"])
        )
    if role in {"tags", "text"}:
        return row[role] or None
    return row[COLUMN[role]]


def _verdict(role: str, truth: Any, row: dict[str, Any]) -> str | None:
    got = _value(role, row)
    if truth is None:
        # Perks and other words beside the skills are a matter of the skills, not of reading.
        return "invented" if got is not None and role not in {"tags", "text"} else None
    if got is None:
        return "missing"
    return "right" if role in READ or _alike(role, truth, got) else "wrong"


def _alike(role: str, truth: Any, got: Any) -> bool:
    if role == "pay":
        return all(
            (one is None) == (other is None) and (one is None or abs(one - other) < 1)
            for one, other in zip(truth, got, strict=True)
        )
    if role == "tags":
        return set(truth) <= set(got)
    if role == "text":
        # Requirements that stand in a column of their own may be kept with the text.
        return _folded(truth) in _folded(got)
    if role == "place":
        return _letters(truth) == _letters(got)
    return _folded(truth) == _folded(got) if isinstance(truth, str) else truth == got


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _letters(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKC", text) if letter.isalnum())


def totals(scores: Sequence[Score]) -> dict[str, dict[str, int]]:
    """Cells by role over some files."""
    found: dict[str, dict[str, int]] = {}
    for score in scores:
        for role, counts in score.cells.items():
            into = found.setdefault(role, dict.fromkeys(counts, 0))
            for name, count in counts.items():
                into[name] += count
    return found


def summary(scores: Sequence[Score]) -> dict[str, float]:
    """The figures that must not fall: shares of files and rows, recall and precision of cells."""
    cells = totals(scores)
    named = {role: cells.get(role, {}) for role in ROLES}
    right = sum(counts.get("right", 0) for counts in named.values())
    missing = sum(counts.get("missing", 0) for counts in named.values())
    other = sum(counts.get("wrong", 0) + counts.get("invented", 0) for counts in named.values())
    return {
        "files": len(scores),
        "loaded": sum(not score.problem for score in scores) / len(scores),
        "kept": sum(score.kept for score in scores) / sum(score.rows for score in scores),
        "wrongly_kept": sum(score.wrongly_kept for score in scores),
        "recall": right / max(1, right + missing + sum(counts.get("wrong", 0) for counts in named.values())),
        "precision": right / max(1, right + other),
        "invented_employers": named["employer"].get("invented", 0),
        "wrong_employers": named["employer"].get("wrong", 0),
        "invented_places": named["place"].get("invented", 0),
    }


def _table(groups: dict[str, list[Score]]) -> pl.DataFrame:
    return pl.DataFrame([{"of": name, **summary(scores)} for name, scores in groups.items()]).sort("of")


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--show", type=int, default=20)
    options = parser.parse_args()
    scores = []
    for start in range(options.first, options.first + options.files, 50):
        scores += measure(range(start, min(start + 50, options.first + options.files)))
    pl.Config.set_tbl_rows(60).set_tbl_cols(20).set_tbl_width_chars(160).set_tbl_hide_dataframe_shape(True)
    pl.Config.set_float_precision(3).set_tbl_hide_column_data_types(True)
    by_container: dict[str, list[Score]] = {}
    by_nuisance: dict[str, list[Score]] = {}
    for score in scores:
        by_container.setdefault(score.board.container, []).append(score)
        for nuisance in score.board.nuisances:
            by_nuisance.setdefault(nuisance, []).append(score)
    print(_table({"all": scores}), _table(by_container), _table(by_nuisance), sep="\n")
    cells = totals(scores)
    rows = [
        {
            "role": role,
            "recall": counts["right"] / max(1, counts["right"] + counts["missing"] + counts["wrong"]),
            "precision": counts["right"] / max(1, counts["right"] + counts["wrong"] + counts["invented"]),
            **counts,
        }
        for role, counts in cells.items()
    ]
    print(pl.DataFrame(rows))
    shown = [score for score in scores if score.problem or score.examples]
    for score in shown[: options.show]:
        print(
            score.board.name,
            score.board.container,
            score.board.nuisances,
            score.problem[:200],
            *score.examples,
            sep="\n  ",
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
