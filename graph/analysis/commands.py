"""``graphcli clusters`` and ``graphcli central``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from graphcli.graph.analysis.incidence import KINDS
from graphcli.graph.analysis.projection import MAX_PRODUCTS, NEIGHBOURS
from graphcli.workspace.options import (
    State,
    StoreAddress,
    filter_options,
    output_options,
    pass_state,
    store_options,
)
from graphcli.workspace.result import Result
from graphcli.workspace.selection import Selection

Command = TypeVar("Command", bound=Callable[..., Any])
KIND = click.Choice(tuple(KINDS))


def network_options(command: Command) -> Command:
    """Add the options that say which network is analysed, and whether the store is told."""
    options = [
        click.option("--of", type=KIND, default="employers", show_default=True, help="What to look at."),
        click.option("--by", type=KIND, help="What likeness stands on; skills, or employers for skills."),
        click.option("--seed", type=int, default=0, show_default=True, help="Seed of everything drawn."),
        click.option(
            "--neighbours",
            type=click.IntRange(min=1),
            default=NEIGHBOURS,
            show_default=True,
            help="Most similar profiles that each is linked to.",
        ),
        click.option(
            "--max-products",
            type=click.IntRange(min=1),
            default=MAX_PRODUCTS,
            show_default=True,
            help="Refuse a projection that takes more multiplications.",
        ),
        click.option(
            "--max-share",
            type=click.FloatRange(0, 1, min_open=True),
            default=1.0,
            show_default=True,
            help="Leave out skills that a larger share requires; changes the answer.",
        ),
        click.option("--write", is_flag=True, help="Also set the results on the nodes of the store."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def uri_was_given() -> bool:
    """Whether ``--uri`` stands on the command line.

    ``NEO4J_URI`` names the store for push and query; analysis reads the workspace all the same.
    """
    source = click.get_current_context().get_parameter_source("uri")
    return source is click.core.ParameterSource.COMMANDLINE


@click.command("clusters")
@network_options
@click.option(
    "--resolution",
    type=click.FloatRange(0, min_open=True),
    default=1.0,
    show_default=True,
    help="Above 1: more and smaller clusters.",
)
@click.option("--runs", type=click.IntRange(min=1), default=20, show_default=True, help="Runs to agree on.")
@click.option(
    "--samples",
    type=click.IntRange(min=0),
    default=20,
    show_default=True,
    help="Bootstrap samples for stability_sampling.",
)
@click.option(
    "--algorithm",
    type=click.Choice(("leiden", "bipartite")),
    default="leiden",
    show_default=True,
    help="Leiden on the similarity network, or on both kinds of node at once.",
)
@click.option(
    "--min-size",
    type=click.IntRange(min=1),
    default=5,
    show_default=True,
    help="Only count smaller clusters in a note.",
)
@click.option("--members", is_flag=True, help="One row a member.")
@click.option("--match", metavar="RUN", help="Add the number each cluster had in an earlier run.")
@store_options
@filter_options
@output_options
@pass_state
def clusters_command(
    state: State,
    /,
    selection: Selection,
    address: StoreAddress,
    no_build: bool,
    by: str | None,
    **options: Any,
) -> Result:
    """Find clusters of employers, cities or skills that ask for the same.

    \b
    Example:  graphcli clusters --tier broad
              graphcli clusters --members --format csv -o members.csv
    """
    from graphcli.graph.analysis.answers import clusters_answer

    options |= {"by": by or "", "from_store": uri_was_given()}
    return clusters_answer(state, selection, address, no_build=no_build, **options)


@click.command("central")
@network_options
@click.option(
    "--measure",
    type=click.Choice(("pagerank", "strength", "betweenness", "harmonic", "bridge")),
    default="pagerank",
    show_default=True,
    help="How to rank.",
)
@click.option("--top", type=click.IntRange(min=1), help="Only so many rows.")
@click.option(
    "--pivots",
    type=click.IntRange(min=1),
    default=512,
    show_default=True,
    help="Nodes to follow shortest paths from (betweenness, harmonic).",
)
@click.option(
    "--between",
    type=click.Choice(("clusters", "defense", "surveillance")),
    default="clusters",
    show_default=True,
    help="What bridge spans: clusters, or a kind of employer and the rest.",
)
@click.option("--agencies", is_flag=True, help="Rank staffing agencies too.")
@store_options
@filter_options
@output_options
@pass_state
def central_command(
    state: State,
    /,
    selection: Selection,
    address: StoreAddress,
    no_build: bool,
    by: str | None,
    **options: Any,
) -> Result:
    """Rank employers, cities or skills by how central they are.

    \b
    Example:  graphcli central --top 20
              graphcli central --measure bridge --between defense --top 20
    """
    from graphcli.graph.analysis.answers import central_answer

    options |= {"by": by or "", "from_store": uri_was_given()}
    return central_answer(state, selection, address, no_build=no_build, **options)
