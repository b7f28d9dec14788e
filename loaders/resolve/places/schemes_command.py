"""The command ``schemes``: which region schemes there are, and what belongs to one."""

from __future__ import annotations

import click

from graphcli.workspace.options import State, output_options, pass_state
from graphcli.workspace.result import Result


@click.command("schemes")
@click.argument("name", required=False)
@output_options
@pass_state
def schemes_command(state: State, name: str | None) -> Result:
    """List the region schemes, ours and yours, or the members of one.

    Your own schemes go into WORKSPACE/reference/schemes as YAML, in the form of ours.

    \b
    Example:  graphcli schemes
              graphcli schemes cset3
    """
    from graphcli.loaders.resolve.places.schemes import (
        list_schemes,
        load_schemes,
        scheme_called,
        scheme_members,
    )

    schemes = load_schemes(state.folder.reference_folder)
    return scheme_members(scheme_called(name, schemes)) if name else list_schemes(schemes)
