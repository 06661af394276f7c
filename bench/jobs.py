"""What a second worker brings: `tympan build -j 2` against `-j 1` with a plugin that only computes.

Wall seconds of whole builds, the least of several runs, -j 1 and -j 2 in turn. The plugin blurs noise with
numpy: no disk, no waiting. What the machine itself gives two processes at that moment is printed beside it: on
shared cores no build can have more. Usage: python bench/jobs.py
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 2
ASSETS = 24
PLUGIN = """
import io

import numpy
import tympan
from PIL import Image
from tympan import Candidate, File, Format, Generator, Params, Ticket

class Noise(Generator):
    NAME = "noise"
    VERSION = "1"
    REPEATABLE = True

    def submit(self, request, ctx):
        return Ticket(request.prompt)

    def collect(self, ticket, request, ctx):
        field = numpy.random.default_rng(len(request.prompt)).random((256, 256))
        for _ in range(800):
            field = (field + numpy.roll(field, 1, 0) + numpy.roll(field, 1, 1)) / 3
        grey = numpy.interp(field, (field.min(), field.max()), (0, 255)).astype("uint8")
        file = io.BytesIO()
        Image.fromarray(grey).save(file, "PNG")
        return (Candidate(data=file.getvalue()),)

@tympan.hookimpl
def tympan_generators():
    return [Noise]
"""
DEFAULTS = """[source]
generator = "noise"
prompt = "{subject}"
[target.png]
sizes = [32]
"""


def project(folder: Path) -> None:
    """A project of ASSETS pictures, each of which costs its share of computing."""
    (folder / "plugins").mkdir(parents=True)
    (folder / "specs" / "noise").mkdir(parents=True)
    (folder / "plugins" / "noise.py").write_text(PLUGIN)
    (folder / "tympan.toml").write_text("")
    (folder / "specs" / "_defaults.toml").write_text(DEFAULTS)
    for n in range(ASSETS):
        (folder / "specs" / "noise" / f"n{n:03}.toml").write_text(f'subject = "{"x" * (n + 1)}"\n')


def wall(folder: Path, jobs: int) -> float:
    """Wall seconds of one clean build."""
    for name in (".tympan", "assets"):
        shutil.rmtree(folder / name, ignore_errors=True)
    verb = str(Path(sys.executable).parent / "tympan")
    began = time.monotonic()
    subprocess.run([verb, "build", "-j", str(jobs)], cwd=folder, check=True, capture_output=True)
    return time.monotonic() - began


def plain(processes: int) -> float:
    """Wall seconds of that many bare processes that blur, at once."""
    code = (
        "import numpy\nfield = numpy.random.default_rng(1).random((256, 256))\n"
        "for _ in range(4000): field = (field + numpy.roll(field, 1, 0) + numpy.roll(field, 1, 1)) / 3"
    )
    began = time.monotonic()
    for each in [subprocess.Popen([sys.executable, "-c", code]) for _ in range(processes)]:
        each.wait()
    return time.monotonic() - began


def main() -> None:
    """Print both times and their ratio."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["TYMPAN_TRUST"] = "1"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "project"
        project(folder)
        one = two = bare = pair = float("inf")
        for _ in range(RUNS):
            one, two = min(one, wall(folder, 1)), min(two, wall(folder, 2))
            bare, pair = min(bare, plain(1)), min(pair, plain(2))
    print(f"two bare processes: {2 * bare / pair:.2f} times as much as one")
    print(f"{ASSETS} assets  -j 1: {one:.2f} s   -j 2: {two:.2f} s   ratio {one / two:.2f} (at least 1.7)")
    sys.exit(one / two < 1.7)


if __name__ == "__main__":
    main()
