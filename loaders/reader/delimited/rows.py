"""What each record of a delimited file is, however it was read: nothing, footer, header again, record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from graphcli.loaders.fields.text import column_named, columns_where
from graphcli.loaders.reader.batches import ROW, SHOWN, Problem, RawBatch
from graphcli.loaders.reader.delimited.heads import Columns, words_of_roles
from graphcli.loaders.reader.footers import LEAST_COLUMNS, UNDER_THE_TABLE, is_footer, names_of_totals
from graphcli.loaders.reader.header_words import fold_name

EMPTY = "an empty record"
EXCEL_TEXT = r'(?s)^="(.*)"$'


class Judge:
    """Looks at frames in the order of the file; a header in another order changes what follows it."""

    def __init__(self, headers: tuple[str, ...]) -> None:
        self._headers = headers
        self._folded = [fold_name(name) for name in headers]
        self._named = len(set(self._folded)) == len(headers) > 1 and "" not in self._folded
        self._order: list[int | None] | None = None
        self._columns = Columns(headers)

    def batches(self, frame: pl.DataFrame, problems: list[Problem], size: int) -> Iterator[RawBatch]:
        """Judge a frame and hand it on in batches of at most ``size`` records."""
        frame, found = self._judged(_unwrapped(frame))
        left_out = {problem.row: problem for problem in problems if problem.action == "blanked"}
        found = [_with_what_was_left_out(problem, left_out) for problem in found]
        rejected = {problem.row for problem in found}
        problems = [
            problem for problem in problems if problem.row not in rejected or problem.action == "rejected"
        ]
        problems = sorted([*problems, *found], key=lambda problem: problem.row or 0)
        start, taken = 0, 0
        while start < frame.height:
            part = frame.slice(start, size)
            start += part.height
            last = None if start >= frame.height else int(part[ROW][-1])
            upto = taken
            while upto < len(problems) and (last is None or (problems[upto].row or 0) <= last):
                upto += 1
            yield RawBatch(part, tuple(problems[taken:upto]))
            taken = upto
        if taken < len(problems):
            yield RawBatch(frame.clear(), tuple(problems[taken:]))

    def _judged(self, frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Problem]]:
        problems: list[Problem] = []
        first = pl.col(self._headers[0]).str.strip_chars()
        doubtful = (first == "") | first.is_in(names_of_totals())
        if len(self._headers) > 2:
            doubtful = doubtful | (pl.col(self._headers[1]).str.strip_chars() == "")
        looked_at = frame.filter(doubtful)
        for row, *cells in looked_at.iter_rows() if looked_at.height else ():
            if not any(cell.strip() for cell in cells):
                problems.append(Problem(row, "", "", EMPTY, "rejected"))
            elif len(cells) >= LEAST_COLUMNS and is_footer(cells):
                text = next(cell.strip() for cell in cells if cell.strip())
                problems.append(Problem(row, "", text[:SHOWN], UNDER_THE_TABLE, "rejected"))
        if problems:
            frame = frame.filter(~pl.col(ROW).is_in([problem.row for problem in problems]))
        if self._named:
            frame = self._reordered(frame, problems)
        return frame, problems

    def _reordered(self, frame: pl.DataFrame, problems: list[Problem]) -> pl.DataFrame:
        again_at = frame.with_row_index("\0place").filter(pl.col(self._headers[0]).str.len_chars() <= 60)
        names = [*self._headers, *self._folded, *words_of_roles()]
        again_at = again_at.filter(pl.col(self._headers[0]).str.strip_chars().is_in(names))
        parts, start = [], 0
        for place, row, *cells in again_at.iter_rows():
            folded = [fold_name(cell) for cell in cells]
            same = sorted(folded) == sorted(self._folded)
            if not same and not self._columns.named_by(cells):
                continue
            parts.append(self._mapped(frame.slice(start, place - start)))
            start = place
            self._order = None if folded == self._folded else self._columns.places(cells)
            if self._order is not None:
                text = (
                    "the header again, in another order, which the records below it follow"
                    if same
                    else self._columns.again(cells)
                )
                problems.append(Problem(row, "", " | ".join(cells)[:SHOWN], text, "rejected"))
                start += 1
        parts.append(self._mapped(frame.slice(start)))
        return pl.concat(parts) if len(parts) > 1 else parts[0]

    def _mapped(self, frame: pl.DataFrame) -> pl.DataFrame:
        if self._order is None:
            return frame
        columns = frame.columns[1:]
        return frame.select(
            ROW,
            *(
                pl.lit("").alias(name) if place is None else pl.col(columns[place]).alias(name)
                for name, place in zip(columns, self._order, strict=True)
            ),
        )


def _with_what_was_left_out(problem: Problem, left_out: dict[int | None, Problem]) -> Problem:
    """Say of a record whose cells were all left out what they were and why, not that it is empty."""
    why = left_out.get(problem.row) if problem.problem == EMPTY else None
    return problem if why is None else replace(why, action="rejected")


def _unwrapped(frame: pl.DataFrame) -> pl.DataFrame:
    """Take off the ``="…"`` and the ``'`` by which figures are kept as text in Excel."""
    columns = columns_where(frame, frame.columns[1:], lambda cell: cell.str.starts_with('="'))
    if columns:
        frame = frame.with_columns(column_named(name).str.replace(EXCEL_TEXT, "${1}") for name in columns)
    columns = columns_where(frame, frame.columns[1:], lambda cell: cell.str.starts_with("'"))
    # A mark that stands before every cell of a column is no quotation.
    marked = [name for name in columns if _before_every_cell(pl.Series(frame[name]))]
    return frame.with_columns(column_named(name).str.strip_prefix("'") for name in marked)


def _before_every_cell(cells: pl.Series) -> bool:
    filled = cells.filter(cells.str.strip_chars() != "")
    return len(filled) > 2 and bool(filled.str.starts_with("'").all()) and not filled.str.ends_with("'").any()
