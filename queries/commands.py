"""Commands that ask the store: query, queries."""

from __future__ import annotations

from pathlib import Path

import click

from graphcli.workspace.errors import UsageError
from graphcli.workspace.options import State, StoreAddress, output_options, pass_state, store_options
from graphcli.workspace.result import Result


@click.command("query")
@output_options
@click.argument("name", required=False)
@click.option("-p", "--parameter", "given", multiple=True, metavar="KEY=VALUE", help="Value of a parameter.")
@click.option("--cypher", metavar="TEXT", help="Run this statement instead of a named query.")
@click.option(
    "--file", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Run this file."
)
@store_options
@click.option("--write", is_flag=True, help="Let an ad hoc statement write.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0.001),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="Stop after so long.",
)
@click.option("--no-build", is_flag=True, help="Ask the last finished build.")
@pass_state
def query_command(
    state: State,
    name: str | None,
    given: tuple[str, ...],
    cypher: str | None,
    file: Path | None,
    address: StoreAddress,
    write: bool,
    timeout: float,
    no_build: bool,
) -> Result:
    """Run a named or an ad hoc Cypher query on the store; see graphcli queries for the names.

    Values of ad hoc parameters are read as JSON where they are JSON, else as text: write -p 'code="110000"'
    for digits that are text. $scope is the workspace's own graph and is filled in.

    \b
    Example:  graphcli query defense-employers -p as_of=2021-06-30
              graphcli query --cypher 'MATCH (e:Employer) RETURN e.name AS name LIMIT $n' -p n=5
    """
    from graphcli.queries.ask import ask, pairs

    if sum(item is not None for item in (name, cypher, file)) != 1:
        raise UsageError("give the name of a query (see graphcli queries), or --cypher TEXT, or --file F")
    text = file.read_text(encoding="utf-8") if file else cypher
    return ask(state, address, name, text, pairs(given), write=write, timeout=timeout, no_build=no_build)


@click.command("queries")
@output_options
@click.argument("name", required=False)
@pass_state
def queries_command(state: State, name: str | None) -> Result:
    """List the named queries, or show one with its Cypher.

    \b
    Example:  graphcli queries
              graphcli queries city-employers
    """
    from graphcli.queries.listing import listing

    return listing(name)
