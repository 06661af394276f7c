from __future__ import annotations

import os
from pathlib import Path

from tympan.files import Files, digest
from tympan.plan.records import Record
from tympan.state import State

RECORDS = {f"icon:home-{n}:svg": Record(key=f"{n:064}", results={"": "a" * 64}) for n in range(4)}


def test_a_commit_is_kept_without_save_as_after_a_kill(tmp_path: Path) -> None:
    state = State(Files(tmp_path))
    for node, record in RECORDS.items():
        state.commit(node, record, {})
    assert State(Files(tmp_path)).records == RECORDS


def test_the_journal_cut_anywhere_loses_at_most_what_was_cut(tmp_path: Path) -> None:
    state = State(Files(tmp_path))
    for node, record in RECORDS.items():
        state.commit(node, record, {})
    journal = tmp_path / ".tympan/journal"
    whole = journal.read_bytes()
    for length in range(len(whole), -1, -1):
        journal.write_bytes(whole[:length])
        complete = whole[:length].count(b"\n")
        assert list(State(Files(tmp_path)).records) == list(RECORDS)[:complete]


def test_a_damaged_state_file_is_an_empty_one(tmp_path: Path) -> None:
    state = State(Files(tmp_path))
    for node, record in RECORDS.items():
        state.commit(node, record, {})
    state.save()
    assert not (tmp_path / ".tympan/journal").exists()
    path = tmp_path / ".tympan/state"
    whole = path.read_bytes()
    assert State(Files(tmp_path)).records == RECORDS
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        assert State(Files(tmp_path)).records == {}
    path.write_bytes(os.urandom(200))
    assert State(Files(tmp_path)).records == {}


def test_a_digest_is_read_again_when_the_signature_changes(tmp_path: Path) -> None:
    state = State(Files(tmp_path))
    path = tmp_path / "a.svg"
    assert state.digest_of("a.svg") is None
    path.write_bytes(b"one")
    assert state.digest_of("a.svg") == digest(b"one")
    path.write_bytes(b"other")
    assert state.digest_of("a.svg") == digest(b"other")


def test_forget_and_adopt(tmp_path: Path) -> None:
    state = State(Files(tmp_path))
    record = Record(key="k" * 64, results={})
    state.commit("icon:home:svg", record, {})
    state.forget("icon:home:svg")
    assert State(Files(tmp_path)).records == {}
    state.adopt("_source:icon/home", record)
    state.save()
    assert State(Files(tmp_path)).records == {"_source:icon/home": record}
