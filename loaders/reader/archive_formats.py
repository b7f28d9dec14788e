"""Zip, tar and compressed streams, member by member into a target that bounds them."""

from __future__ import annotations

import bz2
import gzip
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from graphcli.loaders.reader.archives import (
    CHUNK,
    BrokenArchiveError,
    Target,
    TooLargeError,
    wanted_member,
)
from graphcli.loaders.reader.file_kinds import kind_of
from graphcli.loaders.reader.paths import shown_path

# A dictionary larger than this is there to fill memory.
MAX_DICTIONARY = 512 << 20
# Some bytes of zstd can say that megabytes follow.
ZSTD_CHUNK = 1 << 13
ENCRYPTED = 0x1
UTF8_NAME = 0x800
ENDINGS = {
    "gz": {".gz": "", ".gzip": "", ".tgz": ".tar"},
    "bz2": {".bz2": "", ".tbz": ".tar", ".tbz2": ".tar"},
    "xz": {".xz": "", ".txz": ".tar"},
    "zst": {".zst": "", ".zstd": "", ".tzst": ".tar"},
}
CUT_OFF = "the archive is damaged or cut off in it; only what comes before could be unpacked"
# What readers of broken archives raise.
BROKEN = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    ValueError,
    OverflowError,
)


def unpack_zip(path: Path, prefix: str, target: Target) -> None:
    """Unpack the members of a zip archive.

    Raises
    ------
    BrokenArchiveError
        Its list of members cannot be read, or it costs too much.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (*BROKEN, NotImplementedError, UnicodeError) as error:
        raise BrokenArchiveError(f"it is damaged or cut off ({_one_line(error)})") from None
    with archive:
        infos = archive.infolist()
        for info, name in zip(infos, _names(infos), strict=True):
            if info.is_dir() or name.endswith("/"):
                continue
            target.count()
            member = _joined(prefix, name)
            if stat.S_ISLNK(info.external_attr >> 16):
                target.left_out.append(f"{member} (a link)")
            elif wanted_member(member, target):
                _zip_member(archive, info, member, target)


def _zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, member: str, target: Target) -> None:
    if info.flag_bits & ENCRYPTED:
        target.refuse(member, "is encrypted; unpack the archive with its password and load what it holds")
        return
    if not _has_room(member, info.file_size, target):
        return
    place = target.place(member)
    try:
        with archive.open(info) as source:
            target.copy(source, place)  # type: ignore[arg-type]
    except NotImplementedError:
        target.refuse(
            member, "is compressed in a way that is not read; unpack the archive and load the folder"
        )
    except TooLargeError:
        target.refuse(member, target.too_large)
    except (*BROKEN, RuntimeError) as error:
        target.broken = True
        target.refuse(member, f"is damaged ({_one_line(error)})")
    else:
        _keep(member, place, target)


def _has_room(member: str, size: int, target: Target) -> bool:
    """Whether a member of that size is unpacked; if not, the target knows why."""
    if not size:
        target.left_out.append(f"{member} (empty)")
    elif target.used + size > target.allowed:
        target.refuse(member, target.too_large)
    else:
        return True
    return False


def _names(infos: Sequence[zipfile.ZipInfo]) -> list[str]:
    """Names of members; those without a mark for UTF-8 are UTF-8 or GBK, all of them alike."""
    raw: list[bytes | None] = []
    for info in infos:
        unmarked = not info.flag_bits & UTF8_NAME
        try:
            raw.append(info.orig_filename.encode("cp437") if unmarked else None)
        except UnicodeEncodeError:
            raw.append(None)
    together = b"\n".join(name for name in raw if name)
    codec = next((one for one in ("utf-8", "gb18030") if _decodes(together, one)), "cp437")
    names = (
        info.orig_filename if name is None else name.decode(codec)
        for info, name in zip(infos, raw, strict=True)
    )
    return [name.partition("\0")[0].replace("\\", "/") for name in names]


def _decodes(content: bytes, codec: str) -> bool:
    try:
        content.decode(codec)
    except UnicodeError:
        return False
    return True


def unpack_tar(path: Path, prefix: str, target: Target) -> None:
    """Unpack the files of a tar archive; links and devices are left out.

    Raises
    ------
    BrokenArchiveError
        It is damaged, or costs too much.
    """
    try:
        with tarfile.open(path, "r:", errors="surrogateescape") as archive:
            for info in archive:
                if info.isdir():
                    continue
                target.count()
                member = _joined(prefix, _tar_name(info.name))
                if not info.isreg():
                    target.left_out.append(f"{member} (a link or device)")
                elif wanted_member(member, target) and _has_room(member, info.size, target):
                    place = target.place(member)
                    source = archive.extractfile(info)
                    assert source is not None
                    target.copy(source, place)  # type: ignore[arg-type]
                    cut = place.stat().st_size < info.size
                    _keep(member, place, target, CUT_OFF if cut else "")
                    target.broken |= cut
    except BrokenArchiveError:
        raise
    except BROKEN as error:
        raise BrokenArchiveError(f"it is damaged or cut off ({_one_line(error)})") from None


def _tar_name(name: str) -> str:
    raw = name.encode("utf-8", "surrogateescape")
    codec = next((one for one in ("utf-8", "gb18030") if _decodes(raw, one)), "")
    text = raw.decode(codec) if codec else raw.decode("utf-8", "backslashreplace")
    return text.removeprefix("./")


def unpack_stream(path: Path, prefix: str, target: Target) -> None:
    """Unpack a compressed file; of one that breaks off, what comes before.

    Raises
    ------
    BrokenArchiveError
        Nothing of it can be read, or it costs too much.
    """
    form = kind_of(path).name
    target.count()
    name = _stream_name(path.name, form)
    # Inside another archive its own name says all; alone, the archive's name is the path's already.
    member = prefix or shown_path(name)
    place = target.place(name)
    notice = ""
    with path.open("rb") as handle:
        try:
            target.copy(_reader(form, handle), place)
        except BrokenArchiveError:
            raise
        except (*BROKEN, OSError, MemoryError, _zstd_error()) as error:
            if not place.exists() or not place.stat().st_size:
                raise BrokenArchiveError(f"it is damaged or cut off ({_one_line(error)})") from None
            target.broken = True
            notice = CUT_OFF
    _keep(member, place, target, notice)


def _stream_name(name: str, form: str) -> str:
    suffix = PurePosixPath(name).suffix
    ending = ENDINGS[form].get(suffix.lower())
    return name if ending is None else (name[: -len(suffix)] or name) + ending


def _reader(form: str, handle: BinaryIO) -> Callable[[], bytes]:
    if form == "gz":
        opened = gzip.GzipFile(fileobj=handle)
        return lambda: opened.read1(CHUNK)
    if form == "bz2":
        source = bz2.BZ2File(handle)
        return lambda: source.read1(CHUNK)
    if form == "xz":
        return _xz_reader(handle)
    return _zstd_reader(handle)


def _xz_reader(handle: BinaryIO) -> Callable[[], bytes]:
    """Read concatenated xz streams with a bound on memory, which the standard file object lacks."""
    state: dict[str, Any] = {
        "decoder": lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MAX_DICTIONARY),
        "rest": b"",
    }

    def read() -> bytes:
        while True:
            decoder: lzma.LZMADecompressor = state["decoder"]
            if decoder.eof:
                rest = decoder.unused_data.lstrip(b"\0") or handle.read(CHUNK).lstrip(b"\0")
                if not rest:
                    return b""
                state["decoder"] = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MAX_DICTIONARY)
                state["rest"] = rest
                continue
            fed = (state["rest"] or handle.read(CHUNK)) if decoder.needs_input else b""
            state["rest"] = b""
            if decoder.needs_input and not fed:
                raise EOFError("the stream breaks off")
            made = decoder.decompress(fed, CHUNK)
            if made:
                return made

    return read


def _zstd_reader(handle: BinaryIO) -> Callable[[], bytes]:
    """Read concatenated frames, and notice one that breaks off, which the stream reader does not."""
    import zstandard

    decompressor = zstandard.ZstdDecompressor(max_window_size=MAX_DICTIONARY)
    state: dict[str, Any] = {"decoder": None, "rest": b""}

    def read() -> bytes:
        while True:
            fed = state["rest"] or handle.read(ZSTD_CHUNK)
            state["rest"] = b""
            decoder: Any = state["decoder"]
            if not fed:
                if decoder is not None:
                    raise EOFError("the frame breaks off")
                return b""
            if decoder is None:
                decoder = state["decoder"] = decompressor.decompressobj()
            made: bytes = decoder.decompress(fed)
            if decoder.eof:
                state.update(decoder=None, rest=decoder.unused_data)
            if made:
                return made

    return read


def _zstd_error() -> type[Exception]:
    import zstandard

    error: type[Exception] = zstandard.ZstdError
    return error


def _keep(member: str, place: Path, target: Target, notice: str = "") -> None:
    if member in target.members:
        # As unpacking would have it: what was added later stands.
        target.left_out.append(f"{member} (an earlier version)")
    archive = target.outer.path.name
    target.members[member] = replace(
        target.outer, path=place, member=member, found=True, notice=notice, archive=archive
    )


def _joined(prefix: str, name: str) -> str:
    return shown_path(f"{prefix}/{name}" if prefix else name)


def _one_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:120]
