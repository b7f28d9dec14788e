"""Pages that a browser saved whole (.mht, .mhtml): a message whose parts are the page and its pictures."""

from __future__ import annotations

import codecs
import email
import re
from email import policy
from email.message import Message
from pathlib import Path

from graphcli.loaders.reader.batches import Sheet
from graphcli.loaders.reader.encodings import checked_encoding
from graphcli.loaders.reader.pages.html_page import declared_encoding, nothing_in, text_sheets, too_large
from graphcli.workspace.errors import UsageError

# The page comes with its pictures, which take most of the file.
MAX_SAVED = 1 << 28
MAX_PARTS = 500
# Of another encoding, next to nothing can be read as UTF-8.
MOST_BROKEN = 0.2
_FIRST = re.compile(
    r"(from|subject|date|mime-version|content-type|snapshot-content-location|x-[\w-]+):", re.I
)
_WHOLE = re.compile(r"^content-type:\s*(multipart/(related|mixed|alternative)|text/html)\b", re.I | re.M)
_VERSION = re.compile(r"^mime-version:", re.I | re.M)


def is_saved_page(start: str) -> bool:
    """Whether a text begins as the message that a browser saves a page in.

    Examples
    --------
    >>> is_saved_page("From: <Saved by Blink>\\nMIME-Version: 1.0\\nContent-Type: multipart/related;")
    True
    >>> is_saved_page("from: to, content-type: none")
    False
    """
    text = start.lstrip("\ufeff \t\r\n\0").replace("\r\n", "\n")
    head = text.partition("\n\n")[0]
    return bool(_FIRST.match(head) and _WHOLE.search(head) and _VERSION.search(head))


def saved_sheets(path: Path) -> list[Sheet]:
    """List what the page, or the pages in its frames, hold.

    Raises
    ------
    DataContractError
        There is nothing to read in it, or it is too large to be held in memory.
    """
    if path.stat().st_size > MAX_SAVED:
        raise too_large(path)
    message = email.message_from_bytes(path.read_bytes(), policy=policy.compat32)
    pages = [part for part in list(message.walk())[:MAX_PARTS] if part.get_content_type() == "text/html"]
    found = [sheets for page in pages if (sheets := text_sheets(_text(page)))]
    if not found:
        raise nothing_in(path)
    if len(found) == 1:
        return found[0]
    return [
        Sheet(f"page {number}" + (f" {sheet.name}" if sheet.name else ""), sheet.headers, sheet.source)
        for number, sheets in enumerate(found, start=1)
        for sheet in sheets
    ]


def _text(part: Message) -> str:
    """Decode a page: UTF-8 but for single broken bytes, else as its message or it says where bytes allow."""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    # Not final: a page that was cut off may end within a character.
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(content)
    if text.count("\ufffd") <= MOST_BROKEN * sum(letter > "\x7f" for letter in text):
        return text
    for name in (part.get_content_charset(), declared_encoding(content), "gb18030"):
        try:
            if name:
                return codecs.getincrementaldecoder(checked_encoding(name))("strict").decode(content)
        except (UsageError, UnicodeError, LookupError):
            continue
    return text
