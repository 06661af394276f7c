"""Cases 28, 29, 31, 32, 33: what was written is not what is there.

34 and 35, power loss, are in test_kill_loop.py. 28 and 29 are about the journals of state and store here;
30 and the ledger's share of 28 and 29 are about paid calls.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.faults.cases import assert_clean, billed, blobs, calls, did
from tests.faults.disk import FaultyDisk
from tests.faults.press import LARGE, Press

from tympan.files import Files, digest
from tympan.journal import Journal
from tympan.state import State
from tympan.store import Store

JOURNALS = (".tympan/journal", ".tympan/store/journal")
LARGE_OUTPUT = f"icon/bell-{LARGE}.txt"
ZEROS = 4096


@pytest.fixture
def broken_off(press: Press) -> Press:
    """A build that was killed when all outputs were there: its memory is in the journals alone."""
    assert press.build(disk=FaultyDisk(1, "kill-before", only="^commit")).code == -9
    assert all((press.root / name).stat().st_size > 0 for name in JOURNALS)
    return press


@pytest.mark.parametrize("name", JOURNALS)
def test_case_28_a_journal_cut_at_every_byte(broken_off: Press, clean: dict[str, bytes], name: str) -> None:
    path = broken_off.root / name
    whole = path.read_bytes()
    notes = list(Journal(Files(broken_off.root), name).notes())
    ends = [0]
    for note in notes:
        ends.append(ends[-1] + 12 + len(note))
    assert ends[-1] == len(whole)
    for length in range(len(whole) + 1):
        path.write_bytes(whole[:length])
        found = list(Journal(Files(broken_off.root), name).notes())
        # All that were whole, so a cut in the last one loses the last one.
        assert found == notes[: sum(end <= length for end in ends) - 1], length
    for length in (*ends[:-1:2], ends[-1] - 1, ends[1] + 5):
        path.write_bytes(whole[:length])
        hurt = broken_off.clone(broken_off.root.with_name(f"cut-{length}"))
        assert_clean(hurt, clean)


def test_case_28_state_and_store_open_with_any_journal(broken_off: Press) -> None:
    journals = {name: (broken_off.root / name).read_bytes() for name in JOURNALS}
    whole_state, whole_store = State(Files(broken_off.root)), Store(Files(broken_off.root))
    records = {node: whole_state.record(node) for node in whole_state.nodes()}
    actions = dict(whole_store.actions())
    for name, whole in journals.items():
        for length in range(0, len(whole), 7):
            (broken_off.root / name).write_bytes(whole[:length])
            if name == JOURNALS[0]:
                state = State(Files(broken_off.root))
                found = {node: state.record(node) for node in state.nodes()}
                # A claim is what a record replaces: it comes back when only the record is cut off.
                assert all(records[node] == each for node, each in found.items() if "?" not in node)
            else:
                store = Store(Files(broken_off.root))
                assert all(store.action(key) in (None, action) for key, action in actions.items())


@pytest.mark.parametrize("name", JOURNALS)
@pytest.mark.parametrize("junk", [bytes(ZEROS), bytes(7), b"\xff" * ZEROS], ids=["page", "bit", "ones"])
def test_case_29_a_journal_with_a_page_of_zeros_at_its_end(
    broken_off: Press, clean: dict[str, bytes], name: str, junk: bytes
) -> None:
    notes = list(Journal(Files(broken_off.root), name).notes())
    path = broken_off.root / name
    path.write_bytes(path.read_bytes() + junk)
    assert list(Journal(Files(broken_off.root), name).notes()) == notes
    again = broken_off.build("--json")
    assert (again.code, did(again)) == (0, {}), again
    assert_clean(broken_off, clean)
    assert not path.exists()


def damaged(press: Press, clean: dict[str, bytes], path: str, words: str) -> None:
    """An output goes, and the store's bytes for it are wrong: they never reach it, and the build says so."""
    bill = billed(press)
    assert press.build().code == 0
    before = calls(bill)
    (press.root / "assets/out" / path).unlink()
    ran = press.build()
    assert (ran.code, press.outputs()) == (0, clean), ran.err
    assert words in ran.err
    assert calls(bill) == before  # the source's result was not hurt: its plugin is not asked again
    assert list((press.root / ".tympan/store/corrupt").iterdir())
    # What was made in its place is good.
    (press.root / "assets/out" / path).unlink()
    assert did(press.build("--json")) == {"restored": [f"icon:{Path(path).name[:4]}:press"]}
    assert_clean(press, clean)


def test_case_31_one_byte_flipped_in_an_object(built: Press, clean: dict[str, bytes]) -> None:
    (blob,) = blobs(built)
    data = bytearray(blob.read_bytes())
    data[len(data) // 2] ^= 1
    blob.write_bytes(data)
    damaged(
        built,
        clean,
        LARGE_OUTPUT,
        f"the store had 1 damaged, put aside in .tympan/store/corrupt: {blob.name[:12]}",
    )


def test_case_31_one_byte_flipped_in_the_index(built: Press, clean: dict[str, bytes]) -> None:
    in_index(built, clean, lambda data: data[:-1] + bytes([data[-1] ^ 1]))
    damaged(built, clean, "icon/home-100.txt", "the store had 1 damaged")


def test_case_32_two_objects_swapped(press: Press) -> None:
    bell = press.read("specs/icon/bell.toml").replace("[10, ", f"[{LARGE + 1}, ")
    press.write("specs/icon/bell.toml", bell)
    assert press.build().code == 0
    clean = press.outputs()
    one, other = blobs(press)
    one_data, other_data = one.read_bytes(), other.read_bytes()
    one.write_bytes(other_data)
    other.write_bytes(one_data)
    (press.root / "assets/out" / f"icon/bell-{LARGE + 1}.txt").unlink()
    damaged(press, clean, LARGE_OUTPUT, "the store had")


def test_case_32_two_rows_of_the_index_swapped(built: Press, clean: dict[str, bytes]) -> None:
    with sqlite3.connect(built.root / ".tympan/store/index.db") as base:
        rows = dict(base.execute("SELECT name, data FROM blob"))
        one, other = (digest(clean[path]) for path in ("icon/home-100.txt", "sign/exit-100.txt"))
        for name, data in ((one, rows[other]), (other, rows[one])):
            base.execute("UPDATE blob SET data = ? WHERE name = ?", (data, name))
    base.close()
    damaged(built, clean, "icon/home-100.txt", "the store had 1 damaged")


def test_case_33_an_object_truncated_to_nothing(built: Press, clean: dict[str, bytes]) -> None:
    (blob,) = blobs(built)
    blob.write_bytes(b"")
    damaged(built, clean, LARGE_OUTPUT, "the store had 1 damaged")


def test_case_33_a_row_of_the_index_emptied(built: Press, clean: dict[str, bytes]) -> None:
    in_index(built, clean, lambda data: b"")
    damaged(built, clean, "icon/home-100.txt", "the store had 1 damaged")


def in_index(press: Press, clean: dict[str, bytes], change: Callable[[bytes], bytes]) -> None:
    """Change the bytes of an output where the store keeps small ones."""
    data = clean["icon/home-100.txt"]
    with sqlite3.connect(press.root / ".tympan/store/index.db") as base:
        found = base.execute("UPDATE blob SET data = ? WHERE name = ?", (change(data), digest(data)))
        assert found.rowcount == 1
    base.close()
