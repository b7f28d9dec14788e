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
