"""What an archive holds is loaded; what would escape or fill the disk is refused by name and costs itself."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from graphcli.loaders.load import load
from graphcli.workspace.errors import DataContractError
from graphcli.workspace.folder import WorkspaceFolder

HEADER = "职位名称,公司名称,工作地点,薪资\n"
PACKERS = {
    "gz": lambda content: gzip.compress(content, mtime=0),
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstandard.compress,
}
# What any archive may expand to.
LIMIT_MB = 256


def crawl(count: int, name: str = "甲虚构科技有限公司") -> bytes:
    return (HEADER + "".join(f"工程师{at},{name},北京,1-2万\n" for at in range(count))).encode()


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return path


def tarred(path: Path, members: dict[str, bytes | tarfile.TarInfo], mode: str = "w") -> Path:
    with tarfile.open(path, mode) as archive:
        for name, content in members.items():
            info = content if isinstance(content, tarfile.TarInfo) else tarfile.TarInfo(name)
            body = b"" if isinstance(content, tarfile.TarInfo) else content
            info.name, info.size = name, len(body)
            archive.addfile(info, io.BytesIO(body))
    return path


def loaded(folder, path: Path) -> tuple[dict[str, int], dict[str, str], str]:
    """Rows kept by member, problems by member, and the notes."""
    result = load(folder, [path])
    rows = result.frame.select("member", "kept", "status", "problem").rows()
    kept = {member: count for member, count, status, _ in rows if status != "failed"}
    failed = {member: problem for member, _, status, problem in rows if status == "failed"}
    assert not any("\n" in problem for problem in failed.values())
    return kept, failed, "\n".join(result.notes)


@pytest.mark.parametrize(
    "name", ["../evil.csv", "a/../../evil.csv", "/etc/evil.csv", "C:/evil.csv", "..\\evil.csv"]
)
@pytest.mark.parametrize("form", ["zip", "tar"])
def test_a_path_that_leads_out_is_refused_by_name_and_written_nowhere(folder, tmp_path, form, name):
    inside = tmp_path / "deep" / "er"
    inside.mkdir(parents=True)
    members = {"jobs.csv": crawl(3), name: crawl(2, "乙虚构科技有限公司")}
    path = zipped(inside / "a.zip", members) if form == "zip" else tarred(inside / "a.tar", members)
    kept, failed, _ = loaded(folder, path)
    assert kept == {"jobs.csv": 3}
    ((member, problem),) = failed.items()
    assert member.replace("\\", "/") == name.replace("\\", "/")
    assert "out of the archive" in problem
    assert not list(tmp_path.rglob("*evil*"))
    assert not Path("/etc/evil.csv").exists()


def test_links_and_devices_are_left_out_by_name(folder, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_bytes(crawl(5, "乙虚构科技有限公司"))
    link, hard, device = tarfile.TarInfo(), tarfile.TarInfo(), tarfile.TarInfo()
    link.type, link.linkname = tarfile.SYMTYPE, str(secret)
    hard.type, hard.linkname = tarfile.LNKTYPE, "../secret.csv"
    device.type = tarfile.CHRTYPE
    members = {"jobs.csv": crawl(3), "soft.csv": link, "hard.csv": hard, "zero.csv": device}
    kept, failed, notes = loaded(folder, tarred(tmp_path / "a.tar", members))
    assert (kept, failed) == ({"jobs.csv": 3}, {})
    assert all(f"{name}.csv (a link or device)" in notes for name in ("soft", "hard", "zero"))


def test_a_link_in_a_zip_is_left_out_by_name(folder, tmp_path):
    info = zipfile.ZipInfo("soft.csv")
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    path = zipped(tmp_path / "a.zip", {"jobs.csv": crawl(3)})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(info, "/etc/passwd")
    kept, _, notes = loaded(folder, path)
    assert kept == {"jobs.csv": 3}
    assert "soft.csv (a link)" in notes


def zeros(megabytes: int) -> bytes:
    """A gzip file of zeros, whose parts are alike."""
    return gzip.compress(bytes(1 << 20), mtime=0) * megabytes


def test_what_expands_beyond_measure_is_refused_and_what_came_before_is_loaded(folder, tmp_path):
    path = zipped(tmp_path / "a.zip", {"jobs.csv": crawl(3), "zeros.csv.gz": zeros(LIMIT_MB + 1)})
    kept, failed, _ = loaded(folder, path)
    assert kept == {"jobs.csv": 3}
    assert list(failed) == ["zeros.csv.gz"]
    assert "expands to more than" in failed["zeros.csv.gz"]


def test_a_member_of_a_zip_that_expands_beyond_measure(folder, tmp_path):
    path = zipped(tmp_path / "a.zip", {"jobs.csv": crawl(3)})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("zeros.csv", "w") as out:
            for _ in range(LIMIT_MB + 1):
                out.write(bytes(1 << 20))
        archive.writestr("later.csv", crawl(4))
    kept, failed, _ = loaded(folder, path)
    assert kept == {"jobs.csv": 3, "later.csv": 4}
    assert list(failed) == ["zeros.csv"]


def test_a_member_that_is_larger_than_it_says_costs_no_more_than_it_says(folder, tmp_path):
    bulk = 3_456_789
    path = zipped(tmp_path / "a.zip", {"jobs.csv": crawl(3), "zeros.csv": bytes(bulk)})
    content = path.read_bytes()
    path.write_bytes(content.replace(bulk.to_bytes(4, "little"), (1000).to_bytes(4, "little")))
    kept, failed, _ = loaded(folder, path)
    assert kept == {"jobs.csv": 3}
    assert list(failed) == ["zeros.csv"]


def test_many_members_that_expand_beyond_measure_end_the_archive(folder, tmp_path):
    members = {"jobs.csv": crawl(3), **{f"{at}.csv.gz": zeros(LIMIT_MB + 1) for at in range(9)}}
    kept, failed, _ = loaded(folder, zipped(tmp_path / "a.zip", members))
    assert kept == {"jobs.csv": 3}
    assert len(failed) == 9
    assert "several of its members" in "".join(failed.values())


def test_a_stream_that_expands_beyond_measure_is_one_line(folder, tmp_path):
    (tmp_path / "a.csv.gz").write_bytes(zeros(LIMIT_MB + 1))
    with pytest.raises(DataContractError, match="expands to more than") as error:
        load(folder, [tmp_path / "a.csv.gz"])
    assert "a.csv.gz" in str(error.value)
    assert "\n" not in str(error.value)


def test_archives_in_archives_are_opened_as_deep_as_anyone_packs_and_no_further(folder, tmp_path):
    content = zipped(tmp_path / "made.zip", {"jobs.csv": crawl(1, "零虚构科技有限公司")}).read_bytes()
    for level in range(1, 6):
        members = {
            f"jobs{level}.csv": crawl(level + 1, f"{level}虚构科技有限公司"),
            f"in{level}.zip": content,
        }
        content = zipped(tmp_path / "made.zip", members).read_bytes()
    kept, failed, _ = loaded(folder, tmp_path / "made.zip")
    assert sorted(kept.values()) == [3, 4, 5, 6]
    assert list(failed) == ["in5.zip/in4.zip/in3.zip/in2.zip"]
    assert "too deep" in failed["in5.zip/in4.zip/in3.zip/in2.zip"]


def test_members_are_counted_over_all_levels(folder, tmp_path):
    content = zipped(tmp_path / "inner.zip", {f"{at}.csv": b"" for at in range(1_100)}).read_bytes()
    path = zipped(tmp_path / "a.zip", {"jobs.csv": crawl(2), **{f"{at}.zip": content for at in range(10)}})
    kept, failed, _ = loaded(folder, path)
    assert kept == {"jobs.csv": 2}
    assert len(failed) == 1
    assert "more than 10,000 members" in "".join(failed.values())


def test_more_members_than_any_crawl_has(folder, tmp_path):
    path = zipped(tmp_path / "a.zip", {f"m{at}.csv": b"" for at in range(10_050)})
    with pytest.raises(DataContractError, match="more than 10,000 members"):
        load(folder, [path])


@pytest.mark.parametrize("form", ["zip", "tar"])
def test_empty_members_are_left_out_by_name(folder, tmp_path, form):
    members = {"jobs.csv": crawl(3), "nothing.csv": b""}
    kept, failed, notes = loaded(
        folder, {"zip": zipped, "tar": tarred}[form](tmp_path / f"a.{form}", members)
    )
    assert (kept, failed) == ({"jobs.csv": 3}, {})
    assert "nothing.csv (empty)" in notes


def test_an_encrypted_member_is_refused_by_name(folder, tmp_path):
    content = bytearray(zipped(tmp_path / "a.zip", {"a.csv": crawl(3), "b.csv": crawl(4)}).read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.rindex(mark) + at] |= 1
    (tmp_path / "b.zip").write_bytes(content)
    kept, failed, _ = loaded(folder, tmp_path / "b.zip")
    assert kept == {"a.csv": 3}
    assert "password" in failed["b.csv"]


@pytest.mark.parametrize("codec", ["gb18030", "utf-8"])
@pytest.mark.parametrize("form", ["zip", "tar"])
def test_names_of_members_without_a_mark_of_their_encoding(folder, tmp_path, form, codec):
    names = ["北京/算法岗位.csv", "上海/销售.csv"]
    if form == "zip":
        stand_ins = {name: name.encode(codec) for name in names}
        plain = {raw: f"{at}".encode() * len(raw) for at, raw in enumerate(stand_ins.values())}
        path = zipped(
            tmp_path / "a.zip", {raw.decode(): crawl(2 + at) for at, raw in enumerate(plain.values())}
        )
        content = path.read_bytes()
        for raw, stand_in in plain.items():
            content = content.replace(stand_in, raw)
        path.write_bytes(content)
    else:
        path = tmp_path / "a.tar"
        with tarfile.open(path, "w", format=tarfile.GNU_FORMAT, encoding=codec) as archive:
            for at, name in enumerate(names):
                info = tarfile.TarInfo(name)
                info.size = len(crawl(2 + at))
                archive.addfile(info, io.BytesIO(crawl(2 + at)))
    assert loaded(folder, path)[:2] == ({names[0]: 2, names[1]: 3}, {})


@pytest.mark.parametrize("form", PACKERS)
def test_a_stream_that_breaks_off_gives_what_comes_before_and_says_so(folder, tmp_path, form):
    # Of bz2 and zstd a whole block has to be there.
    count = 60_000
    whole = PACKERS[form](crawl(count))
    path = tmp_path / f"jobs.csv.{form}"
    path.write_bytes(whole[: len(whole) * 3 // 4])
    kept, failed, notes = loaded(folder, path)
    assert not failed
    assert 0 < sum(kept.values()) < count
    assert "cut off" in notes


@pytest.mark.parametrize("form", PACKERS)
def test_a_stream_of_which_nothing_is_left_is_one_line(folder, tmp_path, form):
    path = tmp_path / f"jobs.csv.{form}"
    path.write_bytes(PACKERS[form](crawl(50))[:14])
    with pytest.raises(DataContractError, match="damaged or cut off") as error:
        load(folder, [path])
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("form", PACKERS)
def test_streams_one_after_another_are_one_file(folder, tmp_path, form):
    path = tmp_path / f"jobs.csv.{form}"
    content = crawl(40)
    path.write_bytes(PACKERS[form](content[:500]) + PACKERS[form](content[500:]))
    assert sum(loaded(folder, path)[0].values()) == 40


def test_a_tar_that_breaks_off_gives_the_members_before(folder, tmp_path):
    members = {f"{at}.csv": crawl(30 + at) for at in range(4)}
    whole = tarred(tmp_path / "a.tar", members).read_bytes()
    (tmp_path / "b.tar").write_bytes(whole[: len(whole) // 2 - 700])
    kept, _, _ = loaded(folder, tmp_path / "b.tar")
    assert kept["0.csv"] == 30


def test_a_damaged_member_costs_itself(folder, tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, count in (("a.csv", 3), ("b.csv", 4), ("c.csv", 5)):
            archive.writestr(name, crawl(count))
    content = path.read_bytes()
    at = content.index(b"b.csv") + 60
    path.write_bytes(content[:at] + b"#" + content[at + 1 :])
    kept, failed, _ = loaded(folder, path)
    assert kept == {"a.csv": 3, "c.csv": 5}
    assert "damaged" in failed["b.csv"]


@settings(max_examples=60, deadline=None)
@given(
    form=st.sampled_from(["zip", "tar", "tar.gz", *PACKERS]),
    at=st.floats(0, 1),
    junk=st.binary(min_size=1, max_size=6),
    cut=st.booleans(),
)
def test_any_damage_ends_in_rows_or_one_line(tmp_path_factory, form, at, junk, cut):
    root = tmp_path_factory.mktemp("archive")
    path = root / f"a.{form}"
    members = {"a.csv": crawl(20), "b/c.csv": crawl(25, "乙虚构科技有限公司")}
    if form == "zip":
        zipped(path, members)
    elif form.startswith("tar"):
        tarred(path, members, "w:gz" if form.endswith("gz") else "w")
    else:
        path.write_bytes(PACKERS[form](crawl(20)))
    whole = path.read_bytes()
    place = int(at * (len(whole) - 1))
    path.write_bytes(whole[:place] + junk + (b"" if cut else whole[place + len(junk) :]))
    try:
        result = load(WorkspaceFolder(root / "workforce"), [path])
    except DataContractError as error:
        assert "\n" not in str(error)  # noqa: PT017
    else:
        # A byte that became the end of a line makes two records of one, or three of six bytes.
        assert result.frame["kept"].fill_null(0).sum() <= 45 + len(junk)
