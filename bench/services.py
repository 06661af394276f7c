"""What asking costs: 500 jobs of Leonardo's, ten at once, through its fake.

CPU of the client (user and system, of the whole `tympan explore`) for a job, with and without what the same
command needs to read the specs and name the prices; the most jobs at once and the most calls in any 60 seconds
that the fake has seen. Its limit is six times Leonardo's, so that this ends in two minutes.
Usage: python bench/services.py [JOBS]
"""

from __future__ import annotations

import bisect
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.services.fake import Reply, Seen
from tests.services.leonardo import FakeLeonardo

JOBS = int(sys.argv[1]) if len(sys.argv) > 1 else 500
AT_ONCE, PER_MINUTE = 10, 600
MOST_CPU = 0.005
# What three calls of a job cost with nothing around them, on this machine at this moment.
BARE = """
import sys
import httpx2
client = httpx2.Client(trust_env=False)
for _ in range(int(sys.argv[2])):
    client.get(sys.argv[1], headers={"authorization": "Bearer test-key-0123456789abcdef"}).json()
"""
SPEC = """[source]
generator = "leonardo"
model = "kino-xl"
size = [512, 512]
prompt = "a thing of the number {name}"
[target.webp]
sizes = [32]
"""


class Counting(FakeLeonardo):
    """The fake, and when each of its calls came. What is not the API's is not counted."""

    def __init__(self) -> None:
        super().__init__(pending=0)
        self.contract = None
        self.times: list[float] = []

    def answer(self, seen: Seen) -> Reply:
        if seen.path.startswith("/api/"):
            with self.lock:
                self.times.append(time.monotonic())
        return super().answer(seen)

    def most_in_a_minute(self) -> int:
        """The most calls in any 60 seconds."""
        return max(bisect.bisect_left(self.times, at + 60.0) - n for n, at in enumerate(self.times))


def project(folder: Path, url: str) -> None:
    """A project of as many assets as there are jobs."""
    service = f'[service.leonardo]\nurl = "{url}"\nconcurrent = {AT_ONCE}\nper_minute = {PER_MINUTE}\n'
    (folder / "tympan.toml").write_text(service)
    specs = folder / "specs" / "job"
    specs.mkdir(parents=True)
    (folder / "assets").mkdir()
    (specs / "_defaults.toml").write_text(SPEC)
    for n in range(JOBS):
        (specs / f"n{n:03}.toml").write_text("")


def explore(folder: Path, *more: str) -> tuple[float, float, subprocess.CompletedProcess[str]]:
    """CPU and wall seconds of one `tympan explore` of everything."""
    env = {
        **os.environ,
        "TYMPAN_HOME": str(folder / "home"),
        "TYMPAN_TRUST": "1",
        "LEONARDO_API_KEY": "test-key-0123456789abcdef",
    }
    names = [f"job/n{n:03}" for n in range(JOBS)]
    return run(
        [str(Path(sys.executable).with_name("tympan")), "-C", str(folder), "explore", *names, *more], env
    )


def run(command: list[str], env: dict[str, str]) -> tuple[float, float, subprocess.CompletedProcess[str]]:
    """CPU and wall seconds of a command."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, time.monotonic() - start, done


def main() -> int:
    """Ask, count, print; 1 if a limit was exceeded or a job cost too much."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as name, Counting() as fake:
        folder = Path(name)
        project(folder, fake.url)
        reading, _, _ = explore(folder, "--dry-run")
        cpu, wall, done = explore(folder, "--budget", "1000 USD")
        if done.returncode:
            print(done.stdout[-2000:], done.stderr[-2000:])
            return 1
        most, at_once = fake.most_in_a_minute(), fake.most_at_once
        print(f"{len(fake.bill)} jobs of {JOBS}, {len(fake.times)} calls, {wall:.1f} s")
        print(
            f"client CPU: {cpu / JOBS * 1000:.2f} ms a job, {(cpu - reading) / JOBS * 1000:.2f} ms without reading"
        )
        print(f"at once: {at_once} of {AT_ONCE}; in any 60 s: {most} of {PER_MINUTE}")
        bare, _, _ = run(
            [sys.executable, "-c", BARE, f"{fake.url}/api/rest/v1/me", str(3 * JOBS)], dict(os.environ)
        )
        print(f"three bare calls: {bare / JOBS * 1000:.2f} ms")
        good = len(fake.bill) == JOBS and at_once <= AT_ONCE and most <= PER_MINUTE
        return 0 if good and (cpu - reading) / JOBS <= MOST_CPU else 1


if __name__ == "__main__":
    sys.exit(main())
