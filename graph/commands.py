"""Commands that build the graph and look at what is in it: parse, call one function, hand back the answer."""

from __future__ import annotations

import click

from graphcli.workspace.options import State, filter_options, output_options, pass_state
from graphcli.workspace.result import Result
from graphcli.workspace.selection import Selection

search_option = click.option("--search", metavar="TEXT", help="Keep names that hold this text.")


@click.command("build")
@output_options
@pass_state
def build_command(state: State) -> Result:
    """Resolve names and places and build the graph; what is up to date stays as it is.

    Other commands do this by themselves where something is stale.

    \b
    Example:  graphcli build
    """
    from graphcli.graph.freshness import build

    return build(state.folder, say=state.say)


@click.command("status")
@output_options
@pass_state
def status_command(state: State) -> Result:
    """Show sources, tables, what is stale, and the store; nothing is built.

    \b
    Example:  graphcli status
    """
    from graphcli.graph.status import status

    return status(state.folder)


@click.command("postings")
@click.option("--search", metavar="TEXT", help="Keep postings whose title or employer holds this text.")
@click.option("--sample", type=click.IntRange(min=0), metavar="N", help="Draw at most so many, to label.")
@click.option("--seed", type=int, default=0, show_default=True, help="Another seed, another draw.")
@output_options
@filter_options
@pass_state
def postings_command(
    state: State, selection: Selection, no_build: bool, search: str | None, sample: int | None, seed: int
) -> Result:
    """List canonical postings; a sample comes with its texts and with columns to label it in.

    \b
    Example:  graphcli postings --city 杭州 --tier narrow
              graphcli postings --sample 200 --seed 1 -o sample.csv
    """
    from graphcli.graph.looking import postings

    return postings(
        state.folder, selection, search=search, sample=sample, seed=seed, no_build=no_build, say=state.say
    )


@click.command("employers")
@search_option
@output_options
@filter_options
@pass_state
def employers_command(state: State, selection: Selection, no_build: bool, search: str | None) -> Result:
    """List employers with their postings, claims and places.

    \b
    Example:  graphcli employers --group surveillance --tier broad
    """
    from graphcli.graph.looking import employers

    return employers(state.folder, selection, search=search, no_build=no_build, say=state.say)


@click.command("cities")
@output_options
@filter_options
@pass_state
def cities_command(state: State, selection: Selection, no_build: bool) -> Result:
    """List cities with their postings; a posting in k cities weighs 1/k in each.

    \b
    Example:  graphcli cities --tier broad --scheme cset3
    """
    from graphcli.graph.looking import cities

    return cities(state.folder, selection, no_build=no_build, say=state.say)


@click.command("skills")
@output_options
@filter_options
@pass_state
def skills_command(state: State, selection: Selection, no_build: bool) -> Result:
    """List skills with the postings that require them.

    \b
    Example:  graphcli skills --group defense
    """
    from graphcli.graph.looking import skills

    return skills(state.folder, selection, no_build=no_build, say=state.say)


@click.command("sectors")
@click.option("--divisions", is_flag=True, help="List divisions of GB/T 4754 instead of its sections.")
@output_options
@filter_options
@pass_state
def sectors_command(state: State, selection: Selection, no_build: bool, divisions: bool) -> Result:
    """List industries, and defense, surveillance and trade, with the postings of their employers.

    \b
    Example:  graphcli sectors --divisions --city 深圳
    """
    from graphcli.graph.looking import sectors

    return sectors(state.folder, selection, divisions=divisions, no_build=no_build, say=state.say)


@click.command("show")
@click.argument("name")
@output_options
@filter_options
@pass_state
def show_command(state: State, selection: Selection, no_build: bool, name: str) -> Result:
    """Show one employer, city, region, skill or sector on one screen.

    NAME is a name, an alias, an id or a reference such as employer:ID.

    \b
    Example:  graphcli show 杭州
    """
    from graphcli.graph.show import show

    return show(state.folder, name, selection, no_build=no_build, say=state.say)


@click.command("evidence")
@click.argument("references", nargs=-1, required=True, metavar="REF...")
@output_options
@filter_options
@pass_state
def evidence_command(
    state: State, selection: Selection, no_build: bool, references: tuple[str, ...]
) -> Result:
    """Show the posting rows and list rows behind a number.

    REF is what the ref column of any answer holds: posting:ID, employer:ID, city:ADCODE, skill:ID, claim:ID,
    edge:TYPE:FROM:TO, cluster:RUN:N and so on. Give the same filters that the number was made with.

    \b
    Example:  graphcli evidence city:330100 --tier narrow --limit 20
    """
    from graphcli.graph.evidence import evidence

    return evidence(state.folder, references, selection, no_build=no_build, say=state.say)
