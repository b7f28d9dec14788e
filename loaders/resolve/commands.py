"""Commands about names, claims and region schemes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from graphcli.loaders.resolve.places.schemes_command import schemes_command as schemes_command
from graphcli.workspace.errors import UsageError
from graphcli.workspace.options import State, output_options, pass_state
from graphcli.workspace.result import Result

METHODS = ("exact", "normalised", "branch", "alias", "form", "damage", "code", "judged")
VERDICTS = ("same", "different", "unsure")
FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("resolve")
@output_options
@click.option("--source", "sources", multiple=True, help="Board, source id or glob; may be repeated.")
@click.option("--employer", help="Only the names of this employer.")
@click.option("--method", type=click.Choice(METHODS), help="Only names joined by this rule.")
@click.option("--possible", is_flag=True, help="List pairs of employers that may be one.")
@click.option("--review", is_flag=True, help="Walk through those pairs, the heaviest first, and judge them.")
@click.option("--judged", is_flag=True, help="List the judgements in force.")
@click.option(
    "--judge",
    type=(click.Choice(VERDICTS), str, str),
    metavar="VERDICT A B",
    help="Judge two names: same, different or unsure. It wins over every rule.",
)
@click.option("--undo", type=(str, str), metavar="A B", help="Take the latest judgement on A and B back.")
@click.option("--export", "export", type=FILE, help="Write the judgements in force to this file.")
@click.option("--import", "take_over", type=FILE, help="Add the judgements of this file.")
@click.option("--diff", "difference", type=FILE, help="List what this file judges otherwise.")
@click.option("--by", default="", help="Who judges.")
@click.option("--note", default="", help="Why.")
@click.option("--no-build", is_flag=True, help="Answer from the last finished build.")
@pass_state
def resolve_command(state: State, /, by: str, note: str, no_build: bool, **chosen: Any) -> Result:
    """Show how raw names became employers, by which rule and how sure it is; judge names.

    \b
    Examples:
      graphcli resolve --source 'zhaopin_zlspider*' --method branch
      graphcli resolve --judge same 中软国际 中软国际科技服务有限公司 --note "says so itself"
      graphcli resolve --review --by me
      graphcli resolve --undo 中软国际 中软国际科技服务有限公司
    """
    from graphcli.loaders.resolve.listing import names

    actions = _actions(state, {"by": by, "note": note}, no_build)
    asked = [name for name in actions if chosen[name]]
    filters = {name: chosen[name] for name in ("sources", "employer", "method")}
    if len(asked) > 1 or (asked and any(filters.values())):
        raise UsageError("ask resolve for one thing at a time: the list with its filters, or one decision")
    if asked:
        return actions[asked[0]](chosen[asked[0]])
    return names(state.folder, **filters, no_build=no_build, say=state.say)


def _actions(state: State, words: Mapping[str, str], no_build: bool) -> dict[str, Callable[[Any], Result]]:
    from graphcli.loaders.resolve import reviewing
    from graphcli.loaders.resolve.employers import judging

    folder = state.folder
    build: dict[str, Any] = {"no_build": no_build, "say": state.say}
    return {
        "possible": lambda _: reviewing.possible(folder, **build),
        "review": lambda _: reviewing.review(folder, ask, show, by=words["by"], **build),
        "judged": lambda _: judging.judged(folder),
        "judge": lambda given: judging.judge(folder, *given, **words),
        "undo": lambda given: judging.undo(folder, *given, **words),
        "export": lambda path: judging.export(folder, path),
        "take_over": lambda path: judging.take_over(folder, path),
        "difference": lambda path: judging.difference(folder, path),
    }


def show(line: str) -> None:
    """Show a line of a dialogue; stdout is for the rows."""
    click.echo(line, err=True)


def ask(question: str) -> str:
    """Ask a question and return the line that was answered, which may come out of a pipe."""
    click.echo(question, err=True, nl=False)
    return sys.stdin.readline()


@click.command("claims")
@output_options
@click.option(
    "--as-of",
    default="today",
    show_default=True,
    help="Claims that hold as of: posting, today (newest list edition), ever, or a date.",
)
@click.option("--employer", help="Only the claims about this employer.")
@click.option(
    "--from-texts",
    is_flag=True,
    help="List instead what employers' own posting texts hint at: weak, no claims, counted nowhere.",
)
@click.option("--no-build", is_flag=True, help="Answer from the last finished build.")
@pass_state
def claims_command(
    state: State, as_of: str, employer: str | None, from_texts: bool, no_build: bool
) -> Result:
    """List what named lists claim about employers, with dates and the text that matched.

    \b
    Examples:
      graphcli claims --as-of 2021-04-30 --employer 海康威视
      graphcli claims --from-texts
    """
    from graphcli.loaders.resolve.listing import claims, hints_from_texts

    if from_texts:
        if as_of != "today":
            raise UsageError("hints carry the days of their postings; leave --as-of out with --from-texts")
        return hints_from_texts(state.folder, employer=employer, no_build=no_build, say=state.say)
    return claims(state.folder, as_of=as_of, employer=employer, no_build=no_build, say=state.say)
