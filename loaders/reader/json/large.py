"""Where the records of a large JSON document lie, found without holding it: only brackets are counted.

A board's export of gigabytes is one object around one list; the list is then read item by item.
"""

from __future__ import annotations

import re
from pathlib import Path

from graphcli.loaders.reader.encodings import Encoding, open_text

CHUNK = 1 << 20
# An unfinished string longer than this is damage.
LONGEST_STRING = 1 << 26
# A list that is the records is not wrapped deeper.
DEEPEST = 8
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+(?P<closed>")?|[\[\]{}]', re.DOTALL)
_FIRST_ITEM = re.compile(r"\[\s*\{")


def largest_list(path: Path, encoding: Encoding) -> tuple[int, float]:
    """Find the longest list of objects in a document.

    Returns
    -------
    int
        Number of characters before its bracket; -1 where there is none.
    float
        Share of the document that it makes up.
    """
    best, longest, total = -1, 0, 0
    # Starts of the lists of objects around the place that is looked at, by depth.
    open_lists: dict[int, int] = {}
    depth = 0
    with open_text(path, encoding, newline=None) as handle:
        buffer, base, ended = "", 0, False
        while not ended:
            more = handle.read(CHUNK)
            ended = not more
            buffer += more
            end = len(buffer)
            # A bracket at the very end may open a list whose first item is not yet read.
            limit = len(buffer) if ended else max(0, len(buffer) - 256)
            for token in _TOKEN.finditer(buffer):
                mark = token.group()
                if token.start() >= limit or (mark[0] == '"' and not token["closed"]):
                    end = token.start()
                    break
                if mark in "[{":
                    depth += 1
                    if mark == "[" and depth <= DEEPEST and _FIRST_ITEM.match(buffer, token.start()):
                        open_lists[depth] = base + token.start()
                elif mark in "]}":
                    start = open_lists.pop(depth, -1)
                    if start >= 0 and base + token.end() - start > longest:
                        best, longest = start, base + token.end() - start
                    depth -= 1
            if len(buffer) - end > LONGEST_STRING:
                break
            base += end
            buffer = buffer[end:]
        total = base + len(buffer)
    for start in open_lists.values():
        # The file breaks off inside.
        if total - start > longest:
            best, longest = start, total - start
    return best, longest / total if total else 0.0
