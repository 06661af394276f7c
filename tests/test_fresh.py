"""The list of signatures: what changed, and whose it is."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from tympan import fresh

TWELVE = struct.pack("12q", *range(12))
GROUPS = [("", ["tympan.toml"]), ("a", ["specs/a.toml", "out/a.svg"]), ("b", ["specs/b.toml"])]


def manifest() -> fresh.Manifest:
    return fresh.of_groups("nothing to do", GROUPS, fresh.numbers(TWELVE))


def test_spans_say_whose_a_path_is() -> None:
    assert manifest().spans() == {"": (0, 1), "a": (1, 3), "b": (3, 4)}
    assert manifest().signatures_of((1, 3)).tolist() == list(range(3, 9))


@pytest.mark.parametrize("places", [[], [0], [3], [1, 2], [0, 1, 2, 3]])
def test_changed_finds_every_place(places: list[int]) -> None:
    now = fresh.numbers(bytearray(TWELVE))
    for place in places:
        now[3 * place + 1] = -1
    assert fresh.changed(manifest(), now) == places


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    (tmp_path / ".tympan").mkdir()
    (tmp_path / fresh.NAME).write_bytes(fresh.written(manifest()))
    again = fresh.read(str(tmp_path))
    assert again is not None
    assert (again.summary, again.paths, again.spans()) == (
        "nothing to do",
        manifest().paths,
        manifest().spans(),
    )
    assert again.signatures == manifest().signatures


def test_a_look_is_used_once_and_only_by_who_goes_on(tmp_path: Path) -> None:
    root = str(tmp_path.resolve())
    (tmp_path / "tympan.toml").write_text("")
    (tmp_path / ".tympan").mkdir()
    (tmp_path / fresh.NAME).write_bytes(fresh.written(manifest()))
    assert fresh.nothing_to_do(root) is None
    first = fresh.look(root)
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/b.toml").write_text("new")
    second = fresh.look(root)
    assert first is not None
    assert second is not None
    assert first.now != second.now
