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

    Known by their content: OpenSanctions and FollowTheMoney JSON lines, targets.simple.csv, the US
    Consolidated Screening List (JSON, CSV), Section 1260H and Section 889 CSV, ASPI's tracker and the MISP
    galaxy of surveillance vendors (JSON), and a list of your own. Organisations become claims; persons,
    vessels and the like are counted and set aside. A newer edition replaces the older one.

    \b
    Your own list is a CSV in UTF-8 with these columns, of which a name and the source are needed:
      name_zh, name      Chinese and English name; one of them
      source             who says so
      aliases            other names, ; between them
      kind               defense, surveillance, trade, or empty: shown without a flag
      basis              listed (if empty), parent, subsidiary, institute, university, vendor, supplier
      affiliation        with what; the file's name if empty
      affiliation_type   list (if empty), conglomerate, university, vendor
      listed_from        2021, 2021-06, 2021-06-30 or by 2021-06; listed_to likewise
      url, as_of         address of the source, and day of the edition
      certainty          sure, likely (if empty), unverified
      id, affiliation_id, parent   ids, made where empty; parent is the id of the entry that holds it

    \b
    Example:
      graphcli lists import tracker.json --as-of 2019-11-25
      graphcli lists import entities.ftm.json
      graphcli claims --as-of 2021-04-30
    """
    from graphcli.loaders.lists.listing import import_result

    return import_result(state.folder, file, name, str(as_of) if as_of else None, say=state.say)


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
