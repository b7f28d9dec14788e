"""The commands that bring data in: inspect, load, issues, forget."""

from __future__ import annotations

from datetime import date

import click

from graphcli.workspace.options import IsoDate, State, output_options, pass_state
from graphcli.workspace.result import Result


@click.command("load")
@output_options
@click.argument("files", nargs=-1, required=True)
@click.option("--layout", help="Layout by name, or a layout file; found out where not given.")
@click.option("--encoding", help="Text encoding; found out where not given.")
@click.option("--sheet", help="Only this table of a database.")
@click.option("--source-name", help="Name that identifies the source instead of its path.")
@click.option("--crawled-on", type=IsoDate(), help="Day of the crawl, for dates without a year.")
@click.option("--dry-run", is_flag=True, help="Read and report, write nothing.")
@click.option("--accept", is_flag=True, help="Load a file although it breaks what its layout expects.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes.")
@pass_state
def load_command(
    state: State, /, files: tuple[str, ...], crawled_on: date | None, workers: int, **options: object
) -> Result:
    """Load posting FILES, folders or globs; - reads stdin. Known files are left as they are.

    \b
    Example:  graphcli load crawls/
              graphcli load jobs.csv --crawled-on 2019-09-20
    """
    from graphcli.loaders.load import load

    return load(
        state.folder,
        files,
        crawled_on=crawled_on,
        workers=workers,
        say=state.say,
        screen=state.screen,
        **options,  # type: ignore[arg-type]
    )


@click.command("inspect")
@output_options
@click.argument("files", nargs=-1, required=True)
@click.option("--layout", help="Layout by name, or a layout file; found out where not given.")
@click.option("--encoding", help="Text encoding; found out where not given.")
@click.option("--sheet", help="Only this table of a database.")
@click.option("--emit-layout", is_flag=True, help="Print a layout to edit instead.")
@pass_state
def inspect_command(
    state: State, /, files: tuple[str, ...], emit_layout: bool, **options: str | None
) -> Result:
    """Say what FILES are before loading them: container, encoding, layout, the role of each column.

    \b
    Example:  graphcli inspect jobs.csv
              graphcli inspect jobs.csv --emit-layout > jobs.yaml
    """
    from graphcli.loaders.inspect import emitted_layout, inspect

    if emit_layout:
        click.echo(emitted_layout(files[0], state.folder.reference_folder, **options), nl=False)
        click.get_current_context().exit()
    return inspect(files, reference_folder=state.folder.reference_folder, **options)


@click.command("issues")
@output_options
@click.argument("source", required=False)
@pass_state
def issues_command(state: State, source: str | None) -> Result:
    """List every cell and row that was not read cleanly, of all sources or of SOURCE (id, board, path, glob).

    \b
    Example:  graphcli issues
              graphcli issues zhaopin --format csv -o issues.csv
    """
    from graphcli.loaders.audit import issues

    return issues(state.folder, source)


@click.command("forget")
@output_options
@click.argument("source")
@pass_state
def forget_command(state: State, source: str) -> Result:
    """Take SOURCE (id, board, path or glob) out of the workspace again; the file itself stays.

    \b
    Example:  graphcli forget 51job.csv
    """
    from graphcli.loaders.load import forget

    return forget(state.folder, source)
