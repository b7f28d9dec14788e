"""Lines in and under a table that are no records: totals, notes, rules, captions; for files and workbooks."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

import polars as pl

from graphcli.loaders.fields.place_names import is_place
from graphcli.loaders.reader.header import cell_kind
from graphcli.loaders.reference.files import Column, read_csv, shipped

PACKAGE = "graphcli.loaders.reader"
UNDER_THE_TABLE = "a line under the table, not a record"
# In a table of fewer columns a lone cell may be all that a record has.
LEAST_COLUMNS = 3
LONGEST_LINE, LONGEST_NOTE, LONGEST_PLACE = 100, 500, 12
# —— 以下为推荐职位 ——, === page 2 ===, ## 说明, 第 2 页, （一）管理岗位.
_CAPTION = re.compile(
    r"([-=*#~_—–─═·•>]{2,}).{1,60}[-=*#~_—–─═·•<]{2,}"
    r"|#{1,6}\s.{1,60}|第\s*[\d一二三四五六七八九十]+\s*(?:页|批|部分|张表).{0,30}"
    r"|[（(]?[一二三四五六七八九十]{1,2}[)）、.]\s*\S.{0,40}|以[上下](?:为|是|信息|数据|内容|岗位|职位|招聘).{0,40}"
)
_RULE = re.compile(r":?[-=_*~—–─═+]{2,}:?")
_COUNTED = r"\W*共\s*[\d,]+\s*[条页个家项行]\b.{0,60}$|\W*\(?[\d,]+ (?:rows?|records?)\b.{0,40}$"


@functools.cache
def _words() -> pl.DataFrame:
    columns = [
        Column("how", required=True, choices=("line", "note", "total", "ditto")),
        Column("word", required=True),
    ]
    return read_csv(shipped(PACKAGE, "footer_words.csv"), columns)


@functools.cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Of lines, of notes and of the names of totals."""
    words: dict[str, str] = {}
    for how, word in _words().iter_rows():
        words[how] = f"{words[how]}|{re.escape(word)}" if how in words else re.escape(word)
    line = rf"\W*(?:{words['line']})\b.{{0,60}}$|{_COUNTED}"
    note, total = rf"\W*(?:{words['note']})\s*[:：]", rf"\W*(?:{words['total']})\W*$"
    return re.compile(line, re.I | re.S), re.compile(note, re.I), re.compile(total, re.I)


@functools.cache
def names_of_totals() -> tuple[str, ...]:
    """Whole cells that name a row of sums."""
    names = _words().filter(pl.col("how") == "total")["word"].to_list()
    return (*names, *map(str.capitalize, names), *map(str.upper, names))


@functools.cache
def marks_of_repetition() -> tuple[str, ...]:
    """Whole cells that say that they hold what the one above holds."""
    return tuple(_words().filter(pl.col("how") == "ditto")["word"])


def is_footer(cells: Sequence[str | None]) -> bool:
    """Whether a record is only a line under the table.

    Examples
    --------
    >>> is_footer(["", "数据来源：某网", "", ""]), is_footer(["合计", "", "", "35"])
    (True, True)
    >>> is_footer(["会计", "", "", "35"]), is_footer(["【急聘】会计", "", "", ""])
    (False, False)
    """
    filled = [cell.strip() for cell in cells if cell and cell.strip()]
    line, note, total = _patterns()
    if len(filled) == 1:
        text = filled[0]
        return bool(
            # A rule, or the mark by which DOS ended a file.
            not any(letter.isalnum() for letter in text)
            or total.match(text)
            or _CAPTION.fullmatch(text)
            # A section for each city.
            or (len(text) <= LONGEST_PLACE and is_place(text, streets=False))
            or (len(text) <= LONGEST_LINE and line.match(text))
            or (len(text) <= LONGEST_NOTE and note.match(text))
        )
    if len(filled) > 1 and all(map(_RULE.fullmatch, filled)):
        return True
    figures = all(cell_kind(cell) == "number" for cell in filled[1:])
    return len(filled) > 1 and 2 * len(filled) <= len(cells) and figures and bool(total.match(filled[0]))
