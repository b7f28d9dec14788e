"""Unified social credit codes (GB 32100-2015): which name bears which, where somebody knows it.

A code is one legal person for life, whatever it is called: equal codes are one employer, different codes
never are. Job boards do not show codes, so they come from a file of the user's, ``employer_codes.csv`` in the
workspace's reference folder. A code with a wrong check character is a slip of somebody's pen and is refused.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path

from graphcli.loaders.reference.files import Column, read_csv
from graphcli.loaders.resolve.names import NameRules, parse_name
from graphcli.workspace.errors import DataContractError

CODES = "employer_codes.csv"
_COLUMNS = (
    Column("name", required=True),
    Column("credit_code", required=True),
    Column("source", required=True),
    Column("as_of", required=True, pattern=r"\d{4}-\d{2}-\d{2}"),
)
# GB 32100-2015, table 1: digits and capitals without I, O, S, V, Z stand for 0 to 30.
_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_LENGTH = 18
_BASE = 3


def credit_code(text: str) -> str | None:
    """Return a code in its written form, or None where the text is no valid one.

    Examples
    --------
    >>> credit_code(" 91350100m000100y43 ")
    '91350100M000100Y43'
    >>> credit_code("91350100M000100Y44") is None
    True
    """
    code = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    if len(code) != _LENGTH or any(char not in _CHARACTERS for char in code) or not code[2:8].isdigit():
        return None
    size = len(_CHARACTERS)
    total = sum(_CHARACTERS.index(char) * pow(_BASE, place, size) for place, char in enumerate(code[:-1]))
    return code if _CHARACTERS[-total % size] == code[-1] else None


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
