"""Measure the coverage of src by the tests that run between `begin` and `end`; `end` fails below the floor.

Workers are processes of their own, so each Python started meanwhile measures itself too.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

FLOOR = 90
ROOT = Path(__file__).resolve().parent.parent
# One file for each process: not in the project's folder, which tests look at.
DATA = ROOT / ".coverage.d"
HOOK = Path(sysconfig.get_paths()["purelib"]) / "tympan_coverage.pth"


def begin() -> int:
    """Let each Python of this environment measure itself, where COVERAGE_PROCESS_START is set."""
    shutil.rmtree(DATA, ignore_errors=True)
    DATA.mkdir()
    HOOK.write_text("import coverage; coverage.process_startup()\n")
    return 0


def end() -> int:
    """Report; coverage's exit code."""
    HOOK.unlink()
    coverage = [sys.executable, "-m", "coverage"]
    data = f"--data-file={DATA}/all"
    combine = ["combine", "-q", data, str(DATA)]
    report = ["report", data, "--include=src/*", f"--fail-under={FLOOR}", "--skip-covered"]
    for words in (combine, report):
        if code := subprocess.run([*coverage, *words], cwd=ROOT).returncode:
            return code
    return 0


if __name__ == "__main__":
    sys.exit({"begin": begin, "end": end}[sys.argv[1]]())
