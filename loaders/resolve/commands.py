"""Commands about names, claims and region schemes."""

from __future__ import annotations

import click

from graphcli.loaders.resolve.schemes_command import schemes_command as schemes_command
from graphcli.workspace.options import State, output_options, pass_state
from graphcli.workspace.result import Result

METHODS = ("exact", "normalised", "branch", "alias")


@click.command("resolve")
@output_options
@click.option("--source", "sources", multiple=True, help="Board, source id or glob; may be repeated.")
@click.option("--employer", help="Only the names of this employer.")
@click.option("--method", type=click.Choice(METHODS), help="Only names joined by this rule.")
@click.option("--no-build", is_flag=True, help="Answer from the last finished build.")
@pass_state
def resolve_command(
    state: State, sources: tuple[str, ...], employer: str | None, method: str | None, no_build: bool
) -> Result:
    """Show how raw names became employers, by which rule and how sure it is.

    \b
    Example:
      graphcli resolve --source 'zhaopin_zlspider*' --method branch
    """
    from graphcli.loaders.resolve.listing import names

    return names(
        state.folder, sources=sources, employer=employer, method=method, no_build=no_build, say=state.say
    )


@click.command("claims")
@output_options
@click.option(
    "--as-of",
    default="today",
    show_default=True,
    help="Claims that hold as of: posting, today (newest list edition), ever, or a date.",
)
@click.option("--employer", help="Only the claims about this employer.")
@click.option("--no-build", is_flag=True, help="Answer from the last finished build.")
@pass_state
def claims_command(state: State, as_of: str, employer: str | None, no_build: bool) -> Result:
    """List what named lists claim about employers, with dates and the text that matched.

    \b
    Example:
      graphcli claims --as-of 2021-04-30 --employer 海康威视
    """
    from graphcli.loaders.resolve.listing import claims

    return claims(state.folder, as_of=as_of, employer=employer, no_build=no_build, say=state.say)
