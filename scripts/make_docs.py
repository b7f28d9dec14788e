"""Writes the reference pages that follow from the code, so that they cannot drift from it.

Run it after changing a command, the schema or a query: ``python scripts/make_docs.py``. A test fails when
a page is not what this script would write.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from graphcli.cli import COMMANDS, cli
from graphcli.graph.stores.ddl import markdown
from graphcli.queries.catalogue import catalogue

DOCS = Path(__file__).resolve().parent.parent / "docs"
WIDTH = 100


def commands_page() -> str:
    """Every command with its help, as the terminal shows it."""
    group = click.Context(cli, info_name="graphcli", **cli.context_settings)
    parts = ["# Commands\n\nMade from the code by `scripts/make_docs.py`.\n"]
    for section, commands in COMMANDS.items():
        parts.append(f"\n## {section}\n")
        for name in commands:
            command = cli.get_command(group, name)
            assert command is not None
            parts += [f"\n### {path}\n\n```text\n{text}\n```\n" for path, text in helps(group, name, command)]
    return "".join(parts)


def helps(parent: click.Context, name: str, command: click.Command) -> Iterator[tuple[str, str]]:
    """Yield a command's path and help, then those of its subcommands."""
    context = click.Context(
        command, parent=parent, info_name=name, max_content_width=WIDTH, terminal_width=WIDTH
    )
    yield context.command_path.removeprefix("graphcli "), command.get_help(context)
    if isinstance(command, click.Group):
        for sub, one in command.commands.items():
            if not one.hidden:
                yield from helps(context, sub, one)


def queries_page() -> str:
    """Every named query with its question, parameters and text."""
    parts = ["# Named queries\n\nMade from `queries/*.cypher` by `scripts/make_docs.py`.\n"]
    for name, query in sorted(catalogue().items()):
        parts.append(f"\n## {name}\n\n{query.question}\n")
        for item in query.parameters:
            default = "must be given" if item.default is None else f"`{item.default}`"
            parts.append(f"\n* `{item.name}` ({item.type}, {default}): {item.meaning}")
        parts.append("\n" if query.parameters else "")
        parts.append(f"\n```sh\n{query.example}\n```\n\n```cypher\n{query.text.strip()}\n```\n")
    return "".join(parts)


def pages() -> dict[str, str]:
    """File name → content of every generated page."""
    return {"commands.md": commands_page(), "queries.md": queries_page(), "schema.md": markdown()}


if __name__ == "__main__":
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8", newline="\n")
