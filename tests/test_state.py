from __future__ import annotations

import os
import time
from pathlib import Path

from tympan.files import Files, Signature, digest
from tympan.limits import RACY_NS
from tympan.plan.records import Record
from tympan.state import State

RECORDS = {f"icon:home-{n}:svg": Record(key=f"{n:064}", results={"": "a" * 64}) for n in range(4)}


def _filled(root: Path) -> State:
    state = State(Files(root))
    for node, record in RECORDS.items():
        state.commit(node, "icon/home", record, {f"out/{node}": (Signature(1, 2, 3), "b" * 64)})
    return state


def _records(root: Path) -> dict[str, Record]:
    state = State(Files(root))
    found = {node: record for node in state.nodes() if (record := state.record(node))}
    # Who has the database open keeps others from repairing it.
    state.save()
    return found


def test_a_commit_is_kept_without_save_as_after_a_kill(tmp_path: Path) -> None:
    _filled(tmp_path)
    assert _records(tmp_path) == RECORDS
    whole = State(Files(tmp_path))
    whole.load_all()
    assert {node: whole.record(node) for node in RECORDS} == RECORDS
    assert whole.nodes(["icon/home"]) == sorted(RECORDS)
    assert whole.nodes(["icon/bell"]) == []


def test_a_damaged_state_is_put_aside_and_is_an_empty_one(tmp_path: Path) -> None:
    _filled(tmp_path).save()
    path = tmp_path / ".tympan/state.db"
    whole = path.read_bytes()
    assert _records(tmp_path) == RECORDS
    for length in [*range(0, len(whole), 1017), *range(4096, len(whole), 4096)]:
        path.write_bytes(whole[:length])
        found = _records(tmp_path)
        assert all(RECORDS[node] == record for node, record in found.items())
        _filled(tmp_path).save()
        for end in ("-wal", "-shm"):
            Path(f"{path}{end}").unlink(missing_ok=True)
    path.write_bytes(os.urandom(20_000))
    assert _records(tmp_path) == {}
    assert (tmp_path / ".tympan/state.db.bad").exists()


def test_a_digest_is_read_again_when_the_signature_changes(tmp_path: Path) -> None:
    state = State(Files(tmp_path))
    path = tmp_path / "a.svg"
    assert state.digest_of("a.svg") is None
    path.write_bytes(b"one")
    assert state.digest_of("a.svg") == digest(b"one")
    path.write_bytes(b"two")
    assert state.digest_of("a.svg") == digest(b"two")


def test_an_edit_of_the_same_size_with_its_old_time_given_back_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    path.write_bytes(b"one")
    time.sleep(RACY_NS / 1e9 * 2)
    state = State(Files(tmp_path))
    assert state.digest_of("a.svg") == digest(b"one")
    times = (path.stat().st_atime_ns, path.stat().st_mtime_ns)
    path.write_bytes(b"two")
    os.utime(path, ns=times)
    assert state.digest_of("a.svg") == digest(b"two")


def test_what_has_just_changed_is_not_remembered(tmp_path: Path) -> None:
    state = State(Files(tmp_path))
    (tmp_path / "a.svg").write_bytes(b"one")
    assert state.digest_of("a.svg") == digest(b"one")
    assert state._learnt == {}
    time.sleep(RACY_NS / 1e9 * 2)
    state.digest_of("a.svg")
    assert list(state._learnt) == ["a.svg"]
    state.save()
    again = State(Files(tmp_path))
    again.load_all()
    assert list(again._signs) == ["a.svg"]


def test_forget_and_adopt(tmp_path: Path) -> None:
    state = _filled(tmp_path)
    for node in RECORDS:
        state.forget(node)
    state.save()
    assert _records(tmp_path) == {}
    record = RECORDS["icon:home-1:svg"]
    state.adopt({"_source:icon/home": ("icon/home", record)})
    state.adopt({"_source:icon/home": ("icon/home", record)})
    state.save()
    assert _records(tmp_path) == {"_source:icon/home": record}
