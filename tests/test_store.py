from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tympan.actions import Action
from tympan.errors import Damaged
from tympan.files import Files
from tympan.limits import SMALL
from tympan.store import Store

READS = {"target": {"quality": 82}}
LARGE = bytes(range(256)) * 200


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(Files(tmp_path))


@settings(max_examples=30, deadline=None)
@given(data=st.dictionaries(st.text(max_size=4), st.binary(max_size=300)))
def test_what_is_kept_is_what_is_got(
    tmp_path_factory: pytest.TempPathFactory, data: dict[str, bytes]
) -> None:
    store = Store(Files(tmp_path_factory.mktemp("store")))
    results = store.keep("c" * 64, READS, data, {})
    assert store.keep("c" * 64, READS, data, {}) == results
    assert {name: store.get(each) for name, each in results.items()} == data
    store.close()


def test_large_bytes_are_files_and_small_ones_are_not(store: Store, tmp_path: Path) -> None:
    results = store.keep("c" * 64, READS, {"small": b"s", "large": LARGE}, {"ink": "298"})
    assert len(LARGE) > SMALL
    assert [p.name for p in (tmp_path / ".tympan/store/cas").rglob("*") if p.is_file()] == [results["large"]]
    assert store.get(results["large"]) == LARGE
    assert store.action("c" * 64) == Action(reads=READS, results=results, facts={"ink": "298"})
    assert store.action("d" * 64) is None
    again = Store(Files(tmp_path))
    assert again.get(results["small"]) == b"s"
    assert again.has(results["large"])
    assert not again.has("0" * 64)


def test_a_flipped_byte_in_a_file_is_found_counted_and_moved_aside(store: Store, tmp_path: Path) -> None:
    name = store.keep("c" * 64, READS, {"": LARGE}, {})[""]
    store.close()
    blob = tmp_path / ".tympan/store/cas" / name[:2] / name
    for at in range(0, len(LARGE), 9973):
        data = bytearray(LARGE)
        data[at] ^= 1
        blob.write_bytes(data)
        with pytest.raises(Damaged, match="does not have its digest"):
            store.get(name)
        assert not store.has(name)
    blob.write_bytes(b"")
    with pytest.raises(Damaged):
        store.get(name)
    assert store.corrupt.count(name) == 7
    assert store.get(store.keep("c" * 64, READS, {"": LARGE}, {})[""]) == LARGE


def test_a_flipped_byte_in_the_index_is_found_counted_and_moved_aside(store: Store, tmp_path: Path) -> None:
    name = store.keep("c" * 64, READS, {"": b"a picture"}, {})[""]
    store.close()
    other = sqlite3.connect(tmp_path / ".tympan/store/index.db")
    other.execute("UPDATE blob SET data = ?", (b"a pictura",))
    other.commit()
    other.close()
    with pytest.raises(Damaged, match="does not have its digest"):
        store.get(name)
    assert not store.has(name)
    assert store.corrupt == [name]
    assert (tmp_path / ".tympan/store/corrupt" / name).read_bytes() == b"a pictura"


def test_missing_bytes_are_damage_with_a_reason(store: Store) -> None:
    with pytest.raises(Damaged, match="the store has no 0000"):
        store.get("0" * 64)


@pytest.mark.parametrize("junk", [b"", b"junk" * 999, None])
def test_a_damaged_index_is_put_aside_and_begun_anew(
    store: Store, tmp_path: Path, junk: bytes | None
) -> None:
    for n in range(20):
        store.keep(f"{n:064}", READS, {"": b"x" * n}, {})
    store.close()
    index = tmp_path / ".tympan/store/index.db"
    whole = index.read_bytes()
    index.write_bytes(whole[: len(whole) // 2] if junk is None else junk)
    again = Store(Files(tmp_path))
    assert again.action("0" * 64) is None or again.get(again.action("0" * 64).results[""]) == b""
    results = again.keep("a" * 64, READS, {"": b"new"}, {})
    assert again.get(results[""]) == b"new"


def test_the_index_cut_at_any_page_or_odd_byte_never_gives_wrong_bytes(store: Store, tmp_path: Path) -> None:
    data = {str(n): os.urandom(700) for n in range(30)}
    results = store.keep("c" * 64, READS, data, {})
    store.close()
    index = tmp_path / ".tympan/store/index.db"
    whole = index.read_bytes()
    for length in [*range(0, len(whole), 4096), *range(1, len(whole), 3571)]:
        for end in ("-wal", "-shm"):
            Path(f"{index}{end}").unlink(missing_ok=True)
        index.write_bytes(whole[:length])
        again = Store(Files(tmp_path))
        for name, each in results.items():
            try:
                assert again.get(each) == data[name]
            except Damaged:
                continue
        again.close()
        for end in ("", "-wal", "-shm"):
            Path(f"{index}.bad{end}").unlink(missing_ok=True)


def test_two_stores_on_one_folder_see_each_other(store: Store, tmp_path: Path) -> None:
    other = Store(Files(tmp_path))
    assert other.action("c" * 64) is None
    results = store.keep("c" * 64, READS, {"": b"x", "big": LARGE}, {})
    store.close()
    assert other.action("c" * 64) is not None
    assert other.get(results["big"]) == LARGE
    assert other.keep("c" * 64, READS, {"": b"x", "big": LARGE}, {}) == results
