"""The pace of a service, shared by processes: never more at once, never more in a window, no place left behind.

Reads and writes pytest's folders; starts processes.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tympan.web import Pace
from tympan.web import pace as room

# Takes a place as often as it is told and says when it had it; or makes calls and says when they went.
WORKER = r"""
import sys, time
from tympan.web import Pace
how, concurrent, per_minute, times, threads = sys.argv[1], *map(int, sys.argv[2:6])
pace = Pace("studio", concurrent, per_minute)
print("here", flush=True)
sys.stdin.readline()
def work():
    for _ in range(times):
        if how == "place":
            with pace.place():
                begin = time.monotonic()
                time.sleep(0.03)
                sys.stdout.write(f"{begin} {time.monotonic()}\n")
        else:
            pace.wait()
            sys.stdout.write(f"{time.monotonic()}\n")
import threading
all = [threading.Thread(target=work) for _ in range(threads)]
[each.start() for each in all]
[each.join() for each in all]
"""


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TYMPAN_HOME", str(tmp_path))


def worker(how: str, concurrent: int, per_minute: int, times: int, threads: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WORKER, how, *map(str, (concurrent, per_minute, times, threads))]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "here\n"
    return process


def together(how: str, concurrent: int, per_minute: int, times: int, threads: int = 3) -> list[list[float]]:
    """What two processes of some threads each said, all at once."""
    processes = [worker(how, concurrent, per_minute, times, threads) for _ in range(2)]
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    outs = [process.communicate(timeout=60)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    return [[float(each) for each in line.split()] for out in outs for line in out.splitlines()]


@pytest.mark.parametrize("concurrent", [1, 2])
def test_two_processes_share_the_places(concurrent: int) -> None:
    held = together("place", concurrent, 60_000, times=6)
    assert len(held) == 36
    events = sorted([(begin, 1) for begin, _ in held] + [(end, -1) for _, end in held])
    now = most = 0
    for _, change in events:
        now += change
        most = max(most, now)
    assert most == concurrent


def test_two_processes_share_the_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    # 600 a minute: a burst of 60, then one each 0.11 s. Never more than 600 in any 60 s.
    per_minute = 600
    went = sorted(each[0] for each in together("wait", 4, per_minute, times=13, threads=3))
    assert len(went) == 78
    gap, burst = 60 / (0.98 * per_minute - per_minute // 10), per_minute // 10
    # In any window of any length the burst and the steady flow, and no more.
    for n, first in enumerate(went):
        for count, last in enumerate(went[n:], 1):
            assert count <= burst + (last - first + 0.05) / gap + 1, (n, count, last - first)
    assert burst + 60 / gap <= per_minute
    assert went[-1] - went[0] >= (len(went) - burst) * gap * 0.9


def test_a_minute_of_calls_stays_within_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    # As fast as it lets them, on a clock of its own: three minutes of calls in no time.
    now = [1_000_000.0]
    monkeypatch.setattr(room, "wall", lambda: now[0])
    monkeypatch.setattr(room, "pause", lambda seconds: now.__setitem__(0, now[0] + seconds))
    for per_minute in (1, 5, 10, 60):
        pace, went = Pace(f"studio-{per_minute}", 1, per_minute), []
        now[0] += 1000
        end = now[0] + 180
        while now[0] < end:
            pace.wait()
            went.append(now[0])
            now[0] += 1e-4
        most = max(sum(first <= each < first + 60 for each in went) for first in went)
        assert most <= per_minute, (per_minute, most)
        assert len(went) >= 0.8 * 3 * per_minute - 1, "nor is it much slower than it may be"


@pytest.mark.parametrize("per_minute", [1, 3, 10])
def test_many_processes_at_a_slow_pace_do_not_exceed_it_together(
    monkeypatch: pytest.MonkeyPatch, per_minute: int
) -> None:
    """On a clock 600 times as fast. Each has a `Pace` of its own, whose locks keep out the others'."""
    fast, began, real = 600.0, time.monotonic(), time.sleep
    monkeypatch.setattr(room, "wall", lambda: 1e9 + (time.monotonic() - began) * fast)
    monkeypatch.setattr(room, "pause", lambda seconds: real(seconds / fast))
    went: list[float] = []

    def calls(pace: Pace) -> None:
        for _ in range(2):
            pace.wait()
            went.append(room.wall())

    paces = [Pace("studio", 1, per_minute) for _ in range(7)]
    threads = [threading.Thread(target=calls, args=(pace,)) for pace in paces]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(went) == 14
    # They note the time a little after they went: a tenth of a gap is lent.
    window = 60.0 - 6.0 / per_minute
    most = max(sum(first <= each < first + window for each in went) for first in went)
    assert most <= per_minute


def test_a_killed_process_leaves_no_place_taken() -> None:
    process = worker("place", 1, 60_000, times=10_000, threads=1)
    assert process.stdin
    assert process.stdout
    process.stdin.write("go\n")
    process.stdin.flush()
    time.sleep(0.3)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    began = time.monotonic()
    with Pace("studio", 1, 60_000).place():
        assert time.monotonic() - began < 2


def test_a_place_is_given_back_also_after_an_error() -> None:
    pace = Pace("studio", 1, 60_000)
    for _ in range(3):
        with pytest.raises(ValueError), pace.place():
            raise ValueError
    with pace.place():
        pass


@pytest.mark.parametrize("back", [30.0, 3600.0, 10 * 365 * 86400.0])
def test_a_clock_that_is_set_back_stops_no_calls(monkeypatch: pytest.MonkeyPatch, back: float) -> None:
    now, waited = [2_000_000_000.0], [0.0]

    def pause(seconds: float) -> None:
        waited[0] += seconds
        now[0] += seconds

    monkeypatch.setattr(room, "wall", lambda: now[0])
    monkeypatch.setattr(room, "pause", pause)
    pace = Pace("studio", 1, 60)
    for _ in range(20):
        pace.wait()
    now[0] -= back
    waited[0] = 0.0
    for _ in range(10):
        pace.wait()
    assert waited[0] < 60 + 15


@pytest.mark.parametrize("text", [b"", b"nonsense", b"nan", b"inf", b"-inf", b"1e400", b"\xff"])
def test_a_damaged_file_stops_no_calls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: bytes) -> None:
    pace = Pace("studio", 1, 6000)
    pace.wait()
    (tmp_path / "pace/studio/due").write_bytes(text)
    waited: list[float] = []
    monkeypatch.setattr(room, "pause", waited.append)
    for _ in range(5):
        pace.wait()
    assert not waited
    assert float((tmp_path / "pace/studio/due").read_bytes()) < time.time() + 10


def test_two_processes_worth_of_paces_share_their_places() -> None:
    paces = [Pace("service", 3, 6000) for _ in range(2)]
    guard, now, most, done = threading.Lock(), [0], [0], [0]

    def job(pace: Pace) -> None:
        with pace.place():
            with guard:
                now[0] += 1
                most[0] = max(most[0], now[0])
            time.sleep(0.005)
            with guard:
                now[0] -= 1
                done[0] += 1

    threads = [threading.Thread(target=job, args=(paces[n % 2],)) for n in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (most[0], done[0]) == (3, 24)


def test_calls_of_many_threads_stay_below_the_limit() -> None:
    """1200 a minute: 120 at once, then one each 57 ms."""
    pace = Pace("service", 10, 1200)
    times: list[float] = []

    def calls() -> None:
        for _ in range(13):
            pace.wait()
            times.append(time.monotonic())

    threads = [threading.Thread(target=calls) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    times.sort()
    assert len(times) == 130
    assert times[-1] - times[0] >= 9 * 60 / (1200 * 0.98 - 120)
