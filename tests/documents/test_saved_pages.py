"""Pages that a browser saved whole are read as the page inside."""

from __future__ import annotations

import base64
import contextlib
import quopri
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphcli.loaders.load import load
from graphcli.loaders.reader.container import open_container
from graphcli.workspace.errors import DataContractError

HEAD = "<tr><th>职位名称</th><th>公司名称</th><th>薪资</th></tr>"
ROW = "<tr><td><a href='https://a.example/1'>工程师</a></td><td>甲虚构科技有限公司</td><td>1万</td></tr>"
PAGE = f"<html><body><table>{HEAD}{ROW * 2}</table></body></html>"
FOUND = ("工程师", "甲虚构科技有限公司", "1万", "https://a.example/1")


def saved(page: bytes, how: str, charset: str = "", first: str = "From: <Saved by Blink>") -> bytes:
    """Write the message around a page as browsers do, with a picture behind it."""
    body = {"quoted-printable": quopri.encodestring, "base64": base64.encodebytes, "8bit": bytes}[how](page)
    kind = f'text/html; charset="{charset}"' if charset else "text/html"
    head = (
        f"{first}\r\nSubject: =?utf-8?Q?=E8=81=8C?=\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="--X"\r\n\r\n'
        f"----X\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: {how}\r\n\r\n"
    )
    tail = (
        "\r\n----X\r\nContent-Type: image/gif\r\nContent-Transfer-Encoding: base64\r\n\r\nR0lG\r\n----X--\r\n"
    )
    return head.encode() + body + tail.encode()


def rows(path: Path) -> dict[str, list[tuple[str | None, ...]]]:
    container = open_container(path)
    assert container.kind == "html"
    return {
        sheet.name: [row[1:] for batch in sheet.batches(100) for row in batch.frame.iter_rows()]
        for sheet in container.sheets
    }


@pytest.mark.parametrize("how", ["quoted-printable", "base64", "8bit"])
@pytest.mark.parametrize(("codec", "charset"), [("utf-8", "utf-8"), ("gb18030", "gb2312"), ("gb18030", "")])
@pytest.mark.parametrize("first", ["From: <Saved by Blink>", "MIME-Version: 1.0"])
def test_the_page_inside_is_read_whatever_its_transfer(folder, tmp_path, how, codec, charset, first):
    path = tmp_path / "a.mhtml"
    path.write_bytes(saved(PAGE.encode(codec), how, charset, first))
    assert rows(path) == {"": [FOUND, FOUND]}
    assert load(folder, [path]).frame["rows_read"].to_list() == [2]


def test_pages_in_frames_are_sources_of_their_own(tmp_path):
    message = EmailMessage()
    message.set_content("<html><body>菜单</body></html>", subtype="html")
    for _ in range(2):
        message.add_related(PAGE, subtype="html")
    (tmp_path / "a.mht").write_bytes(message.as_bytes())
    assert rows(tmp_path / "a.mht") == {"page 1": [FOUND, FOUND], "page 2": [FOUND, FOUND]}


def test_a_saved_page_without_data_is_one_line(tmp_path):
    (tmp_path / "a.mht").write_bytes(saved(b"<html><body>x</body></html>", "8bit"))
    with pytest.raises(DataContractError, match="without a table") as error:
        open_container(tmp_path / "a.mht")
    assert "\n" not in str(error.value)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_saved_page_cut_anywhere_gives_what_it_holds_or_is_refused(tmp_path_factory, data):
    whole = saved(PAGE.encode(), "base64", "utf-8")
    path = tmp_path_factory.mktemp("p") / "a.mht"
    path.write_bytes(whole[: data.draw(st.integers(300, len(whole)))])
    with contextlib.suppress(DataContractError):
        for row in rows(path)[""]:
            # Of a tag that was cut, HTML shows its beginning as text.
            assert all(
                whole.startswith((cell or "").rstrip("</")) for whole, cell in zip(FOUND, row, strict=False)
            )
