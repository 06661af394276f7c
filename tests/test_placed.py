"""Files of many targets put in place together: whole or not at all, and nothing left beside them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tympan import placed
from tympan.files import Files, digest
from tympan.placed import Made, Placed
from tympan.store import Store


def made(name: str, *paths: str, data: bytes = b"new") -> Made:
    node: Any = SimpleNamespace(id=name, asset=name, outputs={path: path for path in paths})
    return Made(cast("Any", node), "key", dict.fromkeys(paths, data), {path: digest(data) for path in paths})


def put(root: Path, *several: Made, then: Callable[[Made], bool] = lambda each: False) -> Placed:
    files = Files(root)
    found = Placed(files, Store(files), then, hard=False)
    found.place(several)
    return found


def there(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def test_all_are_in_place_and_signed(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    found = put(tmp_path, made("one", "a", "d/b"), made("two", "d/c"))
    assert there(tmp_path) == {"a": b"new", "d/b": b"new", "d/c": b"new"}
    assert not found.errors
    signs = {path: sign for note in found.notes for path, (sign, _) in note.signs.items()}
    assert signs == {path: Files(tmp_path).sign(path) for path in ("a", "d/b", "d/c")}


def test_one_in_the_way_keeps_out_its_own_target_only(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "a").write_bytes(b"old")
    found = put(tmp_path, made("one", "a", "b"), made("two", "c"))
    assert set(found.errors) == {"one"}
    assert [note.node for note in found.notes] == ["two"]
    assert there(tmp_path) == {"a": b"old", "c": b"new"}


def test_what_one_removes_may_be_in_the_way_of_another(tmp_path: Path) -> None:
    (tmp_path / "d").write_bytes(b"was one's")

    def remove(each: Made) -> bool:
        if each.node.id == "two":
            (tmp_path / "d").unlink()
        return each.node.id == "two"

    found = put(tmp_path, made("one", "d/a"), made("two", "c"), then=remove)
    assert not found.errors
    assert there(tmp_path) == {"c": b"new", "d/a": b"new"}


@pytest.mark.parametrize("most", [0, 3, 100])
def test_many_folders_are_not_held_open_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(placed, "_MOST_FOLDERS", most)
    put(tmp_path, *(made(f"n{n}", f"d{n}/a", f"e{n}/a") for n in range(9)))
    assert len(there(tmp_path)) == 18


def test_what_breaks_off_leaves_nothing_beside(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"old")

    def stop(each: Made) -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        put(tmp_path, made("one", "a"), made("two", "b"), then=stop)
    assert there(tmp_path) == {"a": b"new", "b": b"old"}
