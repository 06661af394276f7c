"""The lock: what is written is read, as the same bytes each time; what is cut is damaged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
import tomli
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tympan.errors import Damaged
from tympan.files import Files
from tympan.lock import Lock, LockedCandidate, LockedRequest, Locks, toml_key, toml_value, written

# TOML has no letters that are half of one; every other one is text, control characters too.
TEXTS = st.text(max_size=12) | st.sampled_from(
    [
        "\x00",
        "\x1b[31m",
        "\x7f\x80\x9f",
        '"""',
        "\\",
        "\\u0041",
        "a\r\nb",
        "\u2028",
        "\ufeff",
        "🗝",
        "# end",
        "\n# end\n",
    ]
)
VALUES = st.recursive(
    TEXTS | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
FACTS = st.dictionaries(TEXTS, TEXTS, max_size=3)
CANDIDATES = st.builds(
    LockedCandidate, number=st.integers(1, 99), digest=TEXTS, job=TEXTS, master=TEXTS, facts=FACTS
)
REQUESTS = st.builds(
    LockedRequest,
    key=TEXTS,
    step=TEXTS,
    generator=TEXTS,
    variants=st.lists(TEXTS, max_size=2).map(tuple),
    version=TEXTS,
    model=TEXTS,
    at=TEXTS,
    cost=TEXTS,
    asked=st.dictionaries(TEXTS, VALUES, max_size=3),
    facts=FACTS,
    candidate=st.lists(CANDIDATES, max_size=2).map(tuple),
)
LOCKS = st.builds(Lock, request=st.lists(REQUESTS, max_size=2).map(tuple))


@settings(max_examples=150, deadline=None)
@given(lock=LOCKS)
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, lock: Lock) -> None:
    root = tmp_path_factory.mktemp("lock")
    (root / "specs").mkdir()
    data = written(lock)
    (root / "specs/a.lock").write_bytes(data)
    found = Locks(Files(root), "specs").of("a")
    assert found == lock
    assert written(found) == data
    # Git may write other line ends.
    (root / "specs/a.lock").write_bytes(data.replace(b"\n", b"\r\n"))
    assert Locks(Files(root), "specs").of("a") == lock


@given(VALUES, TEXTS)
@example(-0.0, "a b")
@example(1e22, "")
def test_a_value_is_read_as_it_was(value: Any, name: str) -> None:
    assert tomli.loads(f"{toml_key(name)} = {toml_value(value)}\n") == {name: value}
    assert "\n" not in toml_value(value)


def test_order_of_what_came_makes_no_difference() -> None:
    facts = {"b": "1", "a": "2"}
    one = LockedRequest(
        key="k", step="source", generator="g", facts=facts, asked={"z": 1, "y": {"d": 1, "c": 2}}
    )
    other = LockedRequest(
        key="k",
        step="source",
        generator="g",
        facts=dict(reversed(facts.items())),
        asked={"y": {"c": 2, "d": 1}, "z": 1},
    )
    assert written(Lock(request=(one,))) == written(Lock(request=(other,)))


def sample() -> Lock:
    candidate = LockedCandidate(number=1, digest="d" * 64, job="j", master="m.png", facts={"seed": "7"})
    request = LockedRequest(
        key="k" * 64,
        step="source",
        generator="studio",
        cost="0.04 USD",
        asked={"n": 2},
        candidate=(candidate,),
    )
    return Lock(request=(request, request))


def test_cut_anywhere_it_is_damaged(tmp_path: Path) -> None:
    data = written(sample())
    (tmp_path / "specs").mkdir()
    for size in range(len(data)):
        (tmp_path / "specs/a.lock").write_bytes(data[:size])
        with pytest.raises(Damaged, match="tympan relock a") as damaged:
            Locks(Files(tmp_path), "specs").of("a")
        assert damaged.value.exit_code == 4


@pytest.mark.parametrize(
    "wrong",
    [
        b"<<<<<<< ours\n", b"\xff", b"version = 'x'\n", b"[[request]]\nkey = 1\n", b"request = 7\n",
        b"a = " + b"[" * 5000 + b"\n", b"\0" * 100,
    ],
)  # fmt: skip
def test_what_is_no_lock_is_damaged(tmp_path: Path, wrong: bytes) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/a.lock").write_bytes(wrong + b"\n# end\n")
    with pytest.raises(Damaged):
        Locks(Files(tmp_path), "specs").of("a")


def test_it_is_written_only_if_it_says_anything_new(tmp_path: Path) -> None:
    locks = Locks(Files(tmp_path), "specs")
    locks.write("a", Lock())
    assert not (tmp_path / "specs/a.lock").exists()
    locks.write("a", sample())
    before = (tmp_path / "specs/a.lock").stat()
    Locks(Files(tmp_path), "specs").write("a", msgspec.structs.replace(sample()))
    assert (tmp_path / "specs/a.lock").stat().st_mtime_ns == before.st_mtime_ns
