"""A scanner of SQL text for rows of data: it knows strings, names and brackets, and nothing else of SQL."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TextIO

from graphcli.loaders.reader.batches import SHOWN, unique_headers
from graphcli.loaders.reader.sql.copy import CopyForm, copy_form

CHUNK = 1 << 18
# A row longer than this is no row of postings, but a quote that was never closed.
MAX_ROW = 1 << 24
MAX_NESTING = 8

# A bare name by what it may not hold: with re.I, a class of 65,000 characters takes 30 ms to compile.
_NAME = r"(?:`(?:[^`]|``)+`|\"(?:[^\"]|\"\")+\"|\[[^\]\n]+\]|[^\x00-#%-/:-@\[-^`{-\x7f]+)"
_DOTTED = rf"{_NAME}(?:\s*\.\s*{_NAME}){{0,2}}"
_NAMES = rf"\(\s*(?P<columns>{_NAME}(?:\s*,\s*{_NAME})*)\s*\)"
_INSERT = re.compile(
    rf"(?:INSERT|REPLACE)\b(?:\s+(?:LOW_PRIORITY|DELAYED|HIGH_PRIORITY|IGNORE|OR\s+\w+))*(?:\s+INTO)?\s*"
    rf"(?P<table>{_DOTTED})\s*(?:{_NAMES})?\s*(?:OVERRIDING\s+\w+\s+VALUE\s*)?(?P<values>VALUES?)?\s*",
    re.I,
)
_COPY = re.compile(
    rf"COPY\s+(?P<table>{_DOTTED})\s*(?:{_NAMES})?\s*FROM\s+stdin\b"
    r"(?P<options>(?:'[^'\n]*'|[^;'\n])*);?[ \t\r]*\n",
    re.I,
)
_CREATE = re.compile(
    rf"CREATE\s+(?:\w+\s+){{0,3}}?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(?P<table>{_DOTTED})\s*\(", re.I
)
_KEYWORD = re.compile(r"(?:INSERT|REPLACE)\s|COPY\s|CREATE\s", re.I)
# What may stand in the place of a column, and is none.
_NO_COLUMN = re.compile(
    r"(?:PRIMARY|KEY|UNIQUE|CONSTRAINT|INDEX|FOREIGN|FULLTEXT|SPATIAL|CHECK|EXCLUDE|LIKE|PERIOD)\b", re.I
)
_ESCAPING = r"(?:[^'\\]++|\\.|'')*+"
_PLAIN = r"(?:[^']++|'')*+"
_DOUBLE = r'"(?:[^"\\]++|\\.|"")*+"'
_BARE = re.compile(r"[^\s,()'\"]++")
_CALL = re.compile(r"(\w++)\s*\(")
_CAST = re.compile(r"\s*(?:::\s*[\w ]+(?:\(\d+(?:,\d+)?\))?(?:\[\])?)?\s*")
_JOINED = re.compile(r"\s*\|\|")
_CAST_TO = re.compile(r"\s*AS\s+[^()]{1,60}(?:\([^()]{0,20}\))?\s*\)", re.I)
_OF_A_DAY = re.compile(r"(?:DATE|TIMESTAMP|DATETIME)\s+(?=')", re.I)
# Functions that only say what kind of value their first argument is.
_SAME_VALUE = frozenset({"to_date", "to_timestamp", "to_clob", "to_nclob", "str_to_date", "to_number", "n"})
_PART = re.compile(
    r"'(?:[^'\\]++|\\.|'')*+'|\"[^\"]*+\"|`[^`]*+`|--[^\n]*+|/\*.*?\*/|[^'\"`()\-/,]++|.", re.S
)
_NEXT_ROW = re.compile(
    r"\)\s*,\s*(?=\()|;\s*\n|\n(?=\s*\()|\n(?=(?:INSERT|REPLACE|COPY|CREATE|UNLOCK|COMMIT|--)\b)", re.I
)
_SQL_START = re.compile(
    r"CREATE\s+(TABLE|DATABASE|SCHEMA|TEMP\w*\s+TABLE)\s|(INSERT|REPLACE)\s+(\w+\s+){0,2}INTO\s+\S|"
    r"COPY\s+\S+[^\n]*FROM\s+stdin|DROP\s+(TABLE|DATABASE)\s|SET\s+(NAMES\s|[@\w.]+\s*(=|TO\s))|"
    r"PRAGMA\s+\w+|BEGIN(\s+TRANSACTION)?\s*;|START\s+TRANSACTION|(UN)?LOCK\s+TABLES|USE\s+[`\w]+\s*;|"
    # SQL Server and Oracle.
    r"USE\s+\[[^\]\n]+\]|INSERT\s+\[|SET\s+(ANSI_\w+|IDENTITY_INSERT\s|QUOTED_IDENTIFIER|NOCOUNT|DEFINE)|"
    r"(DELETE\s+FROM|TRUNCATE(\s+TABLE)?|ALTER\s+TABLE)\s+\S|/\*!\d{5}|\\(restrict|connect)\s|"
    r"SELECT\s+pg_catalog\.",
    re.I,
)
_COMMENT = re.compile(r"\s+|(?:--|#|REM |PROMPT |GO(?=\s))[^\n]*(?:\n|\Z)|/\*(?!!).*?(?:\*/|\Z)", re.S)
_TOOLS = re.compile(r"\s*(?:--|/\*)[-\s]*(?:MySQL dump|MariaDB dump|PostgreSQL database dump|Navicat )", re.I)
_NO_BACKSLASH = re.compile(
    r"PostgreSQL|pg_catalog|PRAGMA\s+foreign_keys|standard_conforming_strings|"
    r"\[dbo\]|^GO\s*$|^SET DEFINE|^REM INSERTING|VARCHAR2\(",
    re.I | re.M,
)
_MYSQL_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "0": "", "Z": "\x1a", "%": "\\%", "_": "\\_"}

Value = str | None


@dataclass(frozen=True)
class SqlRow:
    """A row of data, or why there is none (``values`` is ``None``)."""

    table: str
    columns: tuple[str, ...]
    values: list[Value] | None
    problem: str = ""
    text: str = ""


class _BrokenRowError(ValueError):
    """What stands here is no row."""


class _MoreError(Exception):
    """The text read so far ends inside a row."""


def starts_as_sql(start: str) -> bool:
    """Whether a text begins with an SQL statement, after any comments."""
    text = start.lstrip("\ufeff \t\r\n")
    if _TOOLS.match(text):
        return True
    position = 0
    while found := _COMMENT.match(text, position):
        position = found.end()
        if position >= len(text):
            return False
    return bool(_SQL_START.match(text, position))


class Scanner:
    """Reads a dump from its start to its end, once; ``comments`` tells of columns by table and name."""

    def __init__(self, handle: TextIO) -> None:
        self._handle = handle
        self._text = ""
        self._at = 0
        self._ended = False
        self._columns: dict[str, tuple[str, ...]] = {}
        self.comments: dict[str, dict[str, str]] = {}
        self._more()
        self._text = self._text.lstrip("\ufeff")
        escaping = not _NO_BACKSLASH.search(self._text[:20_000])
        self._escaping = escaping
        body = _ESCAPING if escaping else _PLAIN
        quoted = rf"(?P<kind>[NnXxBb]|_\w+\s*)?'({body})'(?!')|([Ee])'({_ESCAPING})'(?!')"
        self._string = re.compile(quoted, re.S)
        self._double = re.compile(_DOUBLE, re.S)

    def rows(self) -> Iterator[SqlRow]:
        """Give the rows of all tables in their order."""
        while self._skip_to_statement():
            if len(self._text) - self._at < CHUNK and not self._ended:
                self._more()
            if found := _INSERT.match(self._text, self._at):
                yield from self._insert(found)
            elif found := _COPY.match(self._text, self._at):
                yield from self._copy(found)
            elif found := _CREATE.match(self._text, self._at):
                self._create(found)
            else:
                self._skip_word()

    def _more(self) -> bool:
        if self._ended:
            return False
        more = self._handle.read(max(CHUNK, len(self._text) - self._at))
        self._ended = not more
        self._text = self._text[self._at :] + more
        self._at = 0
        return bool(more)

    def _skip_to_statement(self) -> bool:
        """Go to the next statement that may hold rows; false at the end of the text."""
        while True:
            if self._at >= len(self._text) - 64 and self._more():
                continue
            if self._at >= len(self._text):
                return False
            if self._text[self._at].isspace() or self._text[self._at] == ";":
                self._at += 1
            elif self._text.startswith("/*", self._at):
                self._skip_past("*/")
            elif self._text.startswith(("--", "#"), self._at):
                self._skip_past("\n")
            elif _KEYWORD.match(self._text, self._at):
                return True
            else:
                self._skip_word()

    def _skip_word(self) -> None:
        """Pass a statement without rows, as far as the end of its line or itself."""
        ends = [at for at in (self._text.find(mark, self._at) for mark in "\n;") if at >= 0]
        self._at = min(ends) + 1 if ends else len(self._text)

    def _skip_past(self, mark: str) -> None:
        while (end := self._text.find(mark, self._at)) < 0:
            self._at = max(self._at, len(self._text) - len(mark) + 1)
            if not self._more():
                self._at = len(self._text)
                return
        self._at = end + len(mark)

    def _create(self, found: re.Match[str]) -> None:
        names, depth, fresh, position = [], 0, True, found.end()
        comments: dict[str, str] = {}
        before = ""
        while position < len(self._text) and depth >= 0:
            if fresh and depth == 0:
                fresh = False
                start = re.compile(r"\s*").match(self._text, position)
                position = start.end() if start else position
                name = re.compile(_NAME).match(self._text, position)
                if name and not _NO_COLUMN.match(self._text, position):
                    names.append(_plain_name(name.group()))
                    position = name.end()
                    continue
            part = _PART.match(self._text, position)
            if part is None:
                break
            position = part.end()
            piece = part.group()
            depth += (piece == "(") - (piece == ")")
            fresh = fresh or piece == ","
            if names and piece.startswith("'") and before.rstrip().upper().endswith("COMMENT"):
                comments.setdefault(names[-1], piece[1:-1])
            before = piece
        self.comments[_table_name(found["table"])] = comments
        self._columns[_table_name(found["table"])] = unique_headers(names)
        self._at = position

    def _named(self, found: re.Match[str]) -> tuple[str, tuple[str, ...]]:
        table = _table_name(found["table"])
        if not found["columns"]:
            return table, self._columns.get(table, ())
        return table, unique_headers(_plain_name(name) for name in re.findall(_NAME, found["columns"]))

    def _insert(self, found: re.Match[str]) -> Iterator[SqlRow]:
        table, columns = self._named(found)
        self._at = found.end()
        if not found["values"]:
            yield self._lost(table, columns, "the INSERT statement has no list of values", found.start())
            return
        while True:
            try:
                values = self._row()
            except _BrokenRowError as error:
                yield self._lost(table, columns, f"a row that cannot be read: {error}", self._at)
                if not self._text.startswith("(", self._at):
                    return
                continue
            if columns and len(values) != len(columns):
                why = f"{len(values)} values for {len(columns)} columns"
                yield SqlRow(table, columns, None, why, " ".join(value or "NULL" for value in values)[:SHOWN])
            else:
                yield SqlRow(table, columns, values)
            if not self._comma():
                return

    def _comma(self) -> bool:
        """Pass the comma between two rows, if there is one."""
        while True:
            found = re.compile(r"\s*").match(self._text, self._at)
            at = found.end() if found else self._at
            if at < len(self._text) or not self._more():
                break
        self._at = at
        if self._text[at : at + 1] != ",":
            return False
        self._at += 1
        return True

    def _lost(self, table: str, columns: tuple[str, ...], why: str, start: int) -> SqlRow:
        """Reject what stands here, and go to the next row or statement."""
        text = self._text[start : start + SHOWN]
        self._at = max(self._at, start + 1)
        while (found := _NEXT_ROW.search(self._text, self._at)) is None:
            self._at = max(self._at, len(self._text) - 64)
            if not self._more():
                self._at = len(self._text)
                return SqlRow(table, columns, None, why, text)
        self._at = found.end()
        space = re.compile(r"\s*").match(self._text, self._at)
        self._at = space.end() if space else self._at
        return SqlRow(table, columns, None, why, text)

    def _row(self) -> list[Value]:
        """Read one bracket of values at the present place."""
        while True:
            start = re.compile(r"\s*").match(self._text, self._at)
            position = start.end() if start else self._at
            try:
                if position >= len(self._text):
                    raise _MoreError
                if self._text[position] != "(":
                    raise _BrokenRowError("no bracket opens it")
                values, end = self._values(position + 1, 0)
            except _MoreError:
                if len(self._text) - self._at > MAX_ROW or not self._more():
                    raise _BrokenRowError("it breaks off or has a quote that is not closed") from None
                continue
            self._at = end
            return values

    def _values(self, position: int, depth: int) -> tuple[list[Value], int]:
        if depth > MAX_NESTING:
            raise _BrokenRowError("nested too deeply")
        values: list[Value] = []
        text = self._text
        while True:
            value, position = self._joined(position, depth)
            values.append(value)
            cast = _CAST.match(text, position)
            position = cast.end() if cast else position
            if position >= len(text):
                raise _MoreError
            if text[position] == ")":
                return values, position + 1
            if text[position] != ",":
                raise _BrokenRowError(
                    f"unexpected {text[position : position + 12]!r} after value {len(values)}"
                )
            position += 1

    def _joined(self, position: int, depth: int) -> tuple[Value, int]:
        """Read a value, or the parts of a long text that Oracle joins by ``||``."""
        value, position = self._value(position, depth)
        while more := _JOINED.match(self._text, position):
            further, position = self._value(more.end(), depth)
            value = (value or "") + (further or "")
        return value, position

    def _value(self, position: int, depth: int) -> tuple[Value, int]:
        text = self._text
        while position < len(text) and text[position].isspace():
            position += 1
        if day := _OF_A_DAY.match(text, position):
            position = day.end()
        if position >= len(text):
            raise _MoreError
        if found := self._string.match(text, position):
            if found.end() >= len(text):
                raise _MoreError  # the quote may be the first of two
            return self._string_value(found), found.end()
        if text[position] == '"' and (found := self._double.match(text, position)):
            return _unescaped(found.group()[1:-1].replace('""', '"'), self._escaping), found.end()
        if found := _CALL.match(text, position):
            return self._called(found, depth)
        if found := _BARE.match(text, position):
            if found.end() >= len(text) or found.group().startswith(("'", '"')):
                raise _MoreError
            return (None if found.group().upper() == "NULL" else found.group()), found.end()
        if text[position] in "'\"":
            raise _MoreError
        raise _BrokenRowError(f"unexpected {text[position : position + 12]!r}")

    def _string_value(self, found: re.Match[str]) -> str:
        if found[3]:
            return _unescaped(found[4].replace("''", "'"), True)
        kind = (found["kind"] or "").strip().upper()
        if kind == "X":
            try:
                return bytes.fromhex(found[2]).decode("utf-8", "replace").replace("\0", "")
            except ValueError:
                return found[2]
        return _unescaped(found[2].replace("''", "'"), self._escaping)

    def _called(self, found: re.Match[str], depth: int) -> tuple[Value, int]:
        """Read what a dump writes with a function; any other call stays the text that it is."""
        name = found[1].lower()
        if name == "cast":
            value, position = self._value(found.end(), depth + 1)
            if to := _CAST_TO.match(self._text, position):
                return value, to.end()
            if len(self._text) - position < SHOWN:
                raise _MoreError
            raise _BrokenRowError("a CAST that names no type")
        if re.compile(r"\s*\)").match(self._text, found.end()):
            end = self._text.index(")", found.end()) + 1
            return self._text[found.start() : end], end
        values, end = self._values(found.end(), depth + 1)
        plain = [value for value in values if value is not None]
        if name == "char" and len(plain) == 1 and plain[0].isdigit() and 0 < int(plain[0][:7]) < 0xD800:
            return chr(int(plain[0])), end
        if name in _SAME_VALUE and values:
            return values[0], end
        if name == "replace" and len(plain) == 3 and plain[1]:
            return plain[0].replace(plain[1], plain[2])[:MAX_ROW], end
        if name == "unistr" and len(plain) == 1:
            text = re.sub(r"\\u([0-9A-Fa-f]{4})", lambda code: chr(int(code[1], 16)), plain[0])
            return text.replace("\\\\", "\\").encode("utf-8", "replace").decode(), end
        return self._text[found.start() : end], end

    def _copy(self, found: re.Match[str]) -> Iterator[SqlRow]:
        table, columns = self._named(found)
        form = copy_form(found["options"])
        self._at = found.end()
        is_header = form.header
        for line, whole in self._copy_lines(form):
            values = form.cells(line) if whole else []
            if is_header:
                is_header = False
                columns = columns or unique_headers(values)
            elif not whole:
                yield SqlRow(table, columns, None, "a quote is never closed", line[:SHOWN])
            elif columns and len(values) != len(columns):
                why = f"{len(values)} values for {len(columns)} columns"
                yield SqlRow(table, columns, None, why, line[:SHOWN])
            else:
                yield SqlRow(table, columns, values)

    def _copy_lines(self, form: CopyForm) -> Iterator[tuple[str, bool]]:
        """Give the rows of a COPY statement, and whether each came to its end; a quote may run over lines."""
        kept: list[str] = []
        size = 0
        is_open = False
        while True:
            while (end := self._text.find("\n", self._at)) < 0:
                if len(self._text) - self._at > MAX_ROW or not self._more():
                    end = len(self._text)
                    break
            line = self._text[self._at : end]
            finished = end >= len(self._text) and not line
            self._at = min(end + 1, len(self._text))
            if line.rstrip("\r") == "\\." or finished:
                if kept:
                    yield "\n".join(kept), False
                return
            is_open ^= form.leaves_open(line)
            kept.append(line)
            size += len(line)
            if not is_open or size > MAX_ROW:
                yield "\n".join(kept).rstrip("\r"), not is_open
                kept, size, is_open = [], 0, False


def _table_name(name: str) -> str:
    parts: Sequence[str] = re.findall(_NAME, name)
    return _plain_name(parts[-1]) if parts else name


def _plain_name(name: str) -> str:
    if name[:1] in {"`", '"'}:
        return name[1:-1].replace(name[0] * 2, name[0])
    return name[1:-1] if name.startswith("[") else name


def _unescaped(text: str, escaping: bool) -> str:
    if escaping and "\\" in text:
        text = re.sub(r"\\(.)", lambda found: _MYSQL_ESCAPES.get(found[1], found[1]), text, flags=re.S)
    return text.replace("\0", "")
