"""Commands about affiliation lists."""

from __future__ import annotations

from pathlib import Path

import click

from graphcli.workspace.options import IsoDate, State, output_options, pass_state
from graphcli.workspace.result import Result


class ListsGroup(click.Group):
    """A group that lists the lists where no subcommand is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default subcommand before options that are not the group's own."""
        if not args or (args[0].startswith("-") and args[0] not in self.get_help_option_names(ctx)):
            args = ["all", *args]
        return super().parse_args(ctx, args)


@click.group("lists", cls=ListsGroup)
def lists_command() -> None:
    """Show or import affiliation lists: who claims what about whom, since when.

    \b
    Example:
      graphcli lists
      graphcli lists import tracker.json --as-of 2019-11-25
      graphcli lists show us_1260h
    """


@lists_command.command("all", hidden=True)
@output_options
@pass_state
def all_command(state: State) -> Result:
    """List the built-in and the imported lists."""
    from graphcli.loaders.lists.listing import overview

    return overview(state.folder, say=state.say)


@lists_command.command("import")
@output_options
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", help="Name of the list; one of the same name is replaced.")
@click.option("--as-of", type=IsoDate(), help="Day of the edition, where the file does not say it.")
@pass_state
def import_command(state: State, file: Path, name: str | None, as_of: object) -> Result:
    """Import a list file; a malformed one names the row and imports nothing.

    \b
    Example:
      graphcli lists import tracker.json --as-of 2019-11-25
    """
    from graphcli.loaders.lists.importing import import_list
    from graphcli.loaders.lists.listing import overview

    imported = import_list(state.folder, file, name, str(as_of) if as_of else None)
    state.say(f"imported {imported.entries.height:,} entries as {imported.name}; the next build uses them")
    return overview(state.folder, only=imported.name, say=state.say)


@lists_command.command("show")
@output_options
@click.argument("name")
@pass_state
def show_command(state: State, name: str) -> Result:
    """Print the entries of one list.

    \b
    Example:
      graphcli lists show us_1260h --format csv
    """
    from graphcli.loaders.lists.listing import show

    return show(state.folder, name)
