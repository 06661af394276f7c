"""What a job does to its process stays there: nothing leaks into the next job, nothing outlives the build."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tympan import limits
from tympan.clock import monotonic
from tympan.errors import StepCrashed, StepFailed
from tympan.files import digest
from tympan.model import Request
from tympan.plugins import Ref
from tympan.worker.jobs import Call, Done, Generate
from tympan.worker.pool import Pool

ODD = Path(__file__).with_name("odd.py")
linux = pytest.mark.skipif(sys.platform != "linux", reason="forks and /proc")
TRACES = [
    "truncated", "numpy", "cwd", "path", "environment", "umask", "signal", "timer", "thread", "recursion",
    "stdout", "fork", "child",
]  # fmt: skip
HARMLESS = ["print", "stdin"]
FAILING = ["interrupt", "system exit"]


def job(how: str) -> Generate:
    call = Call(Ref("", "Odd", str(ODD), digest(ODD.read_bytes())), "odd", {})
    return Generate(call, Request(generator="odd", prompt=how, candidates=1), {})


@pytest.fixture(scope="module", params=["", "spawn"])
def pool(request: pytest.FixtureRequest) -> Iterator[Pool]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TYMPAN_WORKER", request.param)
        made = Pool(1, seconds=20)
    with made as pool:
        yield pool


def seen(done: Done) -> tuple[int, str]:
    return int(done.results["0"]), done.facts["0.look"]


@linux
@pytest.mark.parametrize("how", TRACES)
def test_traces_of_a_job_end_with_its_worker(pool: Pool, how: str) -> None:
    pid, before = seen(pool.ask(job("look")))
    pool.ask(job(how))
    new, after = seen(pool.ask(job("look")))
    assert new != pid
    assert after == before
    assert _gone(pid)


@linux
@pytest.mark.parametrize("how", HARMLESS + FAILING)
def test_a_job_that_leaves_no_trace_keeps_its_worker(pool: Pool, how: str) -> None:
    pid, before = seen(pool.ask(job("look")))
    if how in FAILING:
        with pytest.raises(StepFailed):
            pool.ask(job(how))
    else:
        pool.ask(job(how))
    assert seen(pool.ask(job("look"))) == (pid, before)


@linux
def test_a_fork_that_comes_back_does_not_answer_twice(pool: Pool) -> None:
    for _ in range(3):
        pool.ask(job("fork and return"))
        assert pool.ask(job("bytes 3")).results["0"] == bytes(3)


@linux
def test_what_a_job_started_dies_with_it(pool: Pool) -> None:
    pid, _ = seen(pool.ask(job("look")))
    began = monotonic()
    with pytest.raises(StepCrashed, match="SIGABRT"):
        pool.ask(job("fork and abort"))
    assert monotonic() - began < 5, "the child that still held the pipes was waited for"
    assert _gone(pid)


def test_a_worker_makes_room_for_a_new_one_after_many_jobs() -> None:
    with Pool(1) as pool:
        pids = [int(pool.ask(job("plain")).results["0"]) for _ in range(limits.WORKER_JOBS + 1)]
    assert len(set(pids)) == 2
    assert len(set(pids[: limits.WORKER_JOBS])) == 1


@linux
def test_the_most_memory_of_a_worker_is_known() -> None:
    with Pool(1) as pool:
        pool.ask(job("plain"))
        small = pool.peak
        pool.ask(job("bytes 200000000"))
        assert 0 < small < 100e6 < 200e6 < pool.peak < 1.2e9


@linux
def test_a_worker_that_keeps_much_memory_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    from tympan.worker import traces

    assert not traces.has_grown()
    monkeypatch.setattr(limits, "WORKER_KEEP_BYTES", 1024)
    assert traces.has_grown()


@linux
def test_a_new_worker_after_a_crash_is_quick() -> None:
    with Pool(1) as pool:
        pool.ask(job("plain"))
        time.sleep(1.2)  # the libraries are loaded in an idle moment
        spent = []
        for _ in range(5):
            os.kill(pool.pids()[0], signal.SIGKILL)
            with pytest.raises(StepCrashed, match="SIGKILL"):
                pool.ask(job("plain"))
            began = monotonic()
            pool.ask(job("plain"))
            spent.append(monotonic() - began)
    assert min(spent) < 0.05, spent


@linux
def test_when_the_zygote_dies_workers_go_on_and_new_ones_are_spawned() -> None:
    with Pool(1) as pool:
        pid, _ = seen(pool.ask(job("look")))
        os.kill(_parent(pid), signal.SIGKILL)
        assert seen(pool.ask(job("look")))[0] == pid
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(StepCrashed):
            pool.ask(job("plain"))
        new, _ = seen(pool.ask(job("look")))
        assert _parent(new) == os.getpid()


BUILD = f"""
import sys, threading
sys.path[:0] = {[str(ODD.parent)]!r}
from tests.worker.test_isolation import job
from tympan.worker.pool import Pool
pool = Pool(3)
for how in sys.argv[1:]:
    threading.Thread(target=lambda how=how: pool.ask(job(how)), daemon=True).start()
import time
time.sleep(1)
print(*pool.pids(), flush=True)
time.sleep(60)
"""


@linux
@pytest.mark.parametrize("how", ["", "spawn"])
def test_kill_9_of_the_build_leaves_no_process_behind(how: str) -> None:
    root = Path(__file__).parent.parent.parent
    # Without a zygote nobody is left to end what a job itself has started.
    deeds = ["hang", "spin", "spin" if how else "child and hang"]
    main = subprocess.Popen(
        [sys.executable, "-c", BUILD, *deeds], cwd=root, env={**os.environ, "TYMPAN_WORKER": how},
        stdout=subprocess.PIPE,
    )  # fmt: skip
    assert main.stdout
    pids = [int(word) for word in main.stdout.readline().split()]
    zygote = {_parent(pid) for pid in pids if _alive(pid)} - {main.pid}
    assert len(pids) == 3
    assert bool(zygote) == (how == "")
    main.kill()
    main.communicate()
    assert [pid for pid in (*pids, *zygote) if not _gone(pid)] == []


def _gone(pid: int, seconds: float = 3) -> bool:
    """Whether a process and its group end soon: a kill takes a moment."""
    until = monotonic() + seconds
    while _alive(pid) or _group(pid):
        if monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def _alive(pid: int) -> bool:
    try:
        return _stat(pid)[0] != "Z"
    except OSError:
        return False


def _stat(pid: int) -> list[str]:
    """proc(5): state, parent, group, ... of a process."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _parent(pid: int) -> int:
    return int(_stat(pid)[1])


def _group(group: int) -> list[int]:
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            state, _, of, *_ = _stat(int(each.name))
        except OSError:
            continue
        if int(of) == group and state != "Z":
            found.append(int(each.name))
    return found
