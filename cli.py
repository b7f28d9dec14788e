"""The door: assembles the commands of the rooms and turns errors into exit codes. It computes nothing.

Commands are imported only when they run, so that ``graphcli --help`` answers at once.
"""

from __future__ import annotations

import difflib
import importlib
import os
import sys
from pathlib import Path

import click

from graphcli.workspace.allocator import keep_freed_memory
from graphcli.workspace.version import __version__

# section → command → (module that declares `<name>_command`, line for --help)
COMMANDS: dict[str, dict[str, tuple[str, str]]] = {
    "Getting data in": {
        "demo": ("graphcli.graph.demo", "Make synthetic postings and walk through the whole tool."),
        "inspect": ("graphcli.loaders.commands", "Say what a file is before loading it."),
        "load": ("graphcli.loaders.commands", "Load posting files, folders or globs."),
        "issues": ("graphcli.loaders.commands", "List every cell and row that was not read cleanly."),
        "forget": ("graphcli.loaders.commands", "Take a source out again."),
        "lists": ("graphcli.loaders.lists.commands", "Show or import affiliation lists."),
        "build": ("graphcli.graph.commands", "Resolve names and places and build the graph."),
        "schemes": ("graphcli.loaders.resolve.commands", "List the region schemes."),
        "presets": ("graphcli.loaders.definitions.commands", "List the definitions of an AI posting."),
        "definitions": ("graphcli.loaders.definitions.commands", "Check your own definitions; unknown tags."),
        "labels": ("graphcli.loaders.definitions.commands", "Measure definitions on labels of your own."),
        "status": ("graphcli.graph.commands", "Show sources, tables, what is stale, and the store."),
    },
    "Looking": {
        "postings": ("graphcli.graph.commands", "List canonical postings."),
        "employers": ("graphcli.graph.commands", "List employers with their counts."),
        "cities": ("graphcli.graph.commands", "List cities with their counts and shares."),
        "skills": ("graphcli.graph.commands", "List skills with their counts."),
        "sectors": ("graphcli.graph.commands", "List sectors with their counts."),
        "show": ("graphcli.graph.commands", "Show one employer, city, region or skill on one screen."),
        "resolve": ("graphcli.loaders.resolve.commands", "Show how raw names became employers."),
        "claims": ("graphcli.loaders.resolve.commands", "List affiliation claims."),
        "evidence": ("graphcli.graph.commands", "Show the posting and list rows behind a number."),
    },
    "Asking": {
        "query": ("graphcli.queries.commands", "Run a named or an ad hoc Cypher query."),
        "queries": ("graphcli.queries.commands", "List the named queries."),
        "clusters": ("graphcli.graph.analysis.commands", "Find clusters of employers, cities or skills."),
        "central": ("graphcli.graph.analysis.commands", "Rank central employers, cities or skills."),
    },
    "Giving": {
        "page": ("graphcli.graph.page.commands", "Write the interactive page, one file that works offline."),
        "export": ("graphcli.graph.exports.commands", "Write postings as a file that load takes back."),
        "push": ("graphcli.graph.stores.commands", "Bring the graph into the embedded store or a Neo4j."),
    },
    "Housekeeping": {
        "doctor": ("graphcli.graph.stores.commands", "Check the installation and the store."),
        "schema": ("graphcli.graph.stores.commands", "Print the graph schema as Cypher, Markdown or JSON."),
    },
}


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports one only when it runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order of their sections."""
        return [name for commands in COMMANDS.values() for name in commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's room and return the command."""
        for commands in COMMANDS.values():
            if cmd_name in commands:
                module = importlib.import_module(commands[cmd_name][0])
                command: click.Command = getattr(module, f"{cmd_name}_command")
                return command
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or fail with the nearest names."""
        names = self.list_commands(ctx)
        if args[0] not in names:
            close = difflib.get_close_matches(args[0], names, n=3, cutoff=0.5)
            hint = f"; did you mean {', '.join(close)}?" if close else "; see graphcli --help"
            ctx.fail(f"no command called {args[0]!r}{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the command list by section, without importing any command."""
        for section, commands in COMMANDS.items():
            with formatter.section(section):
                formatter.write_dl([(name, text) for name, (_, text) in commands.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-w",
    "--workspace",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("workforce"),
    envvar="GRAPHCLI_WORKSPACE",
    show_default=True,
    show_envvar=True,
    help="Folder that holds the tables and the graph.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print no progress and no notes.")
@click.option("-v", "--verbose", is_flag=True, help="Say more on stderr.")
@click.option("--no-color", is_flag=True, envvar="NO_COLOR", help="Plain text without colours.")
@click.option("--debug", is_flag=True, help="Show the traceback when something fails.")
@click.version_option(__version__, prog_name="graphcli")
@click.pass_context
def cli(ctx: click.Context, workspace: Path, quiet: bool, verbose: bool, no_color: bool, debug: bool) -> None:
    """Turn job postings into a graph of employers, regions and sectors, and ask it.

    \b
    Start with:   graphcli demo
    Your files:   graphcli load FOLDER  then  graphcli clusters
    """
    from graphcli.workspace.folder import WorkspaceFolder
    from graphcli.workspace.options import State

    ctx.obj = State(WorkspaceFolder(workspace), quiet, verbose, color=not no_color)
    ctx.meta["graphcli.debug"] = debug


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with the code that the contract gives the outcome."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code.

    0 ok, 1 failure, 2 usage, 3 data contract broken, 4 store unreachable, 130 interrupted.
    """
    keep_freed_memory()
    from graphcli.workspace.errors import GraphcliError

    debug = "--debug" in arguments
    try:
        outcome = cli.main(args=arguments, prog_name="graphcli", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return 130
    except BrokenPipeError:
        # The reader (head, less) has gone: nothing is wrong, and Python must not complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except GraphcliError as error:
        if debug:
            raise
        click.echo(f"graphcli: {error}", err=True)
        return error.exit_code
    except OSError as error:
        if debug:
            raise
        # A full disk, a folder that may not be written: the system's reason and the file say it all.
        where = f": {error.filename}" if error.filename else ""
        click.echo(f"graphcli: {error.strerror or error}{where}", err=True)
        return 1
    except Exception as error:
        if debug:
            raise
        click.echo(f"graphcli: unexpected {type(error).__name__}: {error}; run again with --debug", err=True)
        return 1
    except BaseException as error:
        # What breaks inside Polars is no Exception, and its traceback tells a user nothing.
        if debug or type(error).__name__ != "PanicException":
            raise
        click.echo(f"graphcli: Polars failed: {error}; run again with --debug", err=True)
        return 1
    return outcome if isinstance(outcome, int) else 0


if __name__ == "__main__":
    main()
