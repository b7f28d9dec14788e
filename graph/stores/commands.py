"""Commands about stores: push, doctor, schema."""

from __future__ import annotations

from pathlib import Path

import click

from graphcli.graph.stores import ddl
from graphcli.workspace.options import State, StoreAddress, output_options, pass_state, store_options
from graphcli.workspace.result import Result


@click.command("push")
@output_options
@click.argument("target", metavar="[URI]", required=False)
@store_options
@click.option("--with-postings", is_flag=True, help="Also push a node for every posting.")
@click.option("--dry-run", is_flag=True, help="Only count; write nothing.")
@click.option("--prune", is_flag=True, help="Allow more than half of what is there to be removed.")
@click.option("--no-build", is_flag=True, help="Push the last finished build.")
@pass_state
def push_command(
    state: State,
    target: str | None,
    address: StoreAddress,
    with_postings: bool,
    dry_run: bool,
    prune: bool,
    no_build: bool,
) -> Result:
    """Bring the graph into the embedded store or a Neo4j, as a difference.

    What is the same is not written, what is gone is removed, what is not ours is not touched.

    \b
    Example:  graphcli push
              NEO4J_PASSWORD=… graphcli push neo4j://localhost:7687
    """
    from graphcli.graph.stores.fresh import push_workspace

    if target:
        address = StoreAddress(target, address.username, address.password, address.database)
    return push_workspace(
        state.folder,
        address,
        postings=with_postings,
        prune=prune,
        dry_run=dry_run,
        no_build=no_build,
        verbose=state.verbose,
        say=state.say,
    )


@click.command("doctor")
@output_options
@store_options
@click.option(
    "--wait",
    type=click.FloatRange(min=0),
    default=0.0,
    metavar="SECONDS",
    help="Wait so long for the store to answer.",
)
@pass_state
def doctor_command(state: State, address: StoreAddress, wait: float) -> Result:
    """Check the installation, the workspace and the store; exit 4 when the named store does not answer.

    \b
    Example:  graphcli doctor --uri neo4j://localhost:7687 --wait 60
    """
    from graphcli.graph.stores.doctor import doctor

    return doctor(state.folder, address, wait=wait, say=state.say)


@click.command("schema")
@click.option(
    "--format",
    "form",
    type=click.Choice(ddl.FORMATS),
    default="cypher",
    show_default=True,
    help="Form of the schema.",
)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
@pass_state
def schema_command(state: State, form: str, output: Path | None) -> None:
    """Print the graph schema: constraints as Cypher, a page as Markdown, everything as JSON.

    \b
    Example:  graphcli schema --format md
    """
    from graphcli.workspace.files import write_text

    text = ddl.render(form)
    if output is None:
        click.echo(text, nl=False)
    else:
        write_text(output, text)
        state.say(f"wrote {output}")
