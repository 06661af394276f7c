"""The studio's fake in a process of its own, behind a wire that kills its client at byte N, or looks at it there.

Run as a program it serves until its input ends: one JSON command a line in, one JSON answer a line out. A
child that is forked from a test must not be forked from a process with a server's threads in it.
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.services.fake import Reply

ROOT = Path(__file__).resolve().parents[2]


# Seconds in which the fake begins its answer once it has all of a call.
_ANSWERS = 0.002


class Watch:
    """Freezes a process for a look: what a kill at this moment would leave, and what the service has then.

    Each state that is not like one before is copied: its project, and the service's jobs and bill beside it.
    """

    def __init__(self, pid: int, root: Path, into: Path, state: Callable[[], Any]) -> None:
        self._pid, self._root, self._into, self._state = pid, root, into, state
        self._seen: set[Any] = set()
        self.looks = 0

    def look(self) -> None:
        self.looks += 1
        os.kill(self._pid, signal.SIGSTOP)
        try:
            while not self._is_frozen():
                time.sleep(0)
            service = json.dumps(self._state())
            state = (service, self._files())
            if state not in self._seen:
                self._seen.add(state)
                there = self._into / f"{self.looks:06}"
                shutil.copytree(self._root, there / "project")
                (there / "service.json").write_text(service)
        finally:
            os.kill(self._pid, signal.SIGCONT)

    def _is_frozen(self) -> bool:
        # "pid (name) state ...": stopped, or ended.
        return Path(f"/proc/{self._pid}/stat").read_text().rpartition(")")[2].split()[0] in ("T", "Z", "X")

    def _files(self) -> tuple[Any, ...]:
        found = []
        for folder, _, names in os.walk(self._root):
            for name in names:
                stat = os.lstat(os.path.join(folder, name))
                found.append((folder, name, stat.st_size, stat.st_mtime_ns, stat.st_ino))
        return tuple(sorted(found))


class Wire:
    """A listener that hands bytes on to the fake, counts them both ways, and kills at the Nth.

    watch: looks after each single byte.
    """

    def __init__(self, to: int) -> None:
        self._to = to
        self._lock = threading.Lock()
        self.count = 0
        self.at = self.pid = 0
        self.watch: Watch | None = None
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            near, _ = self._server.accept()
            far = socket.create_connection(("127.0.0.1", self._to))
            for one, other in ((near, far), (far, near)):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._pump, args=(one, other), daemon=True).start()

    def _pump(self, one: socket.socket, other: socket.socket) -> None:
        try:
            while data := one.recv(65536):
                if self.watch is not None:
                    self._one_by_one(data, other)
                    continue
                with self._lock:
                    left = self.at - self.count if self.at else len(data) + 1
                    self.count += len(data)
                    if 0 < left <= len(data):
                        other.sendall(data[:left])
                        os.kill(self.pid, signal.SIGKILL)
                        break
                    other.sendall(data)
        except OSError:
            pass
        for each in (one, other):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _one_by_one(self, data: bytes, other: socket.socket) -> None:
        for n in range(len(data)):
            with self._lock:
                other.sendall(data[n : n + 1])
                self.count += 1
                # What completes a call is taken up by the service, whatever becomes of who sent it.
                if other.getpeername()[1] == self._to:
                    select.select([other], [], [], _ANSWERS)
                if self.watch is not None:
                    self.watch.look()


class StudioProcess:
    """The studio in a process; `url` goes through the wire."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.services.process"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.url = str(self._answer()["url"])

    def ask(self, do: str, **more: Any) -> dict[str, Any]:
        """Send a command: "reset", "kill" (at, pid), "trouble" (how, path, times), "well", "state", "watch"
        (pid, root, into) the process of this id until "watched", "restore" (path) what the service had.

        "reset" also forgets the troubles."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"do": do, **more}) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        return dict(json.loads(self._process.stdout.readline()))

    @property
    def bill(self) -> list[str]:
        """What was charged, one entry an accepted job."""
        return [each[0] for each in self.ask("state")["bill"]]

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()


def _endless(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"\x89PNG\r\n\x1a\n" * 4096)


def _dribble(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"\x89")
        time.sleep(0.05)


_TALKS = {"endless": _endless, "dribble": _dribble}


def _reply(how: Any) -> Any:
    """What `Fake.trouble` takes: a table is a Reply; body: base64; talk: what is said instead of it."""
    if not isinstance(how, dict):
        return how
    body = base64.b64decode(how.get("body", ""))
    headers, talk = how.get("headers", {}), _TALKS.get(how.get("talk", ""))
    if how.get("talk") == "without length":
        talk = lambda connection: connection.sendall(body)  # noqa: E731
    return Reply(how.get("status", 200), body, headers, talk)


def main() -> None:
    """Serve until the input ends."""
    from tests.services.studio import StudioFake

    with StudioFake() as fake:
        wire = Wire(fake.port)
        url = f"http://127.0.0.1:{wire.port}"
        fake.url = url
        print(json.dumps({"url": url}), flush=True)
        for line in sys.stdin:
            command = json.loads(line)
            if command["do"] == "reset":
                with fake.lock:
                    fake.jobs.clear(), fake.bill.clear(), fake.seen.clear()
                    fake._troubles.clear()
                wire.count = wire.at = 0
            elif command["do"] == "kill":
                wire.count, wire.pid, wire.at = 0, command["pid"], command["at"]
            elif command["do"] == "watch":
                wire.count = 0
                root, into = Path(command["root"]), Path(command["into"])
                wire.watch = Watch(command["pid"], root, into, lambda: [fake.jobs, fake.bill])
            elif command["do"] == "watched":
                wire.watch = None
            elif command["do"] == "restore":
                with fake.lock:
                    fake.jobs, bill = json.loads(Path(command["path"]).read_text())
                    fake.bill[:] = map(tuple, bill)
            elif command["do"] == "well":
                with fake.lock:
                    fake._troubles.clear()
            elif command["do"] == "trouble":
                fake.trouble(_reply(command["how"]), command.get("path", ""), command.get("times", 1))
            state = {"bill": fake.bill, "bytes": wire.count, "calls": len(fake.seen)}
            print(json.dumps(state), flush=True)


if __name__ == "__main__":
    main()
