"""The commands of this room."""

from __future__ import annotations

from pathlib import Path

import click

from graphcli.loaders.lists.commands import ListsGroup
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
    """Check every file of your own: what is defined, or else every problem (exit code 3).

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
    from graphcli.loaders.definitions.skills.unknown_tags import unknown_tags

    return unknown_tags(state.folder, minimum=minimum, say=state.say)


preset_option = click.option(
    "--preset", "presets", multiple=True, help="Also measure this preset; may be repeated (see presets)."
)


@click.group("labels", cls=ListsGroup)
def labels_command() -> None:
    """Measure tiers, presets and skills on labels of your own.

    \b
    Example:
      graphcli postings --sample 200 --seed 1 -o sample.csv
      graphcli labels import sample.csv --preset lightcast_ai_index
      graphcli labels show sample
    """


@labels_command.command("all", hidden=True)
@output_options
@pass_state
def all_labels_command(state: State) -> Result:
    """List the labelled samples of the workspace."""
    from graphcli.loaders.definitions.labels import samples
    from graphcli.loaders.definitions.measure import overview

    return overview(samples(state.folder))


@labels_command.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", help="Name of the sample; one of the same name is replaced.")
@preset_option
@output_options
@pass_state
def import_labels_command(state: State, file: Path, name: str | None, presets: tuple[str, ...]) -> Result:
    """Keep a sheet that was filled in, and measure the definitions on it: scores, then every miss.

    \b
    Columns of the CSV, of which an empty cell is no label:
      posting_id or ref        the posting; or title, tags, text, where it is not in the workspace
      label_tier               none, broad, technical or narrow
      label_ai                 yes or no: what presets are measured by (where empty, by label_tier)
      label_skills             ids or names, ; between them; - for none

    \b
    Example:
      graphcli labels import sample.csv --preset babina_2024 --format csv
    """
    from graphcli.loaders.definitions.labels import import_labels
    from graphcli.loaders.definitions.measure import measure

    return measure(state.folder, import_labels(state.folder, file, name), presets, say=state.say)


@labels_command.command("show")
@click.argument("name")
@preset_option
@output_options
@pass_state
def show_labels_command(state: State, name: str, presets: tuple[str, ...]) -> Result:
    """Measure the definitions in force on a sample that was imported before.

    \b
    Example:
      graphcli labels show sample --preset cset_us_core
    """
    from graphcli.loaders.definitions.labels import sample_called
    from graphcli.loaders.definitions.measure import measure

    return measure(state.folder, sample_called(state.folder, name), presets, say=state.say)
