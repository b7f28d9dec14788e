"""Command-line options that commands share, and the one way an answer is printed.

Kept in the bottom room because every room's ``commands.py`` uses them.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TextIO, TypeVar

import click

from graphcli.workspace.errors import DataContractError, UsageError
from graphcli.workspace.folder import WorkspaceFolder
from graphcli.workspace.output import FORMATS, render
from graphcli.workspace.selection import DEDUPE_RULES, GROUPS, Selection

Command = TypeVar("Command", bound=Callable[..., Any])


class State:
    """What the options before the command's name decided."""

    def __init__(self, folder: WorkspaceFolder, quiet: bool, verbose: bool, color: bool) -> None:
        self.folder = folder
        self.quiet = quiet
        self.verbose = verbose
        self.color = color

    def say(self, message: str) -> None:
        """Print a progress line or a note on stderr, unless ``-q``."""
        if not self.quiet:
            click.echo(message, err=True)

    @property
    def screen(self) -> TextIO | None:
        """Where a line may be written over: stderr if a person watches it, unless ``-q``."""
        return sys.stderr if not self.quiet and sys.stderr.isatty() else None


pass_state = click.make_pass_decorator(State)


class IsoDate(click.ParamType[date]):
    """An ISO date, ``2021-04-30``."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Parse the date or fail with the form that is expected."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date; write it as 2021-04-30", param, ctx)


def output_options(command: Command) -> Command:
    """Add ``--format``, ``-o``, ``--limit``, ``--columns`` and ``--excel``; the command returns a Result."""

    @click.option(
        "--format",
        "form",
        type=click.Choice(FORMATS),
        help="Form of the answer; by default that of the file's ending, else a table.",
    )
    @click.option(
        "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file."
    )
    @click.option("--limit", type=click.IntRange(min=0), help="At most so many rows.")
    @click.option("--columns", default="", help="Only these columns, separated by commas.")
    @click.option("--excel", is_flag=True, help="Put the byte order mark before CSV that Excel needs.")
    @functools.wraps(command)
    def wrapper(
        *args: Any,
        form: str | None,
        output: Path | None,
        limit: int | None,
        columns: str,
        excel: bool,
        **kwargs: Any,
    ) -> None:
        result = command(*args, **kwargs)
        state = click.get_current_context().find_object(State)
        assert state is not None
        print_result(state, result, form or _form_of(output), output, limit, columns, excel)
        if result.failed or result.broken:
            click.get_current_context().exit(DataContractError.exit_code if result.broken else 1)

    return wrapper  # type: ignore[return-value]


def _form_of(output: Path | None) -> str:
    ending = output.suffix.removeprefix(".").lower() if output is not None else ""
    return ending if ending in FORMATS else "table"


def print_result(
    state: State,
    result: Any,
    form: str = "table",
    output: Path | None = None,
    limit: int | None = None,
    columns: str = "",
    excel: bool = False,
) -> None:
    """Print an answer on stdout or into a file, its notes on stderr where the form does not carry them."""
    from graphcli.workspace.files import write_text

    wanted = [name.strip() for name in columns.split(",") if name.strip()]
    color = state.color and output is None and sys.stdout.isatty()
    text = render(result, form, columns=wanted, limit=limit, excel=excel, color=color)
    if output is None:
        click.echo(text, nl=False, color=color)
    else:
        write_text(output, text)
        state.say(f"wrote {output}")
    if form != "json":
        for note in result.notes:
            state.say(f"note: {note}")


def filter_options(command: Command) -> Command:
    """Add the filters that analytical commands share; the command receives one ``selection``."""
    options = [
        click.option(
            "--preset", default="tiers", show_default=True, help="What counts as an AI posting (see presets)."
        ),
        click.option(
            "--tier",
            type=click.Choice(("all", "broad", "technical", "narrow")),
            help="Keep postings of this tier and the tiers inside it.",
        ),
        click.option("--scheme", default="cset3", show_default=True, help="Region scheme (see schemes)."),
        click.option("--region", help="Keep postings in this region of the scheme."),
        click.option("--city", help="Keep postings in this city, by name or adcode."),
        click.option("--sector", help="Keep employers of this sector."),
        click.option("--skill", help="Keep postings that require this skill."),
        click.option("--employer", help="Keep this employer."),
        click.option("--exclude", help="Leave this employer out."),
        click.option("--cluster", help="Keep the employers of this cluster, by number or cluster:RUN:n."),
        click.option("--group", type=click.Choice(GROUPS), help="Keep employers with such claims."),
        click.option("--from", "date_from", type=IsoDate(), help="First day posted."),
        click.option("--to", "date_to", type=IsoDate(), help="Last day posted."),
        click.option(
            "--as-of",
            default="today",
            show_default=True,
            help="Judge claims as of: posting, today, ever, or a date.",
        ),
        click.option("--source", multiple=True, help="Board, source id or glob; may be repeated."),
        click.option(
            "--dedupe",
            type=click.Choice(DEDUPE_RULES),
            default="url",
            show_default=True,
            help="When two rows are one posting.",
        ),
        click.option("--openings", is_flag=True, help="Weigh postings by their number of openings."),
        click.option(
            "--min-count", type=click.IntRange(min=0), default=0, help="Mark cells with fewer postings."
        ),
        click.option("--no-build", is_flag=True, help="Answer from the last finished build."),
    ]

    @functools.wraps(command)
    def wrapper(*args: Any, tier: str | None, **kwargs: Any) -> Any:
        names = [name for name in Selection.__dataclass_fields__ if name != "tier"]
        chosen = {name: kwargs.pop(name) for name in names}
        as_of = chosen["as_of"]
        if as_of not in {"posting", "today", "ever"}:
            try:
                date.fromisoformat(as_of)
            except ValueError:
                raise UsageError(
                    f"--as-of {as_of!r}: write posting, today, ever or a date as 2021-04-30"
                ) from None
        return command(*args, selection=Selection(tier=tier or "all", **chosen), **kwargs)

    for option in reversed(options):
        wrapper = option(wrapper)
    return wrapper  # type: ignore[return-value]


def store_options(command: Command) -> Command:
    """Add the options that name a store: ``--uri``, ``--username``, ``--database``, ``--password-stdin``."""
    options = [
        click.option(
            "--uri",
            envvar="NEO4J_URI",
            help="neo4j:// or bolt:// address; the embedded store where not given.",
        ),
        click.option(
            "--username",
            envvar="NEO4J_USERNAME",
            default="neo4j",
            show_default=True,
            help="Name to sign in with.",
        ),
        click.option(
            "--database", envvar="NEO4J_DATABASE", help="Database; the server's own default where not given."
        ),
        click.option(
            "--password-stdin", is_flag=True, help="Read the password from stdin instead of NEO4J_PASSWORD."
        ),
    ]

    @functools.wraps(command)
    def wrapper(
        *args: Any, uri: str | None, username: str, database: str | None, password_stdin: bool, **kwargs: Any
    ) -> Any:
        import os

        password = sys.stdin.readline().rstrip("\r\n") if password_stdin else os.environ.get("NEO4J_PASSWORD")
        return command(*args, address=StoreAddress(uri, username, password, database), **kwargs)

    for option in reversed(options):
        wrapper = option(wrapper)
    return wrapper  # type: ignore[return-value]


class StoreAddress:
    """Where a store is and how to sign in; the password never shows in a representation."""

    def __init__(
        self,
        uri: str | None,
        username: str = "neo4j",
        password: str | None = None,
        database: str | None = None,
    ) -> None:
        self.uri = uri
        self.username = username
        self.password = password
        self.database = database

    def __repr__(self) -> str:
        return f"StoreAddress(uri={self.uri!r}, username={self.username!r}, database={self.database!r})"
