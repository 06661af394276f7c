"""What the numbered cases share: small disks, readings of what a run did, a generator that keeps a bill.

Reads and writes the folders it is given; mounts file systems there, and takes them away again.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.faults.disk import FaultyDisk
from tests.faults.press import PLOT, Press, Ran

TYMPAN = Path(sys.executable).with_name("tympan")
PATIENCE = 20


class SignalDisk(FaultyDisk):
    """Sends its own process a real signal before operation `at`, and another one `later` operations after."""

    def __init__(self, at: int, number: int, later: int = 0) -> None:
        super().__init__()
        self._sent, self._number, self._when = 0, number, {at, at + later}

    def _note(self, text: str) -> bool:
        super()._note(text)
        self._sent += 1
        if self._sent in self._when:
            os.kill(os.getpid(), self._number)
        return False


class Unreadable(FaultyDisk):
    """Files whose path holds a word cannot be read: a bad sector."""

    def __init__(self, word: str) -> None:
        super().__init__()
        self._word = word

    def read(self, path: str) -> bytes:
        if self._word in path:
            raise OSError(5, os.strerror(5), path)
        return super().read(path)


@contextmanager
def mounted(folder: Path, *, size: str = "1m") -> Iterator[Path]:
    """A file system of its own at `folder`; the test is skipped if nobody may mount one."""
    import pytest

    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tympan-test", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True)
    except FileNotFoundError:
        done = None
    if done is None or done.returncode:
        pytest.skip("only root can mount; tests/faults/test_kill_loop.py refuses the same through the seam")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def remount(folder: Path, options: str) -> None:
    """Other options for a mounted file system, such as `ro` or `size=8m`."""
    subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True)


def billed(press: Press) -> Path:
    """Let the generator of a project write a line for each request; the file with these lines."""
    bill = press.root.with_name(f"{press.root.name}-bill")
    bill.touch()
    told = f'        open({str(bill)!r}, "a").write("one\\n")\n        return Ticket("now")'
    press.write("plugins/plot.py", PLOT.replace('        return Ticket("now")', told))
    return bill


def gated(press: Press, path: str) -> tuple[Path, Path]:
    """Let the request for a drawing write its process id to the first file, and wait for the second."""
    began, go = (press.root.with_name(f"{press.root.name}-{word}") for word in ("began", "go"))
    wait = f"""        import os, time
        if request.options.get("path") == {path!r} and not os.path.exists({str(go)!r}):
            with open({str(began)!r} + "~", "w") as file:
                file.write(str(os.getpid()))
            os.rename({str(began)!r} + "~", {str(began)!r})
            while not os.path.exists({str(go)!r}):
                time.sleep(0.01)
        return Ticket("now")"""
    press.write("plugins/plot.py", PLOT.replace('        return Ticket("now")', wait))
    return began, go


def calls(bill: Path) -> int:
    """Requests so far."""
    return len(bill.read_text().splitlines())


def did(ran: Ran) -> dict[str, list[str]]:
    """What each node did, by word, of a `build --json`."""
    found: dict[str, list[str]] = {}
    for line in ran.out.splitlines():
        event = json.loads(line)
        if event["did"] != "summary":
            found.setdefault(event["did"], []).append(event["node"] or event["outputs"][0])
    return found


@contextmanager
def started(press: Press, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The installed command in a process of its own."""
    command = [str(TYMPAN), "-C", str(press.root), *arguments]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def wait_for(path: Path) -> str:
    """The text of a file that another process is about to write."""
    until = time.monotonic() + PATIENCE
    while not path.exists():
        assert time.monotonic() < until, f"{path.name} never came"
        time.sleep(0.005)
    return path.read_text()


def ended(process: subprocess.Popen[str]) -> Ran:
    """The process at its end."""
    out, err = process.communicate(timeout=PATIENCE)
    return Ran(process.returncode, out, err, ())


def blobs(press: Press) -> list[Path]:
    """The large objects of a project's store."""
    return sorted(path for path in (press.root / ".tympan/store/cas").rglob("*") if path.is_file())


def fragments(folder: Path) -> list[Path]:
    """Temporary files that a write left behind."""
    return sorted(folder.rglob("*.tmp"))


def assert_clean(press: Press, expected: dict[str, bytes]) -> None:
    """The next build ends well with these outputs, and the one after it has nothing to do."""
    again = press.build()
    assert (again.code, "Traceback" in again.err) == (0, False), again.err
    assert press.outputs() == expected
    assert press.build().out.startswith("nothing to do")
