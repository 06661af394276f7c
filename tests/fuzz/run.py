"""Runs the fuzz targets with atheris: python tests/fuzz/run.py --seconds 60 [--only svg] [--corpus FOLDER]

Each target in a process of its own, one after another. A finding is left in the corpus folder as crash-*, and
the exit code is 1; keep it as a case of tests/nasty/findings.py. atheris is not in the test group: install it.
"""

from __future__ import annotations

import argparse
import importlib
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TARGETS = ("spec", "raster", "svg", "memory", "paths", "chunks")
MEMORY_MB = 3000
SLOWEST_SECONDS = 20
# libFuzzer's own exit codes count any of these as a finding.
FINDINGS = ("crash-", "oom-", "timeout-")


def fuzz(name: str, seconds: int, folder: Path) -> None:
    """One target, in this process, until the time is over or something is found."""
    import atheris

    with atheris.instrument_imports(include=["tympan", "PIL"]):
        importlib.import_module("tympan.intake.raster")
        target = importlib.import_module(f"tests.fuzz.{name}")
    seeds = folder / "seeds"
    seeds.mkdir(parents=True, exist_ok=True)
    for n, seed in enumerate(target.SEEDS):
        (seeds / f"{n:04}").write_bytes(seed)
    words = folder / "words"
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in target.DICTIONARY))
    (folder / "grown").mkdir(exist_ok=True)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    atheris.Setup(
        [sys.argv[0], f"-max_total_time={seconds}", f"-dict={words}", f"-artifact_prefix={folder}/",
         f"-rss_limit_mb={MEMORY_MB}", f"-timeout={SLOWEST_SECONDS}", "-max_len=20000", "-print_final_stats=1",
         str(folder / "grown"), str(seeds)],
        target.one,
    )  # fmt: skip
    atheris.Fuzz()


def _escaped(word: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word.encode())


def main() -> int:
    """Run what was asked for; 1 if anything was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--only", choices=TARGETS)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    folder = given.corpus or Path(tempfile.mkdtemp(prefix="tympan-corpus-"))
    if given.inside:
        fuzz(given.only, given.seconds, folder)
        return 0
    found = 0
    for name in (given.only,) if given.only else TARGETS:
        home = folder / name
        home.mkdir(parents=True, exist_ok=True)
        known = set(home.iterdir())
        command = [sys.executable, __file__, "--inside", "--only", name, "--corpus", str(home)]
        began = time.monotonic()
        path = os.pathsep.join([str(ROOT), str(ROOT / "src"), str(ROOT / "plugins")])
        ran = subprocess.run(
            [*command, "--seconds", str(given.seconds)], cwd=ROOT, env={**os.environ, "PYTHONPATH": path},
            capture_output=True, text=True,
        )  # fmt: skip
        new = [each.name for each in set(home.iterdir()) - known if each.name.startswith(FINDINGS)]
        runs = [line.split()[-1] for line in ran.stderr.splitlines() if "number_of_executed_units" in line]
        sys.stdout.write(
            f"{name}: {(*runs, '?')[0]} runs in {time.monotonic() - began:.0f} s, found {new or 'nothing'}\n"
        )
        if new or ran.returncode:
            found = 1
            sys.stdout.write(ran.stdout[-500:] + ran.stderr[-3000:] + "\n")
    return found


if __name__ == "__main__":
    sys.exit(main())
