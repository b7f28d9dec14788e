"""Which name bears which unified social credit code (GB 32100-2015).

Equal codes are one employer, different codes never are. Some boards and campus portals show the code of who
posts; others know codes from a register and write them into ``employer_codes.csv`` in the workspace's
reference folder. What the user says comes first. A crawl is believed only where it is of one mind: a code
under which several employers post is an agency's, and a name with several codes is no one's.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import polars as pl

from graphcli.loaders.fields.credit_codes import credit_code
from graphcli.loaders.reference.files import Column, read_csv
from graphcli.loaders.resolve.names.registered import NameRules, parse_name
from graphcli.workspace import tables
from graphcli.workspace.errors import DataContractError
from graphcli.workspace.folder import WorkspaceFolder

CODES = "employer_codes.csv"
_COLUMNS = (
    Column("name", required=True),
    Column("credit_code", required=True),
    Column("source", required=True),
    Column("as_of", required=True, pattern=r"\d{4}-\d{2}-\d{2}"),
)
# A company that was renamed has posted under two names, seldom under three.
_MOST_NAMES = 3
# The first character says who registered the body: 9 the market regulators, who register companies.
_OF_A_COMPANY = "9"


def codes_in_postings(folder: WorkspaceFolder) -> pl.DataFrame:
    """Pairs of a raw name and a code that postings show, each once: ``employer_raw``, ``credit_code``."""
    pairs = folder.scan_all("postings", tables.POSTINGS).select("employer_raw", "credit_code")
    return pairs.drop_nulls().unique().sort("employer_raw", "credit_code").collect()


def known_codes(
    reference_folder: Path | None, rules: NameRules, met: pl.DataFrame | None = None
) -> dict[str, str]:
    """Normalised name → code: the user's codes, then those that postings show.

    Parameters
    ----------
    met
        As ``codes_in_postings`` gives it.

    Raises
    ------
    DataContractError
        The user's file breaks its contract, a code in it is not valid, or one name bears two.
    """
    own = load_codes(reference_folder, rules)
    shown = {} if met is None else _of_one_mind(met, rules)
    return {**shown, **own}


def _of_one_mind(met: pl.DataFrame, rules: NameRules) -> dict[str, str]:
    codes_of: dict[str, set[str]] = defaultdict(set)
    names_of: dict[str, set[str]] = defaultdict(set)
    for name, code in met.select("employer_raw", "credit_code").iter_rows():
        parsed = parse_name(name, rules)
        # A brand may be written by each of a group's companies, each with its own code.
        brand = code.startswith(_OF_A_COMPANY) and not parsed.legal_form
        if parsed.normalised and not parsed.branch and not brand:
            codes_of[parsed.normalised].add(code)
            names_of[code].add(parsed.normalised)
    return {
        name: code
        for name, codes in sorted(codes_of.items())
        for code in codes
        if len(codes) == 1 and len(names_of[code]) <= _MOST_NAMES
    }


def load_codes(reference_folder: Path | None, rules: NameRules) -> dict[str, str]:
    """Read the user's codes: normalised name → code. A branch's own code says nothing about its company.

    Raises
    ------
    DataContractError
        The file breaks its contract, a code is not valid, or one name bears two.
    """
    path = reference_folder / CODES if reference_folder else None
    if not path or not path.is_file():
        return {}
    found: dict[str, str] = {}
    rows = read_csv(path, _COLUMNS).select("name", "credit_code").iter_rows()
    for number, (name, text) in enumerate(rows, start=1):
        code, parsed = credit_code(text), parse_name(name, rules)
        if code is None:
            raise DataContractError(
                f"{CODES}: row {number}, column 'credit_code': {text!r} is no unified social credit code"
            )
        if not parsed.normalised or parsed.branch:
            continue
        if found.setdefault(parsed.normalised, code) != code:
            raise DataContractError(
                f"{CODES}: row {number}, column 'credit_code': {name!r} bears both "
                f"{found[parsed.normalised]} and {code}"
            )
    return found
