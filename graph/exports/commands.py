"""The command that gives what is in the workspace to other tools."""

from __future__ import annotations

from pathlib import Path

import click

from graphcli.workspace.options import State, filter_options, pass_state
from graphcli.workspace.selection import Selection

FORMS = ("csv", "jsonl", "xlsx", "sqlite", "parquet")


# Giving postings on is no analysis: without a filter, every row goes out, so that all of them can come back.
@click.command("export", context_settings={"default_map": {"dedupe": "none"}})
@click.argument("what", metavar="FORMAT", type=click.Choice(("postings",)))
@click.option(
    "-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write."
)
@click.option(
    "--as", "form", type=click.Choice(FORMS), help="Form of the file; by default that of its ending."
)
@click.option("--excel", is_flag=True, help="Put the byte order mark before CSV that Excel needs.")
@filter_options
@pass_state
def export_command(
    state: State, what: str, output: Path, form: str | None, excel: bool, selection: Selection, no_build: bool
) -> None:
    """Write postings with all their columns; graphcli load takes the file back as it was.

    FORMAT is postings.

    \b
    Example:  graphcli export postings --as parquet -o postings.parquet
              graphcli export postings --city 杭州 --tier narrow -o hangzhou.xlsx
    """
    from graphcli.graph.exports.postings import export_postings

    result = export_postings(
        state.folder, output, form, selection, excel=excel, no_build=no_build, say=state.say
    )
    row = result.frame.row(0, named=True)
    state.say(f"wrote {row['postings']:,} postings of {row['sources']:,} sources to {output} ({row['form']})")
    for note in result.notes:
        state.say(f"note: {note}")
