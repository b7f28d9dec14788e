"""Compares what was loaded with what was expected: a list of deviations for each aspect."""

from __future__ import annotations

import unicodedata
from typing import Any

import polars as pl

ASPECTS = ("loads", "accounting", "roles", "cells", "issues")
UNJUDGED = "?"
FIELDS = {"employer": "employer_raw", "place": "place_raw", "industry": "industry_raw"}


def folded(field: str, value: object) -> object:
    """What is compared: width, white space and the marks between the parts of a place do not count."""
    if isinstance(value, int | float):
        return round(float(value), 1)
    if not isinstance(value, str):
        return None if value is None else str(value)
    text = unicodedata.normalize("NFKC", value).strip()
    if field == "place_raw":
        return "".join(letter for letter in text if letter.isalnum())
    return " ".join(text.split())


def judged(case: Any, loaded: Any, aspect: str) -> list[str]:
    """Deviations of one case in one aspect, as ``what: expected …, got …``."""
    expected = case.expected
    if "error" in expected:
        return _error(expected["error"], loaded) if aspect == "loads" else []
    if loaded.sources.is_empty():
        return [f"loads: expected rows, got {loaded.problem!r}"] if aspect == "loads" else []
    if aspect == "loads":
        return _encoding(expected, loaded)
    found: list[str] = []
    for entry in expected["sheets"]:
        source, where = _source(entry, expected, loaded)
        if source is None:
            found += [where] if aspect == "accounting" else []
            continue
        part = loaded.of(source["source_id"])
        check = {"accounting": _accounting, "roles": _roles, "cells": _cells, "issues": _issues}[aspect]
        found += [f"{where}{deviation}" for deviation in check(entry, source, part, loaded)]
    if (
        aspect == "accounting"
        and not expected.get("more_sheets")
        and len(expected["sheets"]) != loaded.sources.height
    ):
        shown = loaded.sources.select("member", "sheet", "rows_read").rows()
        found.append(f"sources: expected {len(expected['sheets'])}, got {shown}")
    return found


def _error(words: list[str], loaded: Any) -> list[str]:
    if loaded.sources.height:
        return [f"loads: expected to be refused, got {loaded.sources['kept'].sum()} rows kept"]
    problem = loaded.problem or ""
    if "\n" in problem or not any(word in problem for word in words):
        return [f"refusal: expected one line with one of {words}, got {problem!r}"]
    return []


def _encoding(expected: dict[str, Any], loaded: Any) -> list[str]:
    wanted = expected.get("encoding")
    got = loaded.sources["encoding"].to_list()
    if wanted and not all(wanted.lower() in (one or "").lower() for one in got):
        return [f"encoding: expected {wanted}, got {got}"]
    return []


def _source(
    entry: dict[str, Any], expected: dict[str, Any], loaded: Any
) -> tuple[dict[str, Any] | None, str]:
    rows = loaded.sources.to_dicts()
    name = "/".join(str(entry[key]) for key in ("member", "sheet") if entry.get(key))
    for key in ("member", "sheet"):
        if entry.get(key):
            rows = [row for row in rows if row[key] == entry[key]]
    if len(expected["sheets"]) == 1 and not name and rows:
        return rows[0], ""
    if not rows:
        shown = loaded.sources.select("member", "sheet").rows()
        return None, f"sheet {name!r}: expected a source, got {shown}"
    return rows[0], f"[{name}] "


def _accounting(entry: dict[str, Any], source: dict[str, Any], part: Any, loaded: Any) -> list[str]:
    found = []
    if source["rows_read"] != source["kept"] + source["rejected"]:
        found.append(
            f"accounting: {source['rows_read']} read, {source['kept']} kept, {source['rejected']} rejected"
        )
    for name in ("rows_read", "kept"):
        wanted = entry.get(name, UNJUDGED)
        allowed = wanted if isinstance(wanted, list) else [wanted]
        if allowed != [UNJUDGED] and source[name] not in allowed:
            found.append(f"{name}: expected {wanted}, got {source[name]}")
    if entry.get("rejected", UNJUDGED) != UNJUDGED:
        reasons = dict(
            part.issues.filter(pl.col("action") == "rejected").select("row", "problem").iter_rows()
        )
        wanted = entry["rejected"] or {}
        if sorted(reasons) != sorted(wanted):
            found.append(f"rejected rows: expected {sorted(wanted)}, got {reasons}")
        for row, words in wanted.items():
            if row in reasons and not any(word in reasons[row] for word in words):
                found.append(f"row {row}: expected rejected for one of {words}, got {reasons[row]!r}")
    return found


def _roles(entry: dict[str, Any], source: dict[str, Any], part: Any, loaded: Any) -> list[str]:
    got: dict[str, list[str]] = {}
    for column, sheet, roles in loaded.inspected.select("column", "sheet", "role").iter_rows():
        if sheet == source["sheet"]:
            for role in filter(None, (one.strip() for one in roles.split(","))):
                got.setdefault(role, []).append(column)
    found = []
    for role, columns in (entry.get("roles") or {}).items():
        wanted = [columns] if isinstance(columns, str) else list(columns or [])
        have = got.get(role, [])
        # Records nested in an answer may carry the names of what they lie in.
        missing = [one for one in wanted if not any(f".{column}".endswith(f".{one}") for column in have)]
        if (not wanted and have) or missing:
            found.append(f"role {role}: expected {wanted}, got {have}")
    return found


def _cells(entry: dict[str, Any], source: dict[str, Any], part: Any, loaded: Any) -> list[str]:
    found = []
    records = {row["row"]: row for row in part.postings.to_dicts()}
    columns = entry.get("columns", [])
    numbers = sorted(records)
    for position, wanted in enumerate(entry.get("rows", [])):
        number = wanted[0]
        if entry.get("rows_by") == "order":
            number = numbers[position] if position < len(numbers) else None
        record = records.get(number)
        if record is None:
            found.append(f"row {wanted[0]}: expected a posting, got none")
            continue
        for name, value in zip(columns[1:], wanted[1:], strict=True):
            field = FIELDS.get(name, name)
            if value == UNJUDGED:
                continue
            if folded(field, value) != folded(field, record[field]):
                found.append(f"row {wanted[0]} {name}: expected {value!r}, got {record[field]!r}")
    texts = {row["row"]: row for row in part.texts.to_dicts()}
    for row, tags in (entry.get("tags") or {}).items():
        have = set(texts[row]["tags"] or []) if row in texts else set()
        if not set(tags) <= have:
            found.append(f"row {row} tags: expected {tags}, got {sorted(have)}")
    for row, words in (entry.get("texts") or {}).items():
        have_text = texts[row]["text"] if row in texts else ""
        if not all(word in have_text for word in words):
            found.append(f"row {row} text: expected {words}, got {have_text[:60]!r}")
    return found + _never(entry, part)


def _never(entry: dict[str, Any], part: Any) -> list[str]:
    found = []
    for name, values in (entry.get("never") or {}).items():
        if name == "tags":
            have = {tag for tags in part.texts["tags"].to_list() for tag in tags or []}
        else:
            field = FIELDS.get(name, name)
            have = {folded(field, value) for value in part.postings[field].to_list()}
            values = [folded(field, value) for value in values]
        invented = sorted(str(value) for value in values if value in have)
        if invented:
            found.append(f"{name}: must never be {invented}")
    return found


def _issues(entry: dict[str, Any], source: dict[str, Any], part: Any, loaded: Any) -> list[str]:
    found = []
    rows = part.issues.to_dicts()
    for wanted in entry.get("issues") or []:
        says = wanted.get("says", [])
        hits = [
            row
            for row in rows
            if all(row[key] == value for key, value in wanted.items() if key in {"row", "column", "action"})
            and ("value" not in wanted or str(wanted["value"]) in row["value"])
            and (not says or any(word in row["problem"] for word in says))
        ]
        if not hits:
            near = [
                (row["column"], row["value"][:40], row["problem"], row["action"])
                for row in rows
                if row["row"] == wanted.get("row")
            ]
            found.append(f"issue: expected {wanted}, got for that row {near}")
    whole = " ".join(row["problem"] for row in rows if row["row"] is None) + " " + " ".join(loaded.notes)
    for words in entry.get("notes") or []:
        allowed = words if isinstance(words, list) else [words]
        if not any(word in whole for word in allowed):
            found.append(f"notice: expected one of {allowed}, got {whole[:200]!r}")
    return found
