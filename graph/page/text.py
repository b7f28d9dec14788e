"""Text that is safe inside a page: cleaned names, JSON inside a script element, hashes for the policy.

Also what lets a reader find a Chinese name from a Western keyboard: its pinyin and its initials.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any

from markupsafe import Markup

from graphcli.workspace.errors import DataContractError

# Bidirectional controls can make "exe.gnp" read as "png.exe"; the other characters are invisible.
_DISGUISE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]"
)
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_WEB_ADDRESS = re.compile(r"https?://[^\s/]", re.IGNORECASE)
_SOURCE_MAP = re.compile(r"//# sourceMappingURL=\S+\s*$")
_JSON_ESCAPES = {
    "&": "\\u0026",
    "<": "\\u003c",
    ">": "\\u003e",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}


def clean(text: str | None) -> str:
    """Take out characters that are invisible or turn the direction of writing; squeeze white space.

    Examples
    --------
    >>> clean("a\\u202egnp.exe  b")
    'agnp.exe b'
    """
    if not text:
        return ""
    return " ".join(_LONE_SURROGATE.sub("\ufffd", _DISGUISE.sub("", text)).split())


def web_address(text: str | None) -> str:
    """Keep an address only where following it can do no more than open a web page; else empty.

    Examples
    --------
    >>> web_address("https://board.example/job/1"), web_address("javascript:alert(1)")
    ('https://board.example/job/1', '')
    """
    address = clean(text)
    return address if _WEB_ADDRESS.match(address) else ""


def json_for_script(content: Any) -> Markup:
    """Write JSON that can neither end a ``<script type="application/json">`` nor start markup in it."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Markup("".join(_JSON_ESCAPES.get(char, char) for char in text))  # noqa: S704 - escaped here


def script_block(text: str) -> Markup:
    """Mark program text as fit for a script element.

    Raises
    ------
    DataContractError
        The text would end the element early.
    """
    # Browsers turn CRLF into LF before they hash a script, so the hash must be over LF as well.
    block = _SOURCE_MAP.sub("", text.replace("\r\n", "\n"))
    if "</script" in block.lower() or "<!--" in block:
        raise DataContractError("a script of the page holds text that would end its script element")
    return Markup(block)  # noqa: S704 - our own and pyvis' program text, never data


def style_block(text: str) -> Markup:
    """Mark a style sheet as fit for a style element.

    Raises
    ------
    DataContractError
        The text would end the element early.
    """
    if "</style" in text.lower():
        raise DataContractError("the page's style sheet holds text that would end its style element")
    return Markup(text.replace("\r\n", "\n"))  # noqa: S704 - our own style sheet, never data


def policy_hash(text: str) -> str:
    """Hash a script or style the way a content security policy names it."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def content_security_policy(scripts: list[Markup], style: Markup) -> Markup:
    """Build the policy: nothing is allowed but these scripts, this style and pictures made in the page."""
    allowed = " ".join(policy_hash(script) for script in scripts)
    policy = (
        f"default-src 'none'; script-src {allowed}; style-src {policy_hash(style)}; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
    return Markup(policy)  # noqa: S704 - made of base64 only


def romanise(name: str) -> tuple[str, str]:
    """Return a name's pinyin, syllables apart, and its initials; both empty where it holds no Chinese.

    Examples
    --------
    >>> romanise("重庆AI平台")
    ('chong qing AI ping tai', 'cqaipt')
    """
    from pypinyin import lazy_pinyin

    if name.isascii():
        return "", ""
    syllables = [part.strip() for part in lazy_pinyin(name) if part.strip()]
    initials = "".join(
        syllable if syllable in name else syllable[0] for syllable in syllables if syllable.isalnum()
    )
    return " ".join(syllables), initials.lower()
