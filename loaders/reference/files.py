"""Reading reference files: every fact file is checked against its schema before a value of it is used."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl

from graphcli.workspace.errors import DataContractError

LONGEST_CELL = 131_072


@dataclass(frozen=True)
class Column:
    """What a column of a reference CSV must hold.

    Attributes
    ----------
    required
        The cell may not be empty.
    pattern
        Regular expression the whole cell must match where it is not empty.
    choices
        The only values allowed where it is not empty.
    unique
        No value may occur twice.
    """

    name: str
    required: bool = False
    pattern: str = ""
    choices: tuple[str, ...] = ()
    unique: bool = False


def shipped(package: str, *parts: str) -> Path:
    """Path of a data file that ships inside a package: ``shipped("graphcli.loaders.reference", "a.csv")``."""
    return Path(str(files(package).joinpath(*parts)))


def decode_table(path: Path) -> tuple[str, str]:
    """Read a table that a person saved as UTF-8 or, as spreadsheets on Chinese Windows do, as GB18030.

    Returns
    -------
    The text, with lone carriage returns as line ends where it has no others, and the encoding.

    Raises
    ------
    DataContractError
        It is neither.
    """
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            position = error.start
            continue
        return (text if "\n" in text else text.replace("\r", "\n")), encoding.removesuffix("-sig")
    raise DataContractError(
        f"{path.name}: is neither UTF-8 nor GB18030 (byte {position}); save it as CSV UTF-8"
    )


def csv_rows(path: Path, text: str) -> list[list[str]]:
    """Split the text of a CSV strictly into records, the header first; blank lines are left out.

    Raises
    ------
    DataContractError
        A quote is left open or misplaced, or a cell is too long; the message names the row.
    """
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text), strict=True):
            # The limit csv keeps is one for the whole process, and a reader beside us may have raised it.
            if any(len(cell) > LONGEST_CELL for cell in row):
                raise csv.Error(f"a cell holds more than {LONGEST_CELL:,} characters")
            if any(row):
                rows.append(row)
    except csv.Error as error:
        where = f"row {len(rows)}" if rows else "header"
        raise DataContractError(
            f"{path.name}: {where}: damaged CSV ({error}); nothing was imported"
        ) from None
    return rows


def read_csv(path: Path, columns: Sequence[Column]) -> pl.DataFrame:
    """Read a UTF-8 reference CSV as text columns; empty cells become null.

    Raises
    ------
    DataContractError
        A column is missing or a cell breaks its rule; the message names file, row and column.
    """
    try:
        frame = pl.read_csv(path, infer_schema=False, encoding="utf8", comment_prefix="#")
    except (OSError, pl.exceptions.PolarsError) as error:
        raise DataContractError(f"{path.name}: cannot be read as UTF-8 CSV ({_first_line(error)})") from None
    frame = frame.select(pl.col(pl.String).str.strip_chars().replace("", None))
    for column in columns:
        _check_column(path, frame, column)
    return frame


def parse_yaml(text: str) -> Any:
    """Parse YAML of a file that people write; a value stands where it is used, and nowhere else.

    Raises
    ------
    yaml.YAMLError
        It is not YAML, or uses an alias: a few lines of aliases of aliases take for ever to check.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    if "*" in text:
        for event in yaml.parse(text, Loader=loader):
            if isinstance(event, yaml.AliasEvent):
                problem = f"*{event.anchor} refers to another place; write the value out"
                mark: Any = event.start_mark
                raise yaml.composer.ComposerError(None, None, problem, mark)
    return yaml.load(text, Loader=loader)  # noqa: S506 - a safe loader


def read_yaml(path: Path, schema: dict[str, Any]) -> Any:
    """Read a YAML reference file and check it against a JSON Schema (draft 2020-12).

    Raises
    ------
    DataContractError
        It is not YAML, uses aliases, or breaks the schema; the message names the place inside the file.
    """
    import jsonschema
    import yaml

    try:
        content = parse_yaml(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DataContractError(f"{path.name}: cannot be read as YAML ({_first_line(error)})") from None
    validator = jsonschema.Draft202012Validator(_without_references(schema, schema.get("$defs", {})))
    for problem in sorted(validator.iter_errors(content), key=lambda item: [str(part) for part in item.path]):
        where = "/".join(str(part) for part in problem.path) or "top level"
        raise DataContractError(f"{path.name}: at {where}: {problem.message}")
    return content


def _without_references(part: Any, definitions: dict[str, Any]) -> Any:
    """Put definitions where they are referred to; looking each up for each value takes most of a check."""
    if isinstance(part, list):
        return [_without_references(one, definitions) for one in part]
    if not isinstance(part, dict):
        return part
    name = str(part.get("$ref", "")).removeprefix("#/$defs/")
    if name in definitions:
        rest = {key: value for key, value in part.items() if key != "$ref"}
        return _without_references(
            {"allOf": [definitions[name]], **rest} if rest else definitions[name], definitions
        )
    return {key: _without_references(value, definitions) for key, value in part.items() if key != "$defs"}


def read_schema(package: str, *parts: str) -> dict[str, Any]:
    """Read a JSON Schema that ships inside a package."""
    content: dict[str, Any] = json.loads(shipped(package, *parts).read_text(encoding="utf-8"))
    return content


def _check_column(path: Path, frame: pl.DataFrame, column: Column) -> None:
    if column.name not in frame.columns:
        raise DataContractError(f"{path.name}: the column {column.name!r} is missing")
    values = pl.col(column.name)
    rules: list[tuple[pl.Expr, str]] = []
    if column.required:
        rules.append((values.is_null(), "is empty"))
    if column.pattern:
        rules.append((~values.str.contains(f"^(?:{column.pattern})$"), f"does not match {column.pattern}"))
    if column.choices:
        rules.append((~values.is_in(column.choices), f"is none of {', '.join(column.choices)}"))
    if column.unique:
        rules.append((values.is_not_null() & values.is_duplicated(), "occurs twice"))
    numbered = frame.with_row_index("row number", offset=1)
    for broken, words in rules:
        found = numbered.filter(broken.fill_null(False)).select("row number", column.name).head(1)
        if found.height:
            row, value = found.row(0)
            raise DataContractError(f"{path.name}: row {row}, column {column.name!r}: {value!r} {words}")


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0]
