from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tympan.errors import Damaged
from tympan.files import Files
from tympan.store import Action, Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(Files(tmp_path))


@settings(max_examples=40, deadline=None)
@given(data=st.binary(max_size=300))
def test_what_is_put_is_what_is_got(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    store = Store(Files(tmp_path_factory.mktemp("store")))
    name = store.put(data)
    assert store.put(data) == name
    assert store.get(name) == data


def test_a_flipped_byte_is_found_counted_and_moved_aside(store: Store, tmp_path: Path) -> None:
    name = store.put(b"a picture's bytes")
    blob = tmp_path / ".tympan/store/cas" / name[:2] / name
    for at in range(len(b"a picture's bytes")):
        data = bytearray(b"a picture's bytes")
        data[at] ^= 1
        blob.parent.mkdir(parents=True, exist_ok=True)
        blob.write_bytes(data)
        with pytest.raises(Damaged, match="does not have its digest"):
            store.get(name)
        assert not store.has(name)
    assert len(store.corrupt) == len(b"a picture's bytes")
    assert store.get(store.put(b"a picture's bytes")) == b"a picture's bytes"


def test_missing_bytes_are_damage_with_a_reason(store: Store) -> None:
    with pytest.raises(Damaged, match="the store has no 0000"):
        store.get("0" * 64)


def test_an_action_comes_back_and_a_torn_one_never_ran(store: Store, tmp_path: Path) -> None:
    action = Action(reads={"target": {"quality": 82}}, results={"": "ab"}, facts={"ink": "298"})
    store.record("c" * 64, action)
    assert store.action("c" * 64) == action
    path = tmp_path / ".tympan/store/ac/cc" / ("c" * 64)
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert store.action("c" * 64) is None
    assert store.action("d" * 64) is None
