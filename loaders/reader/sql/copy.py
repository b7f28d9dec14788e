"""The rows of COPY statements in PostgreSQL dumps: as text with a mark between cells, or as CSV.

Pure functions; ``sql_scan`` takes the lines from the file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

_TOKEN = re.compile(r"[Ee]?'((?:[^']|'')*)'|(\w+)")
_OFF = frozenset({"FALSE", "OFF", "0"})
_ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{1,2}|[0-7]{1,3}|.)", re.S)
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


@dataclass(frozen=True)
class CopyForm:
    """How the rows of one statement are written, as its options say.

    Attributes
    ----------
    null
        What stands for no value; in CSV only where it is not quoted.
    header
        Whether the first row names the columns.
    """

    csv: bool = False
    delimiter: str = "\t"
    null: str = "\\N"
    quote: str = '"'
    escape: str = '"'
    header: bool = False

    def cells(self, line: str) -> list[str | None]:
        """Take a row apart.

        Examples
        --------
        >>> copy_form("WITH (FORMAT csv, DELIMITER ';')").cells('a;"b;c";;')
        ['a', 'b;c', None, None]
        """
        if self.csv:
            return self._csv_cells(line)
        return [None if cell == self.null else _copied(cell) for cell in self._text_cells(line)]

    def leaves_open(self, line: str) -> bool:
        """Whether a line opens or closes a quote that runs over its end."""
        if not self.csv:
            return False
        if self.escape != self.quote:
            line = re.sub(re.escape(self.escape) + ".", "", line)
        return line.count(self.quote) % 2 == 1

    def _text_cells(self, line: str) -> list[str]:
        if "\\" + self.delimiter not in line:
            return line.split(self.delimiter)
        cells, start = [], 0
        for mark in self._marks.finditer(line):
            if mark[0] == self.delimiter:
                cells.append(line[start : mark.start()])
                start = mark.end()
        return [*cells, line[start:]]

    def _csv_cells(self, line: str) -> list[str | None]:
        cells: list[str | None] = []
        parts: list[str] = []
        quoted = False

        def close() -> None:
            text = "".join(parts)
            cells.append(None if text == self.null and not quoted else text.replace("\0", ""))
            parts.clear()

        for found in self._marks.finditer(line):
            if found[0] == self.delimiter:
                close()
                quoted = False
            elif found["quoted"] is not None:
                quoted = True
                parts.append(self._escaped.sub(lambda one: one[1], found["quoted"]))
            else:
                parts.append(found[0])
        close()
        return cells

    @cached_property
    def _marks(self) -> re.Pattern[str]:
        delimiter, quote, escape = map(re.escape, (self.delimiter, self.quote, self.escape))
        if not self.csv:
            return re.compile(rf"\\.|{delimiter}", re.S)
        inside = rf"(?:{escape}[{quote}{escape}]|(?!{quote}).)*+"
        plain = rf"(?:(?!{quote}|{delimiter}).)++"
        return re.compile(rf"{quote}(?P<quoted>{inside}){quote}|{delimiter}|{plain}|.", re.S)

    @cached_property
    def _escaped(self) -> re.Pattern[str]:
        quote, escape = map(re.escape, (self.quote, self.escape))
        return re.compile(rf"{escape}([{quote}{escape}])")


def copy_form(options: str) -> CopyForm:
    """Read the options of a COPY statement, in the form of today or that before PostgreSQL 9.

    Examples
    --------
    >>> copy_form("WITH CSV HEADER DELIMITER AS '|'")
    CopyForm(csv=True, delimiter='|', null='', quote='"', escape='"', header=True)
    """
    tokens = [(text, word.upper()) for text, word in _TOKEN.findall(options)]
    csv = header = False
    said: dict[str, str] = {}
    for at, (_, word) in enumerate(tokens):
        text, following = next((one for one in tokens[at + 1 : at + 3] if one[1] != "AS"), ("", ""))
        if word == "CSV" or (word == "FORMAT" and text.upper() == "CSV"):
            csv = True
        elif word == "HEADER":
            header = following not in _OFF and text.upper() not in _OFF
        elif word in {"DELIMITER", "DELIMITERS", "NULL", "QUOTE", "ESCAPE"} and not following:
            said[word.removesuffix("S")] = text.replace("''", "'")
    delimiter = _one(said.get("DELIMITER", ""), "," if csv else "\t")
    quote = _one(said.get("QUOTE", ""), '"')
    null = said.get("NULL", "" if csv else "\\N")
    return CopyForm(csv, delimiter, null, quote, _one(said.get("ESCAPE", ""), quote), header)


def _one(text: str, otherwise: str) -> str:
    """Give the one character that an option may be."""
    plain = _copied(text)
    return plain if len(plain) == 1 else text if len(text) == 1 else otherwise


def _copied(cell: str) -> str:
    if "\\" in cell:
        cell = _ESCAPE.sub(_copy_escape, cell)
    return cell.replace("\0", "")


def _copy_escape(found: re.Match[str]) -> str:
    code = found[1]
    if code[0] in "01234567":
        return chr(int(code, 8) & 0xFF)
    if len(code) > 1:
        return chr(int(code[1:], 16))
    return _ESCAPES.get(code, code)
