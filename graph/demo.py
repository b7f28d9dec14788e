"""The demo: made-up postings through the whole tool, with nothing to prepare."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import click

from graphcli.loaders.sample.boards import write_sample
from graphcli.loaders.sample.lists import write_lists
from graphcli.loaders.sample.world import make_world
from graphcli.workspace.folder import WorkspaceFolder
from graphcli.workspace.options import State, pass_state, print_result
from graphcli.workspace.result import Result

TOP_EMPLOYERS = 10
CLUSTER_COLUMNS = "cluster,label,size,postings,ai_postings,stability,defense,surveillance"
CENTRAL_COLUMNS = "rank,name,score,cluster,city,defense,surveillance,postings"
NEXT_STEPS = """
Everything above is invented; the page is {page}: open it in a browser, it needs no network.

What to try next:
  graphcli -w {workspace} cities --tier broad
  graphcli -w {workspace} show 虚构天梭集团
  graphcli -w {workspace} issues
  graphcli -w {workspace} query defense-cities
  graphcli -w {workspace} evidence cluster:{run}:1 --limit 5
Your own postings, into a workspace of their own:
  graphcli load YOUR-FOLDER
  graphcli clusters"""


@dataclass(frozen=True)
class Demo:
    """What the demo made: two answers and a page."""

    clusters: Result
    central: Result
    page: Path


def run_demo(
    folder: WorkspaceFolder, target: Path, seed: int = 0, say: Callable[[str], None] = lambda _: None
) -> Demo:
    """Write made-up postings below ``target``, load them into ``folder``, analyse them and write the page.

    Running it again changes nothing.
    """
    from graphcli.graph.analysis import snapshot
    from graphcli.graph.analysis.central import central
    from graphcli.graph.analysis.clusters import clusters_result
    from graphcli.graph.analysis.communities import membership
    from graphcli.graph.build import graph_for
    from graphcli.graph.page.write import write_page
    from graphcli.loaders.load import load

    world = make_world(seed)
    written = write_sample(world, target / "postings")
    write_lists(world, folder.reference_folder / "lists")
    say(
        f"made {len(world.postings):,} fictional postings in {len(written)} files below {target / 'postings'}"
    )
    load(folder, [target / "postings"], say=say)
    graph = graph_for(folder, say=say)
    found = membership(graph)
    snapshot.remember(folder, found)
    page = target / "page.html"
    write_page(folder, graph, page, title="Fictional employers")
    return Demo(clusters_result(found), central(graph, top=TOP_EMPLOYERS), page)


@click.command("demo")
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path), default=Path("demo"))
@click.option("--seed", type=int, default=0, show_default=True, help="Another seed, another market.")
@pass_state
@click.pass_context
def demo_command(ctx: click.Context, state: State, directory: Path, seed: int) -> None:
    """Make synthetic postings of fictional employers and walk through the whole tool.

    Postings and page go into DIRECTORY, tables into DIRECTORY/workforce unless --workspace says otherwise.

    \b
    Example:  graphcli demo
    """
    source = ctx.find_root().get_parameter_source("workspace")
    given = source is not None and source is not click.core.ParameterSource.DEFAULT
    folder = state.folder if given else WorkspaceFolder(directory / "workforce")
    demo = run_demo(folder, directory, seed, state.say)
    click.echo("Clusters of employers by the skills they require:\n")
    print_result(state, demo.clusters, columns=CLUSTER_COLUMNS)
    click.echo("\nCentral employers:\n")
    said = set(demo.clusters.notes)
    central = replace(demo.central, notes=tuple(note for note in demo.central.notes if note not in said))
    print_result(state, central, columns=CENTRAL_COLUMNS)
    run = demo.clusters.frame["ref"][0].split(":")[1]
    click.echo(NEXT_STEPS.format(page=demo.page, workspace=folder.root, run=run))
