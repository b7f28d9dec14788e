"""The command that writes the interactive page."""

from __future__ import annotations

from pathlib import Path

import click

from graphcli.graph.page.budget import SMALLEST_BUDGET
from graphcli.graph.page.write import BUDGET, TITLE, write_page
from graphcli.workspace.options import State, filter_options, pass_state
from graphcli.workspace.selection import Selection
from graphcli.workspace.wording import counted

__all__ = ["page_command", "write_page"]


@click.command("page")
@filter_options
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("page.html"),
    show_default=True,
    help="File to write; an existing one is replaced in one step.",
)
@click.option("--nodes", type=click.IntRange(min=SMALLEST_BUDGET), default=BUDGET, show_default=True,
              help="Nodes drawn at most; all others are counted in summary nodes.")  # fmt: skip
@click.option("--title", default=TITLE, show_default=True, help="Heading of the page.")
@click.option("--open", "open_it", is_flag=True, help="Open the page in the browser.")
@pass_state
def page_command(
    state: State, selection: Selection, output: Path, nodes: int, title: str, open_it: bool, no_build: bool
) -> None:
    """Write the interactive page: network, map, table and method in one file that works offline.

    \b
    Example:  graphcli page -o page.html --open
    """
    from graphcli.graph.build import graph_for

    graph = graph_for(state.folder, selection, no_build=no_build, say=state.say)
    written = write_page(state.folder, graph, output, title=title, budget=nodes)
    click.echo(str(written.path))
    state.say(
        f"wrote {written.size / 1e6:.1f} MB: {counted(written.nodes, 'node')} and "
        f"{counted(written.links, 'link')} drawn, "
        f"{counted(written.counted, 'node')} counted in summaries; open it in any browser"
    )
    if open_it:
        click.launch(written.path.resolve().as_uri())
