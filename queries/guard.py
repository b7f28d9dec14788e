"""Nothing but reading: decides, before a statement runs, whether it may.

Two lines of defence. The engine plans the statement and says whether it would write. And the statement's
own words are checked, because a plan does not show everything: functions that reach out, other databases,
what runs outside a transaction. Words inside strings, comments and quoted names are told apart first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphcli.workspace.errors import UsageError

if TYPE_CHECKING:
    from graphcli.graph.stores.contract import Store

WAY_OUT = "; --write lifts this"
LOADS = "LOAD CSV reads files and addresses"

PROCEDURES = frozenset({"db.labels", "db.relationshiptypes", "db.propertykeys"})

# The functions of openCypher that compute from their arguments alone.
FUNCTIONS = frozenset(
    """
    abs acos all any asin atan atan2 avg ceil char_length character_length coalesce collect cos cosh cot coth
    count date date.truncate datetime datetime.fromepoch datetime.fromepochmillis datetime.truncate degrees
    duration duration.between duration.indays duration.inmonths duration.inseconds e elementid endnode exists
    exp floor haversin head id isempty isnan keys labels last left length localdatetime
    localdatetime.truncate localtime localtime.truncate log log10 lower ltrim max min nodes none normalize
    nullif percentilecont percentiledisc pi point point.distance point.withinbbox properties radians range
    reduce relationships replace reverse right round rtrim shortestpath allshortestpaths sign sin single sinh
    size split sqrt startnode stdev stdevp substring sum tail tan tanh time time.truncate toboolean
    tobooleanlist tobooleanornull tofloat tofloatlist tofloatornull tointeger tointegerlist tointegerornull
    tolower tostring tostringlist tostringornull toupper trim type upper valuetype
    """.split()  # noqa: SIM905 - a list of words reads better as words
)

# Words that may stand before a bracket without being a function.
BEFORE_BRACKET = frozenset(
    """
    and as asc ascending by call case contains desc descending distinct else exists limit match
    not on optional or order return skip starts then unwind when where with xor yield in shortest
    union any all is
    """.split()  # noqa: SIM905 - a list of words reads better as words
)

# A statement begins with one of these; everything else administers, changes, or looks elsewhere.
BEGINNINGS = frozenset({"match", "optional", "unwind", "with", "return", "call"})

# Where a clause may begin inside a statement, so that `use` there is a clause and not a variable.
CLAUSE_STARTS = frozenset({"{", "union", "all", "distinct"})

_ESCAPE = re.compile(r"\\u[0-9A-Fa-f]{4}")
_PLANNED_CALL = re.compile(r"(?i)procedure\s*call\s+`?([\w.`]+)")

_TOKEN = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<comment>//[^\n\r]*|/\*.*?\*/)
    | (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<quoted>`(?:[^`]|``)*`)
    | (?P<parameter>\$\s*(?:\w+|`(?:[^`]|``)*`))
    | (?P<number>\d\w*(?:\.\d\w*)?)
    | (?P<name>[^\W\d]\w*)
    | (?P<sign>.)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Token:
    """One word or sign of a statement; ``text`` is lower case, ``quoted`` names keep their content."""

    kind: str
    text: str


def check(store: Store, text: str, parameters: Mapping[str, Any] | None = None) -> None:
    """Refuse a statement that does anything but read.

    Parameters
    ----------
    store
        Where it would run; plans it, and does not run it.
    text, parameters
        The statement and its values.

    Raises
    ------
    UsageError
        It writes, loads, calls what is not on the list, or the engine does not understand it.
    """
    check_words(text)
    plan = store.plan(text, parameters)
    if plan.writes:
        raise UsageError("the statement would write" + WAY_OUT)
    for operator in plan.operators:
        if re.match(r"(?i)load\s*csv", operator):
            raise UsageError(LOADS + WAY_OUT)
        called = _PLANNED_CALL.match(operator)
        if called and called[1].replace("`", "").lower() not in PROCEDURES:
            raise _refused_procedure(called[1])


def check_words(text: str) -> None:
    """Refuse a statement by its own words; needs no store.

    Raises
    ------
    UsageError
        The first thing that a reading statement may not hold, and how to lift the refusal.
    """
    if _ESCAPE.search(text):
        # An engine reads such an escape before anything else, so a word or a quote could hide behind it.
        raise UsageError("write characters themselves, not as \\uXXXX" + WAY_OUT)
    words = list(tokens(text))
    while words and words[-1].text == ";":
        words.pop()
    if not words:
        raise UsageError("the statement is empty")
    if any(word.text == ";" for word in words):
        raise UsageError("only one statement at a time; take out the semicolon between them")
    first = words[0]
    if first.kind != "name" or first.text not in BEGINNINGS:
        raise UsageError(
            f"a statement that reads begins with {', '.join(sorted(BEGINNINGS)).upper()}, not with"
            f" {first.text.upper()!r}{WAY_OUT}"
        )
    for position, word in enumerate(words):
        _check_word(words, position, word)


def tokens(text: str) -> Iterator[Token]:
    """Cut a statement into words and signs, without white space and comments.

    Raises
    ------
    UsageError
        A string, comment or quoted name does not end.
    """
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "sign"
        if kind in {"space", "comment"}:
            continue
        content = match.group()
        if kind == "sign" and content in "\"'`":
            raise UsageError(f"the statement has a {content} that does not end")
        if kind == "sign" and content == "/" and text.startswith("/*", match.start()):
            raise UsageError("the statement has a comment that does not end")
        if kind == "quoted":
            yield Token("quoted", content[1:-1].replace("``", "`").lower())
        else:
            yield Token(kind, content.lower())


def _check_word(words: list[Token], position: int, word: Token) -> None:
    before = words[position - 1].text if position else ""
    after = words[position + 1] if position + 1 < len(words) else Token("sign", "")
    if word.kind == "name" and before != ".":
        if word.text == "load" and after.text == "csv":
            raise UsageError(LOADS + WAY_OUT)
        if word.text == "use" and before in CLAUSE_STARTS and after.kind in {"name", "quoted"}:
            raise UsageError("USE looks into another database" + WAY_OUT)
        if word.text == "in" and after.text == "transactions":
            raise UsageError("IN TRANSACTIONS is for writing" + WAY_OUT)
        if word.text == "call" and after.kind in {"name", "quoted"}:
            name = _dotted_forward(words, position + 1)
            if name not in PROCEDURES:
                raise _refused_procedure(name)
    if word.kind in {"name", "quoted"} and after.text == "(":
        _check_function(words, position)


def _check_function(words: list[Token], position: int) -> None:
    name = _dotted_backward(words, position)
    if words[position].kind == "name" and name in BEFORE_BRACKET:
        return
    # A procedure on the list, in its call, was let through before.
    if name not in FUNCTIONS and name not in PROCEDURES:
        raise UsageError(f"the function {name} is not on the list of a reading query{WAY_OUT}")


def _refused_procedure(name: str) -> UsageError:
    allowed = ", ".join(sorted(PROCEDURES))
    return UsageError(f"the procedure {name} is not on the list of a reading query ({allowed}){WAY_OUT}")


def _dotted_forward(words: list[Token], position: int) -> str:
    parts: list[str] = []
    while position < len(words) and words[position].kind in {"name", "quoted"}:
        parts.append(words[position].text)
        if position + 1 >= len(words) or words[position + 1].text != ".":
            break
        position += 2
    return ".".join(parts) or "(unnamed)"


def _dotted_backward(words: list[Token], position: int) -> str:
    parts = [words[position].text]
    while (
        position >= 2 and words[position - 1].text == "." and words[position - 2].kind in {"name", "quoted"}
    ):
        position -= 2
        parts.insert(0, words[position].text)
    return ".".join(parts)
