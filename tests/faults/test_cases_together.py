"""Cases 36, 37, 38: more than one build, at once or one after the other's death."""

from __future__ import annotations

import os
import re
import shutil
import signal
import time
from pathlib import Path

import pytest
from tests.faults.cases import (
    assert_clean,
    billed,
    blobs,
    calls,
    did,
    ended,
    gated,
    started,
    wait_for,
)
from tests.faults.press import Press

pytestmark = pytest.mark.usefixtures("own_zygotes")

HOUSE = "M1 2h3"


def test_case_36_two_builds_at_once(press: Press, clean: dict[str, bytes], tmp_path: Path) -> None:
    began, go = gated(press, HOUSE)
    with started(press, "build", "-j", "1") as first:
        wait_for(began)
        before = {path: path.stat().st_mtime_ns for path in (press.root / ".tympan").rglob("*")}
        press.run("build")  # what it imports is in the file cache now
        start = time.monotonic()
        with started(press, "build") as second:
            ran = ended(second)
        seconds = time.monotonic() - start
        assert (ran.code, ran.out) == (75, "")
        assert ran.err == f"another build is running here (pid {first.pid}) (wait for it)\n"
        assert seconds < 1
        # It was a guest: it changed nothing but the file that ignores the folder.
        after = {path: path.stat().st_mtime_ns for path in (press.root / ".tympan").rglob("*")}
        changed = {path.name for path in after if before.get(path) != after[path] and path.is_file()}
        assert changed <= {".gitignore"}
        go.touch()
        assert ended(first).code == 0
    assert press.outputs() == clean
    assert_clean(press, clean)


def test_case_36_ten_at_once_make_each_request_once(press: Press, clean: dict[str, bytes]) -> None:
    bill = billed(press)
    waiting = [started(press, "build", "-j", "1") for _ in range(10)]
    processes = [each.__enter__() for each in waiting]
    rans = [ended(process) for process in processes]
    for each in waiting:
        each.__exit__(None, None, None)
    assert {ran.code for ran in rans} <= {0, 75}
    assert any(ran.code == 0 for ran in rans)
    pids = {process.pid for process in processes}
    for ran in rans:
        if ran.code == 75:
            named = re.search(r"pid (\d+|unknown)", ran.err)
            # Between taking the lock and saying so a build has no name yet, or that of the one before it.
            assert named
            assert named[1] == "unknown" or int(named[1]) in pids
    assert press.outputs() == clean
    assert calls(bill) == 3
    assert_clean(press, clean)


def test_case_37_a_stale_lock_of_a_dead_process(press: Press, clean: dict[str, bytes]) -> None:
    began, go = gated(press, HOUSE)
    with started(press, "build", "-j", "1") as process:
        wait_for(began)
        process.send_signal(signal.SIGKILL)
        assert ended(process).code == -signal.SIGKILL
    assert (press.root / ".tympan/lock").exists()
    assert press.read(".tympan/lock.pid") == str(process.pid)
    go.touch()
    assert_clean(press, clean)


@pytest.mark.parametrize("text", ["", "1", "ours", "99999999", "junk"])
def test_case_37_whatever_the_lock_says_only_the_kernel_is_believed(
    built: Press, clean: dict[str, bytes], text: str
) -> None:
    text = str(os.getpid()) if text == "ours" else text
    built.write(".tympan/lock", text)
    built.write(".tympan/lock.pid", text)
    (built.root / "assets/out/icon/home-100.txt").unlink()
    assert_clean(built, clean)
    assert "lock.pid" not in built.memory()


def test_case_38_a_copy_of_a_checkout_and_the_original_build_at_once(
    press: Press, clean: dict[str, bytes]
) -> None:
    """Each has a store of its own; what they hold is the same, byte for byte."""
    assert press.build("icon/home").code == 0
    clone = press.clone(press.root.with_name("clone"))
    with started(press, "build") as one, started(clone, "build") as other:
        for process in (one, other):
            ran = ended(process)
            assert (ran.code, "Traceback" in ran.err) == (0, False), ran.err
    for each in (press, clone):
        assert each.outputs() == clean
        assert_clean(each, clean)
    names = [{blob.name: blob.read_bytes() for blob in blobs(each)} for each in (press, clone)]
    assert names[0] == names[1]


def test_case_38_a_store_behind_a_link_is_refused(built: Press, clean: dict[str, bytes]) -> None:
    """One store for two clones is not offered: nobody may get it by accident."""
    other = built.copy(built.root.with_name("other"))
    (other.root / ".tympan").mkdir()
    (other.root / ".tympan/store").symlink_to(built.root / ".tympan/store")
    before = sorted((path, path.stat().st_mtime_ns) for path in (built.root / ".tympan/store").rglob("*"))
    ran = other.build("-k")
    assert (ran.code, "Traceback" in ran.err) == (2, False), ran
    assert "lies behind a link" in ran.err
    assert sorted((p, p.stat().st_mtime_ns) for p in (built.root / ".tympan/store").rglob("*")) == before
    (other.root / ".tympan/store").unlink()
    assert_clean(other, clean)


def test_case_38_a_store_may_be_copied(built: Press, clean: dict[str, bytes]) -> None:
    other = built.copy(built.root.with_name("other"))
    shutil.copytree(built.root / ".tympan/store", other.root / ".tympan/store")
    assert set(did(other.build("--json"))) == {"restored"}
    assert_clean(other, clean)
