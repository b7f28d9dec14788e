"""Running a query on a store: names become keys, the guard looks first, the rows become a tidy table."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from graphcli.graph.stores.reading import choose_scope
from graphcli.queries import guard
from graphcli.queries.catalogue import TODAY, Query, values
from graphcli.workspace.errors import UsageError, unknown_name
from graphcli.workspace.folder import WorkspaceFolder
from graphcli.workspace.result import Result

if TYPE_CHECKING:
    from graphcli.graph.stores.contract import Store

DEFAULT_TIMEOUT_SECONDS = 60.0

# Type of a parameter → how its value is looked up among the names of the graph.
_LOOKUPS = {
    kind: (
        f"MATCH (n:{label} {{scope: $scope}}) WHERE n.{key} = $text OR toLower(n.name) = toLower($text)"
        " OR toLower(coalesce(n.name_en, '')) = toLower($text)"
        f" RETURN n.{key} AS key, n.name AS name, n.{key} = $text AS exact ORDER BY exact DESC, key",
        f"MATCH (n:{label} {{scope: $scope}}) RETURN n.name AS name ORDER BY name",
    )
    for kind, (label, key) in {
        "employer": ("Employer", "id"),
        "city": ("City", "adcode"),
        "skill": ("Skill", "id"),
        "skillgroup": ("SkillGroup", "id"),
    }.items()
}


def run_named(
    store: Store,
    folder: WorkspaceFolder,
    query: Query,
    given: Mapping[str, str],
    *,
    timeout: float | None = DEFAULT_TIMEOUT_SECONDS,
) -> Result:
    """Run a query of the catalogue.

    Parameters
    ----------
    given
        Values of its parameters as text; names of employers, cities and skills may stand for their ids.
    timeout
        Seconds after which it is stopped.

    Raises
    ------
    UsageError
        A parameter is unknown, missing, of the wrong type, or names something that is not in the graph.
    QueryTimeoutError
        It took too long.
    """
    wanted = values(query, given)
    scope = choose_scope(store, None, folder.manifest().scope)
    for parameter in query.parameters:
        value = wanted[parameter.name]
        if parameter.type == "date" and value == TODAY:
            wanted[parameter.name] = today(folder)
        elif parameter.type in _LOOKUPS and parameter.default != value:
            wanted[parameter.name] = find_key(store, folder, scope, parameter.type, value)
    rows = store.read(query.text, {**wanted, "scope": scope}, timeout)
    frame = to_frame(rows) if rows else empty_frame(query)
    parameters = {"query": query.name, **wanted, **_made_by(store, scope)}
    return Result("query", frame, parameters)


def run_text(
    store: Store,
    folder: WorkspaceFolder,
    text: str,
    given: Mapping[str, Any],
    *,
    write: bool = False,
    timeout: float | None = DEFAULT_TIMEOUT_SECONDS,
) -> Result:
    """Run an ad hoc statement; ``$scope`` is filled in where the statement uses it.

    Parameters
    ----------
    write
        Let it write; without, everything but reading is refused and nothing is changed.

    Raises
    ------
    UsageError
        The engine does not understand it, or it does more than reading.
    QueryTimeoutError
        It took too long.
    """
    scope = None
    parameters = dict(given)
    if re.search(r"\$\s*scope\b", text) and "scope" not in parameters:
        scope = parameters["scope"] = choose_scope(store, None, folder.manifest().scope)
    if write:
        rows = store.write(text, parameters, timeout)
    else:
        guard.check(store, text, parameters)
        rows = store.read(text, parameters, timeout)
    return Result(
        "query", to_frame(rows), {"cypher": text, **given, "write": write, **_made_by(store, scope)}
    )


def today(folder: WorkspaceFolder) -> str:
    """Day that ``today`` stands for: that of the newest edition of the lists, never the clock."""
    from graphcli.loaders.resolve.claims.matching import newest_edition

    reference = folder.reference_folder
    return newest_edition(reference if reference.is_dir() else None).isoformat()


def find_key(store: Store, folder: WorkspaceFolder, scope: str, kind: str, text: str) -> str:
    """Find the key of an employer, city, skill or skill group by its key or name.

    Raises
    ------
    UsageError
        Nothing in the graph is called that, or several are.
    """
    lookup, names = _LOOKUPS[kind]
    found = store.read(lookup, {"scope": scope, "text": text})
    if not found and kind == "city":
        found = store.read(lookup, {"scope": scope, "text": _adcode(text)})
    if not found and kind == "employer" and folder.table_names("employers"):
        found = store.read(lookup, {"scope": scope, "text": _employer_id(folder, text)})
    if not found:
        raise unknown_name(
            kind, text, [row["name"] for row in store.read(names, {"scope": scope}) if row["name"]]
        )
    if len(found) > 1 and not found[0]["exact"]:
        keys = ", ".join(f"{row['key']} ({row['name']})" for row in found[:5])
        raise UsageError(f"several are called {text!r}; name one by its id: {keys}")
    key: str = found[0]["key"]
    return key


def _adcode(place: str) -> str:
    """Code of a place as the loaders read it (上海市, Shanghai, 浦东新区), empty where it is not one city."""
    from graphcli.loaders.resolve.places.resolving import resolve_places

    codes: list[str] = resolve_places([place])["adcodes"][0].to_list()
    return codes[0] if len(codes) == 1 else ""


def _employer_id(folder: WorkspaceFolder, text: str) -> str:
    """Id of an employer by an alias or another spelling that the workspace knows."""
    from graphcli.graph.names import find_employer
    from graphcli.workspace import tables

    names = folder.read("employer_names", tables.EMPLOYER_NAMES)
    return find_employer(text, folder.read("employers", tables.EMPLOYERS), names)


def to_frame(rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Make a frame of rows; a column that no single type holds keeps its values as they are."""
    if not rows:
        return pl.DataFrame()
    return pl.DataFrame([_series(name, [row[name] for row in rows]) for name in rows[0]])


def empty_frame(query: Query) -> pl.DataFrame:
    """Make a frame without rows but with the query's columns."""
    returned = query.text.rpartition("RETURN")[2].partition("\nORDER BY")[0]
    return pl.DataFrame(schema=dict.fromkeys(re.findall(r"\bAS (\w+)", returned), pl.String))


def _series(name: str, column: list[Any]) -> pl.Series:
    kinds = {type(value) for value in column if value is not None}
    if kinds <= {int, float} and kinds:
        dtype: Any = pl.Float64 if float in kinds else pl.Int64
    elif len(kinds) == 1 and kinds <= {str, bool}:
        dtype = pl.Boolean if bool in kinds else pl.String
    elif not kinds:
        dtype = pl.Null
    elif kinds == {list} and all(isinstance(item, str) for value in column if value for item in value):
        dtype = pl.List(pl.String)
    else:
        dtype = pl.Object
    return pl.Series(name, column, dtype=dtype, strict=False)


def _made_by(store: Store, scope: str | None) -> dict[str, object]:
    made: dict[str, object] = {"store": store.where, "engine": store.engine}
    return made | ({"scope": scope} if scope else {})
