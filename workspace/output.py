"""The forms an answer takes on its way out: a table for people, the rest for machines and documents."""

from __future__ import annotations

import csv
import io
import json
import math
import shutil
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import polars as pl

from graphcli.workspace.errors import unknown_name
from graphcli.workspace.result import Result

FORMATS = ("table", "json", "jsonl", "csv", "md")
JSON_SCHEMA_VERSION = 1
TABLE_ROWS = 50
# Of a list, a person wants the first few; the other forms hold all.
LIST_ITEMS = 3
# Text narrower than this is folded into a ladder that nobody reads.
READABLE_CELLS = 16
CELL_PADDING = 3
FEW_COLUMNS = 3
LINES_OF_A_CELL = 2
LIST_SEPARATOR = ";"
# What a spreadsheet would run as a formula (OWASP, "CSV Injection").
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def render(
    result: Result,
    form: str = "table",
    *,
    columns: Sequence[str] = (),
    limit: int | None = None,
    excel: bool = False,
    width: int | None = None,
    color: bool = False,
) -> str:
    """Render an answer as text.

    Parameters
    ----------
    form
        One of ``table``, ``json``, ``jsonl``, ``csv``, ``md``.
    columns
        Only these, in this order.
    limit
        At most so many rows; a table shows 50 unless told otherwise, the other forms all.
    excel
        Put a byte order mark before CSV, which Excel needs to read UTF-8.
    width
        Terminal columns for ``table``; the terminal's own where it is not given.

    Raises
    ------
    UsageError
        A column does not exist.
    """
    frame = result.frame
    for name in columns:
        if name not in frame.columns:
            raise unknown_name("column", name, frame.columns)
    if columns:
        frame = frame.select(columns)
    elif form in {"table", "md"}:
        frame = frame.drop([name for name in result.hidden if name in frame.columns])
    if form == "table":
        return _table(frame, TABLE_ROWS if limit is None else limit, width, color)
    shown = frame if limit is None else frame.head(limit)
    if form == "json":
        return _json(result, shown)
    if form == "jsonl":
        return "".join(_dump(row) + "\n" for row in shown.iter_rows(named=True))
    if form == "csv":
        return ("\ufeff" if excel else "") + csv_text(shown)
    if form == "md":
        return _markdown(shown)
    raise unknown_name("format", form, FORMATS)


def guard_formula(text: str) -> str:
    """Put an apostrophe before a cell that a spreadsheet would run; ``load`` takes it off again.

    Numbers keep their sign.

    Examples
    --------
    >>> guard_formula("=cmd()|x"), guard_formula("-3.5")
    ("'=cmd()|x", '-3.5')
    """
    # A text that already looks guarded gets one more, so that taking one off always gives the original.
    if not text.lstrip("'").startswith(FORMULA_STARTS):
        return text
    try:
        float(text)
    except ValueError:
        return "'" + text
    return text


def unguard_formula(text: str) -> str:
    """Take off what ``guard_formula`` put on.

    Examples
    --------
    >>> unguard_formula("'=cmd()|x"), unguard_formula("'quoted'")
    ('=cmd()|x', "'quoted'")
    """
    guarded = text.startswith("'") and text.lstrip("'").startswith(FORMULA_STARTS)
    return text[1:] if guarded else text


def csv_text(frame: pl.DataFrame) -> str:
    """Write a frame as RFC 4180 CSV with guarded cells and ``\\n`` line ends."""
    lines = [_csv_line(frame.columns)]
    lines.extend(_csv_line([guard_formula(cell_text(value)) for value in row]) for row in frame.iter_rows())
    return "".join(lines)


def _csv_line(cells: Sequence[str]) -> str:
    # With CR LF as line end the writer quotes cells that hold either character; ours ends in LF alone.
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(cells)
    return buffer.getvalue().removesuffix("\r\n") + "\n"


def cell_text(value: Any) -> str:
    """Write one value as plain text: empty for unknown, lists joined by ``;``."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.6g}" if abs(value) < 1 else f"{value:.10g}"
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return LIST_SEPARATOR.join(cell_text(item) for item in value)
    if isinstance(value, dict):
        return _dump(value)
    return str(value)


def _dump(value: Any, indent: int | None = None) -> str:
    return json.dumps(_plain(value), ensure_ascii=False, indent=indent, allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def _json(result: Result, frame: pl.DataFrame) -> str:
    content = {
        "schema_version": JSON_SCHEMA_VERSION,
        "command": result.command,
        "run_id": result.run_id,
        "parameters": dict(result.parameters),
        "notes": list(result.notes),
        # Every row says what leads to its evidence; where nothing does, it says so.
        "rows": [{**row, "ref": row.get("ref")} for row in frame.iter_rows(named=True)],
    }
    return _dump(content, indent=1) + "\n"


def _markdown(frame: pl.DataFrame) -> str:
    def line(cells: Iterable[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |\n"

    body = "".join(line(_short(value) for value in row) for row in frame.iter_rows())
    return line(frame.columns) + line("---" for _ in frame.columns) + body


def _short(value: Any) -> str:
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    if isinstance(value, (list, tuple)):
        more = ", …" if len(value) > LIST_ITEMS else ""
        return ", ".join(_short(item) for item in value[:LIST_ITEMS]) + more
    return "".join(char if char.isprintable() else " " for char in cell_text(value))


def _table(frame: pl.DataFrame, limit: int, width: int | None, color: bool) -> str:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not frame.width:
        return ""
    room = width or shutil.get_terminal_size((80, 24)).columns
    rows = [[_short(value) for value in row] for row in frame.head(limit).iter_rows()]
    shown = _columns_that_fit(frame, rows, room)
    widths = _widths(frame, rows, shown, room)
    console = Console(
        file=io.StringIO(),
        width=room,
        force_terminal=color,
        no_color=not color,
        color_system="standard" if color else None,
        highlight=False,
        emoji=False,
        legacy_windows=False,
    )
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for name, cells in zip(frame.columns, widths, strict=False):
        numeric = frame.schema[name].is_numeric()
        header = Text(name.replace("_", "_\n") if numeric else name)
        table.add_column(header, justify="right" if numeric else "left", width=cells, overflow="fold")
    # A screen of few columns is read line by line; a list of many is scanned, so its cells stay short.
    lines = LINES_OF_A_CELL if shown > FEW_COLUMNS else 1000
    for row in rows:
        table.add_row(
            *(Text(_cropped(cell, cells * lines)) for cell, cells in zip(row, widths, strict=False))
        )
    with console.capture() as capture:
        console.print(table)
    text = "\n".join(line.rstrip() for line in capture.get().splitlines()).strip("\n") + "\n"
    if not frame.height:
        text += "(no rows)\n"
    if frame.height > len(rows):
        text += f"… and {frame.height - len(rows):,} more; --limit {frame.height} shows all\n"
    if shown < frame.width:
        text += f"… more columns: {', '.join(frame.columns[shown:])}; see --columns or --format csv\n"
    return text


def _widths(frame: pl.DataFrame, rows: Sequence[Sequence[str]], shown: int, room: int) -> list[int]:
    """Give narrow columns what they need and let the wide ones share what is left."""
    from rich.cells import cell_len

    needed = []
    for index, name in enumerate(frame.columns[:shown]):
        header = name.split("_") if frame.schema[name].is_numeric() else [name]
        head = max(len(part) + (len(header) > 1) for part in header)
        needed.append(max(head, *(cell_len(row[index]) for row in rows)) if rows else head)
    left = room - CELL_PADDING * (shown - 1)
    widths = dict.fromkeys(range(shown), 0)
    for done, index in enumerate(sorted(range(shown), key=lambda index: needed[index])):
        widths[index] = max(min(needed[index], left // (shown - done)), 1)
        left -= widths[index]
    return [widths[index] for index in range(shown)]


def _cropped(text: str, cells: int) -> str:
    from rich.cells import cell_len, set_cell_size

    return text if cell_len(text) <= cells else set_cell_size(text, max(cells - 2, 1)).rstrip() + "…"


def _columns_that_fit(frame: pl.DataFrame, rows: Sequence[Sequence[str]], room: int) -> int:
    """Count the columns, from the left, that leave each of them wide enough to be read."""
    from rich.cells import cell_len

    used = 0
    for index, name in enumerate(frame.columns):
        widest = max((cell_len(row[index]) for row in rows), default=0)
        if frame.schema[name].is_numeric():
            needed = max(widest, *(len(part) for part in f"{name}_".split("_")))
        else:
            needed = max(min(widest, READABLE_CELLS), len(name))
        used += needed + (CELL_PADDING if index else 0)
        if used > room:
            return max(index, 1)
    return frame.width
