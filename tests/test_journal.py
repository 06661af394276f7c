from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tympan.files import Files
from tympan.journal import Journal


@settings(max_examples=25, deadline=None)
@given(notes=st.lists(st.binary(max_size=40), max_size=5))
def test_a_journal_cut_anywhere_is_a_prefix(
    tmp_path_factory: pytest.TempPathFactory, notes: list[bytes]
) -> None:
    root = tmp_path_factory.mktemp("journal")
    journal = Journal(Files(root), "notes")
    for note in notes:
        journal.add(note)
    assert list(journal.notes()) == notes
    path = root / "notes"
    whole = path.read_bytes() if notes else b""
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        found = list(journal.notes())
        assert found == notes[: len(found)]
        path.write_bytes(whole[:length] + bytes(64))  # a page of zeros, as after a power loss
        found = list(journal.notes())
        assert found == notes[: len(found)]


def test_a_flipped_bit_ends_it_and_clearing_forgets(tmp_path: Path) -> None:
    journal = Journal(Files(tmp_path), "notes")
    for note in (b"one", b"two", b"three"):
        journal.add(note)
    data = bytearray((tmp_path / "notes").read_bytes())
    data[-len(b"three") - 12 - 1] ^= 4
    (tmp_path / "notes").write_bytes(data)
    assert list(journal.notes()) == [b"one"]
    journal.clear()
    journal.clear()
    assert list(journal.notes()) == []


def test_what_is_added_behind_a_torn_note_is_read(tmp_path: Path) -> None:
    files = Files(tmp_path)
    Journal(files, "journal").add(b"one")
    files.append("journal", b"half a no")
    after_a_kill = Journal(files, "journal")
    after_a_kill.add(b"two")
    after_a_kill.add(b"three")
    assert list(Journal(files, "journal").notes()) == [b"one", b"two", b"three"]
