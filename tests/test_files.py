"""The seam to the disk: paths that cannot leave, and files that are whole or not there."""

from __future__ import annotations

import ntpath
import os
import unicodedata
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tympan import limits
from tympan.errors import FilesError, PathRefused
from tympan.files import Files, RelPath, digest

GOOD = [
    "a",
    "a/b.png",
    "icon/home-24.webp",
    "ä/Ü.svg",
    "a b/c d.txt",
    ".hidden",
    "a.b.c",
    "console.svg",
    "com10",
    "x" * 200,
]
BAD = [
    "", ".", "..", "/", "/etc/passwd", "../x", "a/../../x", "a/..", "a/./b", "a//b", "a/", "./a", "~", "~/x", "~root/x",
    "C:\\x", "C:/x", "c:x", "\\\\host\\share", "a\\b", "..\\x", "//host/x", "a:b", "a:stream", "x?", "x*", "a<b", "a>b",
    'a"b', "a|b", "a\0b", "a\nb", "a\tb", "a\x1bb", "a\x7fb", "a\x85b", "a\u202eb", "a\u2066b", "a\u200fb", "CON", "con",
    "con.svg", "Con.tar.gz", "aux", "aux.svg", "a/nul", "a/nul.png/b", "PRN.x", "com1", "COM9.txt", "com¹", "LPT3", "lpt³.x",
    "CONIN$", "conout$.x", "nul .txt", "a.", "a ", "a./b", "a /b", "a...", "x" * 201, "é" * 101,
]  # fmt: skip


@pytest.mark.parametrize("text", GOOD)
def test_a_good_path_is_itself(text: str) -> None:
    assert RelPath.parse(text) == text


@pytest.mark.parametrize("text", BAD)
def test_a_bad_path_says_why(text: str) -> None:
    with pytest.raises(PathRefused) as caught:
        RelPath.parse(text)
    assert caught.value.exit_code == 2
    assert str(caught.value).startswith("path ")
    assert str(caught.value).isprintable()


def test_there_are_sixty_bad_ones() -> None:
    assert len(set(BAD)) >= 60


parts = st.one_of(
    st.text(max_size=8),
    st.text(st.sampled_from("ab./\\:~ \0*?conaux1¹$é\u0301\u202e"), max_size=8),
    st.sampled_from(["..", ".", "", "con", "NUL.txt", "C:", "~", "COM¹"]),
)


@given(st.lists(parts, max_size=5).map("/".join))
def test_an_accepted_path_stays_below_its_root_by_the_rules_of_both_worlds(text: str) -> None:
    try:
        path = RelPath.parse(text)
    except PathRefused:
        return
    assert RelPath.parse(path) == path
    assert unicodedata.is_normalized("NFC", path)
    assert os.path.normpath(f"/root/{path}") == f"/root/{path}"
    assert PurePosixPath(path).parts == tuple(path.split("/"))
    windows = PureWindowsPath(path)
    assert not windows.is_absolute()
    assert not windows.drive
    assert not windows.root
    assert windows.parts == tuple(path.split("/"))
    assert ntpath.normpath(ntpath.join("C:\\root", path)).startswith("C:\\root\\")
    for part in windows.parts:
        assert part[-1] not in ". "
        assert part.split(".")[0].rstrip().upper() not in {
            "CON",
            "PRN",
            "AUX",
            "NUL",
            "COM1",
            "LPT1",
            "CONIN$",
            "COM¹",
        }
        assert len(part.encode()) <= limits.PATH_PART


@pytest.mark.parametrize(
    ("one", "other"), [("Logo.svg", "logo.SVG"), ("café", "cafe\u0301"), ("STRASSE", "straße"), ("Å", "å")]
)
def test_twins_are_what_another_disk_takes_for_the_same(one: str, other: str) -> None:
    assert RelPath.parse(one).twin == RelPath.parse(other).twin
    assert RelPath.parse("a").twin != RelPath.parse("b").twin


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def test_what_is_written_is_read_whole(files: Files) -> None:
    signature = files.write("a/b.bin", b"x" * 100_000, sync=True)
    assert files.read("a/b.bin") == b"x" * 100_000
    assert files.sign("a/b.bin") == signature
    assert signature.size == 100_000
    files.write("a/b.bin", b"y")
    assert files.read("a/b.bin") == b"y"
    assert list(files.walk("")) == ["a/b.bin"], "no temporary file is left"


def test_reading_what_is_no_file(files: Files) -> None:
    (files.root / "folder").mkdir()
    os.mkfifo(files.root / "pipe")
    files.write("big", b"12345")
    for name, reason in {
        "none": "cannot read none: No such file or directory",
        "folder": "folder is not a regular file",
        "pipe": "pipe is not a regular file",
    }.items():
        with pytest.raises(FilesError, match=reason):
            files.read(name)
        assert files.sign(name) is None
    with pytest.raises(FilesError, match="big has 5 bytes, more than 4"):
        files.read("big", limit=4)


def test_links_out_are_seen_and_not_written_through(
    files: Files, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "target").write_bytes(b"theirs")
    (files.root / "leaf").symlink_to(outside / "target")
    (files.root / "folder").symlink_to(outside)
    (files.root / "within").symlink_to(files.root / "real")
    files.write("real", b"ours")
    assert not files.inside("leaf")
    assert not files.inside("folder/target")
    assert not files.inside("..")
    assert files.inside("within")
    with pytest.raises(FilesError, match="is a folder or a link"):
        files.write("leaf", b"mine")
    with pytest.raises(PathRefused, match="behind a link"):
        files.write("folder/new", b"mine")
    with pytest.raises(PathRefused, match="behind a link"):
        files.append("folder/target", b"mine")
    assert (outside / "target").read_bytes() == b"theirs"
    assert sorted(os.listdir(outside)) == ["target"]
    assert sorted(os.listdir(files.root)) == ["folder", "leaf", "real", "within"]


def test_a_failed_write_leaves_what_was_there(files: Files) -> None:
    (files.root / "folder").mkdir()
    with pytest.raises(FilesError, match="is a folder or a link"):
        files.write("folder", b"x")
    files.write("file", b"x")
    with pytest.raises(FilesError, match="cannot make the folder"):
        files.write("file/below", b"x")
    assert sorted(os.listdir(files.root)) == ["file", "folder"]
    assert files.read("file") == b"x"


def test_append_move_remove(files: Files) -> None:
    files.append("log/a", b"1\n", sync=True)
    files.append("log/a", b"2\n")
    assert files.read("log/a") == b"1\n2\n"
    files.move("log/a", "kept/b")
    assert files.read("kept/b") == b"1\n2\n"
    with pytest.raises(FilesError, match="cannot move log/a"):
        files.move("log/a", "c")
    assert files.remove("kept/b") is True
    assert files.remove("kept/b") is False
    with pytest.raises(FilesError, match="cannot delete kept"):
        files.remove("kept")
    files.remove_empty_folders("kept/b", "")
    assert not (files.root / "kept").exists()
    assert files.root.exists()


def test_walking_is_sorted_and_leaves_out_hidden_and_linked(files: Files) -> None:
    for name in ("b/z.toml", "b/a.toml", "a.toml", "b/.hidden.toml", ".git/x.toml", "c.txt"):
        files.write(name, b"")
    (files.root / "loop").symlink_to(files.root)
    assert list(files.walk("", ".toml")) == ["a.toml", "b/a.toml", "b/z.toml"]
    assert list(files.walk("b")) == ["b/a.toml", "b/z.toml"]
    assert list(files.walk("nowhere")) == []


def test_a_digest_is_blake3() -> None:
    # The empty digest of https://github.com/BLAKE3-team/BLAKE3/blob/master/test_vectors/test_vectors.json
    assert digest(b"") == "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"
