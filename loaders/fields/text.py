"""Cells and texts: white space trimmed, list notation taken off, HTML turned to text; all in Polars."""

from __future__ import annotations

import ast
import html
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable

import polars as pl
from polars import selectors

# All of Unicode's White_Space, and the marks without width that copy and paste leaves behind.
SPACE = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    "\u200a\u2028\u2029\u202f\u205f\u3000\u200b\ufeff"
)
# Separates the tags of one cell while they are still text; no cell may hold it.
UNIT = "\x1f"
_LIST = r"(?s)^\s*\[(.*)\]\s*$"
# An array of PostgreSQL or a set of Python: {Java,"machine learning"}; an object has a colon.
_ARRAY = r"(?s)^\s*\{([^{}:]*)\}\s*$"
_LIST_OF_TEXTS = r"""(?s)^\s*\[\s*['"].*['"]\s*\]\s*$"""
_BETWEEN = r"""['"]\s*,\s*u?['"]"""
_ENDS = r"""^\s*u?['"]|['"]\s*$"""
_ENTRIES = r"""^\s*\[?\s*\{\s*['"]"""
# The text of {"name": "Java", "id": 3}, under the keys that lists of tags use.
_ENTRY = (
    r"""(?i)['"](?:name|tag|tag_?name|label|title|text|value|skill|skill_?name|word|item_?name)['"]\s*:\s*"""
    r"""u?['"]([^'"]*)['"]"""
)
_SPACED = (
    r"^\s*[^\s,，、;；|]*[\x{4e00}-\x{9fff}][^\s,，、;；|]*(?:[ \x{3000}\x{a0}]+[^\s,，、;；"
    r"|]*[\x{4e00}-\x{9fff}][^\s,，、;；|]*){2,}\s*$"
)
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[ntr'\"\\/])")
_SHORT_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "'": "'", '"': '"', "\\": "\\", "/": "/"}
_TAG_NAMES = "p|br|div|span|li|ul|ol|b|strong|em|i|h[1-6]|table|tr|td|a|font|img|script|style"
_LINE_ENDS = ("\u2028", "\u2029", "\x85")
_INVISIBLE = ("\u200b", "\xad", "\ufeff", "\u2060")
# Letters that look like others: Cyrillic and Greek in Latin words, radicals and compatibility ideographs.
_ALIKE = dict(
    zip("АВЕЅІЈКМНОРСТХаеѕіјорсухΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABESIJKMHOPCTXaesijopcyxABEZHIKMNOPTYXo", strict=True)
)
_LATIN = "A-Za-z" + "".join(_ALIKE)
# A word of Latin letters and such as look like them, with at least one of each.
_MIXED = re.compile(
    rf"(?<!\w)(?=[{_LATIN}]*[A-Za-z])[{_LATIN}]*[{''.join(_ALIKE)}][{_LATIN}]*(?![^\W\u4e00-\u9fff])"
)
_RADICALS = re.compile("[\u2f00-\u2fdf\uf900-\ufaff]+")
UNUSUAL = (
    r"[<&\x{85}\x{2028}\x{2029}\x{200b}\x{ad}\x{feff}\x{2060}"
    r"\x{2f00}-\x{2fdf}\x{f900}-\x{faff}\x{370}-\x{4ff}]"
)
_MARKS = rf"[{''.join(_LINE_ENDS + _INVISIBLE)}]|\\[nr]"
# A line end that a program wrote as two characters; before a small letter it may be a path.
_WRITTEN_LINE_ENDS = r"(?:\\r\\n|\\n|\\r)+([^a-z]|$)"
_HTML = rf"(?i)<!--|<(?:/?(?:{_TAG_NAMES})\b[^>]*)>|&(?:[a-z]{{2,8}}|#\d{{1,6}}|#x[0-9a-f]{{1,5}});"


def column_named(name: str) -> pl.Expr:
    """Give the column of exactly this name: in Polars ``*`` and ``^…$`` would stand for many."""
    special = name == "*" or (name.startswith("^") and name.endswith("$"))
    return selectors.by_name(name).as_expr() if special else pl.col(name)


def columns_where(
    frame: pl.DataFrame, names: Iterable[str], holds: Callable[[pl.Expr], pl.Expr]
) -> list[str]:
    """Name the columns in which something holds of any cell; all of them are looked through in one pass."""
    found = frame.select(holds(column_named(name)).any().alias(name) for name in names)
    return [name for name, any_cell in found.row(0, named=True).items() if any_cell] if found.width else []


def contains(text: str) -> Callable[[pl.Expr], pl.Expr]:
    """Say of a cell whether it holds a text, taken as it is written."""
    return lambda cell: cell.str.contains(text, literal=True)


def trimmed(cell: pl.Expr) -> pl.Expr:
    """Take white space off both ends; a cell of nothing else is null."""
    stripped = cell.str.strip_chars(SPACE)
    return pl.when(stripped != "").then(stripped)


def filled_cells(cells: pl.Series) -> pl.Series:
    """Trim the cells of a column and leave out those that hold nothing."""
    return pl.DataFrame({"cell": cells}).select(trimmed(pl.col("cell")))["cell"].drop_nulls()


def as_shown(frame: pl.DataFrame) -> pl.DataFrame:
    """Write HTML as a page shows it, in every column that holds any.

    Examples
    --------
    >>> as_shown(pl.DataFrame({"pay": ["<em>8-12K</em>"]})).item()
    '8-12K'
    """
    names = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    marked = columns_where(frame, names, contains("<"))
    return frame.with_columns(plain_text(frame[name]).alias(name) for name in marked)


def without_list_notation(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn cells such as ``['上海-浦东新区']`` or ``[]`` into their text in every text column."""
    names = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    listed = frame.with_columns(_unlisted(column_named(name)).alias(name) for name in names)
    return listed.with_columns(
        _on_some(listed[name], pl.Series(listed[name]).str.contains("\\", literal=True), _unescape)
        for name in names
    )


def _unlisted(cell: pl.Expr) -> pl.Expr:
    inner = cell.str.replace(_LIST, "$1")
    joined = inner.str.replace_all(_ENDS, "").str.replace_all(_BETWEEN, "，")
    return pl.when(cell.str.contains(_LIST)).then(joined).otherwise(cell)


def unlisted_tags(cell: pl.Expr) -> pl.Expr:
    """Split a cell of tags: Python or JSON list, array of a database, pipes, commas, ``、`` or ``；``."""
    array = cell.str.replace(_ARRAY, "$1").str.replace_all(r"""['"]""", "")
    cell = pl.when(cell.str.contains(_ARRAY)).then(array).otherwise(cell)
    inner = cell.str.replace(_LIST, "$1")
    listed = inner.str.replace_all(_ENDS, "").str.replace_all(_BETWEEN, UNIT)
    plain = cell.str.replace_all(r"[|｜,，、;；\n\r\t\x{2028}\x{2029}\x{85}]|\s+[/／]\s+|(?:^|\s)[#＃]", UNIT)
    # Three words of Chinese with spaces between them are a list; two may be one term written apart.
    spaced = plain.str.replace_all(r"[ \x{3000}\x{a0}]+", UNIT)
    plain = pl.when(cell.str.contains(_SPACED)).then(spaced).otherwise(plain)
    one = pl.when(cell.str.contains(_LIST)).then(listed).otherwise(plain)
    entries = cell.str.extract_all(_ENTRY).list.eval(pl.element().str.replace(_ENTRY, "$1"))
    return clean_tags(pl.when(cell.str.contains(_ENTRIES)).then(entries).otherwise(one.str.split(UNIT)))


def clean_tags(tags: pl.Expr) -> pl.Expr:
    """Trim the tags of a list, drop empty and repeated ones, keep their order; null becomes no tags."""
    # The mark of an item stands before a tag where a list is written line by line.
    stripped = tags.list.eval(pl.element().str.strip_chars(SPACE).str.replace(r"^[-*•·●]\s+", ""))
    kept = stripped.list.eval(pl.element().filter(pl.element() != ""))
    return kept.list.unique(maintain_order=True).fill_null(pl.lit([], dtype=pl.List(pl.String)))


def unescaped_tags(cells: pl.Series) -> pl.Series:
    """Read the escapes (``\\u4e2d``) of cells in list notation."""
    return _on_some(cells, cells.str.contains(_LIST) & cells.str.contains("\\", literal=True), _unescape)


def _unescape(text: str) -> str:
    """Read the escapes that Python and JSON share; any other backslash stays."""
    return storable(_ESCAPE.sub(_character, text))


def _character(found: re.Match[str]) -> str:
    code = found.group(1)
    if code[0] in "xuU" and len(code) > 1:
        number = int(code[1:], 16)
        return chr(number) if number <= sys.maxunicode else found.group()
    return _SHORT_ESCAPES[code]


def storable(text: str) -> str:
    """Leave out of a text what no table can hold: NULs and halves of surrogate pairs."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")


def lines_of_lists(cells: pl.Series) -> pl.Series:
    """Write texts that scrapers kept as a list of their lines as lines.

    Examples
    --------
    >>> lines_of_lists(pl.Series(["['职责：', '1、开发；']", "[急] 会计"])).str.split(chr(10)).to_list()
    [['职责：', '1、开发；'], ['[急] 会计']]
    """
    chosen = cells.str.contains(_LIST_OF_TEXTS)
    return _on_some(cells, chosen, lambda cell: "\n".join(unlisted_lines(cell)) or cell)


def unlisted_lines(cell: str) -> list[str]:
    """Give the texts of a list as JSON or Python writes it; the cell itself where it is no such list."""
    try:
        value = ast.literal_eval(cell.strip(SPACE))
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return [cell]
    whole = isinstance(value, list) and all(isinstance(item, str) for item in value)
    return [storable(item.strip(SPACE)) for item in value if item.strip(SPACE)] if whole else [cell]


def plain_text(cells: pl.Series) -> pl.Series:
    """Turn HTML into text where a cell holds any: block ends become line ends, entities their characters."""
    # For a handful of characters a pattern is far quicker than an automaton.
    marks = cells.str.contains(_MARKS)
    cells = _on_some(cells, marks, _without_marks, distinct=False)
    once = _on_some(cells, cells.str.contains(_HTML), _html_to_text, distinct=False)
    # What was escaped twice is HTML again after the first reading.
    again = cells.str.contains("&amp;|&lt;") & once.str.contains(_HTML)
    return _on_some(once, again, _html_to_text, distinct=False)


def one_line(cells: pl.Series, joiner: str = " ") -> pl.Series:
    """Write short cells as one line of plain text, in the letters that their words are of.

    Line ends become ``joiner``; HTML becomes text; a Cyrillic or Greek letter inside a Latin word, a radical
    or a compatibility ideograph becomes the letter that it looks like.

    Examples
    --------
    >>> one_line(pl.Series(["<em>Java</em>\u2028工程师", "Рython", "⽂员", "Москва"])).to_list()
    ['Java 工程师', 'Python', '文员', 'Москва']
    """
    # No board formats a name with a script: such a cell is kept as it is, for people to see.
    chosen = cells.str.contains(UNUSUAL) & ~cells.str.contains(r"(?i)<(?:script|style)\b")
    return _on_some(cells, chosen, lambda some: _one_line(some, joiner), distinct=False)


def _one_line(cells: pl.Series, joiner: str) -> pl.Series:
    texts = plain_text(cells).str.strip_chars(SPACE).str.replace_all(r"[ \t]*[\r\n]+\s*", joiner)
    usual = [_in_usual_letters(text) or None for text in texts]
    return pl.Series(cells.name, usual, dtype=pl.String)


def _in_usual_letters(text: str) -> str:
    text = _RADICALS.sub(lambda found: unicodedata.normalize("NFKC", found.group()), text)
    return _MIXED.sub(lambda word: "".join(_ALIKE.get(letter, letter) for letter in word.group()), text)


def _without_marks(cells: pl.Series) -> pl.Series:
    lines = cells.str.replace_many(list(_LINE_ENDS), ["\n"] * len(_LINE_ENDS))
    visible = lines.str.replace_many(list(_INVISIBLE), [""] * len(_INVISIBLE))
    return visible.str.replace_all(_WRITTEN_LINE_ENDS, "\n$1")


def _html_to_text(cells: pl.Series) -> pl.Series:
    text = (
        cells.str.replace_all(r"(?is)<(script|style)\b.*?</(?:script|style)>", " ")
        .str.replace_all(r"(?s)<!--.*?(?:-->|$)", "")
        .str.replace_all(r"(?i)<(?:br\s*/?|/p|/div|/?li|/ul|/ol|/tr|/h[1-6])\b[^>]*>", "\n")
        .str.replace_all(rf"(?i)<(?:{_TAG_NAMES})\s+[a-z-]+=[^<>]*<", "<")
        .str.replace_all(r"(?s)</?[a-zA-Z][^<>]*>", "")
    )
    text = _on_some(text, text.str.contains("&", literal=True), lambda cell: storable(html.unescape(cell)))
    return (
        text.str.replace_all(r"[ \t\x{a0}]+", " ").str.replace_all(r"\s*\n\s*", "\n").str.strip_chars(SPACE)
    )


def _on_some(
    cells: pl.Series, chosen: pl.Series, change: Callable[..., object], distinct: bool = True
) -> pl.Series:
    """Change only the chosen cells of a column."""
    chosen = chosen.fill_null(False)
    if not chosen.any():
        return cells
    some = cells.filter(chosen)
    if distinct:
        values = some.unique()
        table = dict(zip(values, [change(value) for value in values], strict=True))
        changed = pl.Series([table[value] for value in some], dtype=pl.String)
    else:
        changed = change(some)  # type: ignore[assignment]
    positions = chosen.arg_true()
    return cells.clone().scatter(positions, changed).alias(cells.name)
