"""What is wrong with a YAML file by its schema: the line of each problem, and what to write instead."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from graphcli.loaders.reference.files import parse_yaml

MAXIMUM_PROBLEMS = 50
MAXIMUM_YAML_BYTES = 20_000_000
_TYPES = {"array": "a list", "object": "names with values", "string": "a text, in quotes if it is a number"}
_SHAPES = {
    "^[a-z][a-z0-9_]*$": "small letters, digits and _, a letter first",
    "^\\d{4}(-\\d{2}){0,2}$": "a date in quotes: \"2026\", \"2026-11\" or \"2026-11-28\"",
    "^https?://": "an address that begins with https://",
}  # fmt: skip


def yaml_problems(path: Path, schema: Mapping[str, Any]) -> Iterator[tuple[int, str, str]]:
    """Yield line, problem and way out for everything that is wrong with a YAML file by its schema."""
    import jsonschema
    import yaml

    if path.stat().st_size > MAXIMUM_YAML_BYTES:
        yield 0, f"is larger than {MAXIMUM_YAML_BYTES // 1_000_000} MB", "split it into several files"
        return
    try:
        text = path.read_text(encoding="utf-8")
        content = parse_yaml(text)
        tree = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except UnicodeDecodeError as error:
        yield 0, f"is not UTF-8 (byte {error.start})", "save it as UTF-8"
        return
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error).split("\n", 1)[0]
        yield (
            (mark.line + 1 if mark else 0),
            f"is no YAML: {reason}",
            "correct the indent, colon or quote there",
        )
        return
    for line, key in _repeated_keys(tree):
        yield line, f"the key {key!r} stands twice; only the last one would count", "put both into one"
    validator = jsonschema.Draft202012Validator(dict(schema))
    found = sorted(
        validator.iter_errors(content), key=lambda error: [str(part) for part in error.absolute_path]
    )
    for complaint in found[:MAXIMUM_PROBLEMS]:
        innermost = _innermost(complaint)
        where = "/".join(str(part) for part in innermost.absolute_path) or "top level"
        line = _line(tree, list(innermost.absolute_path), innermost)
        yield line, f"at {where}: {_cut(innermost.message)}", _way_out(innermost)


def _innermost(error: Any) -> Any:
    """Of a choice of forms, the complaint that lies deepest says most."""
    while error.context:
        error = max(error.context, key=lambda one: len(one.absolute_path))
    return error


def _cut(message: str, longest: int = 200) -> str:
    line = " ".join(message.split())
    return line if len(line) <= longest else line[:longest] + "…"


def _way_out(error: Any) -> str:
    rule, value = error.validator, error.validator_value
    if rule == "required":
        return f"add {next((name for name in value if repr(name) in error.message), value)}"
    if rule == "additionalProperties":
        known = sorted(error.schema.get("properties", {}))
        extra = [str(name) for name in error.instance if name not in known]
        near = difflib.get_close_matches(extra[0], known, n=1, cutoff=0.5) if extra else []
        return f"{f'did you mean {near[0]}? ' if near else ''}known here: {', '.join(known)}"
    if rule in {"enum", "const"}:
        return f"write {'one of ' if rule == 'enum' else ''}{_listed(value)}"
    if rule == "pattern":
        return f"write {_SHAPES.get(value, f'what matches {value}')}"
    if rule == "type":
        return f"write {_TYPES.get(value, f'a {value}')}"
    if rule in {"minLength", "minItems", "minProperties"}:
        return f"write at least {value} {'characters' if rule == 'minLength' else 'of them'}"
    if rule == "uniqueItems":
        return "name each once"
    return "see the schema's words above"


def _listed(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _repeated_keys(node: Any) -> Iterator[tuple[int, str]]:
    open_, seen_nodes = [node], set()
    while open_:
        at = open_.pop()
        if at is None or id(at) in seen_nodes:
            continue
        seen_nodes.add(id(at))
        if at.id == "mapping":
            seen: set[str] = set()
            for key, value in at.value:
                if key.value.__hash__ and str(key.value) in seen:
                    yield key.start_mark.line + 1, str(key.value)
                seen.add(str(key.value))
                open_.append(value)
        elif at.id == "sequence":
            open_ += at.value


def _line(tree: Any, parts: Iterable[str | int], error: Any) -> int:
    """Line of the part of a file that a path leads to; of a wrong key, the line of the key."""
    at = tree
    for part in parts:
        step = _step(at, part)
        if step is None:
            break
        at = step
    if at is None:
        return 0
    if error.validator == "additionalProperties" and at.id == "mapping":
        known = error.schema.get("properties", {})
        for key, _ in at.value:
            if key.value not in known:
                return int(key.start_mark.line) + 1
    return int(at.start_mark.line) + 1


def _step(node: Any, part: str | int) -> Any:
    if node is not None and node.id == "sequence" and isinstance(part, int):
        return node.value[part] if part < len(node.value) else None
    if node is not None and node.id == "mapping":
        return next((value for key, value in node.value if key.value == str(part)), None)
    return None
