"""The commands of this room."""

from __future__ import annotations

import click

from graphcli.workspace.options import State, output_options, pass_state
from graphcli.workspace.result import Result


@click.command("presets")
@output_options
@pass_state
def presets_command(state: State) -> Result:
    """List the definitions of an AI posting, each with its source.

    \b
    Example:
      graphcli presets
      graphcli cities --preset lightcast_ai_index
    """
    from graphcli.loaders.definitions.presets import presets_result

    return presets_result(state.folder.reference_folder)


@click.group("definitions")
def definitions_command() -> None:
    """Check definitions of your own, and see which tags no skill matches.

    Your own go into the folder reference of the workspace, in the form of ours: skills/*.yaml, tiers.yaml
    (tier words), presets.yaml, schemes/*.yaml, layouts/*.yaml, employer_aliases.csv,
    employer_codes.csv, lists/*.csv.

    \b
    Example:
      graphcli definitions check
      graphcli definitions unknown-tags --limit 100
    """


@definitions_command.command("check")
@output_options
@pass_state
def check_command(state: State) -> Result:
    """Check every file of your own, and list what is defined; exit code 3 where a file is broken.

    \b
    Example:
      graphcli definitions check --format csv
    """
    from graphcli.loaders.definitions.check import check_definitions

    return check_definitions(state.folder.reference_folder)


@definitions_command.command("unknown-tags")
@click.option(
    "--minimum",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Tags of at least so many postings.",
)
@output_options
@pass_state
def unknown_tags_command(state: State, minimum: int) -> Result:
    """List the tags of the postings that no skill matches, the most frequent first.

    A skill added in reference/skills/*.yaml takes its tags off this list.

    \b
    Example:
      graphcli definitions unknown-tags --minimum 20 --format csv
    """
    from graphcli.loaders.definitions.unknown_tags import unknown_tags

    return unknown_tags(state.folder, minimum=minimum, say=state.say)
