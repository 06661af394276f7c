"""Measure the coverage of src by the tests and fail below the floor.

Workers are processes of their own, so each Python started below measures itself too.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

FLOOR = 90
# What has run once already and takes minutes: it kills processes, whose coverage would be lost anyway.
SLOW = ("faults", "nasty", "props")
ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Run the tests under coverage; coverage's exit code."""
    hook = Path(sysconfig.get_paths()["purelib"]) / "tympan_coverage.pth"
    hook.write_text("import coverage; coverage.process_startup()\n")
    environment = {**os.environ, "COVERAGE_PROCESS_START": str(ROOT / "pyproject.toml")}
    environment["COVERAGE_FILE"] = str(ROOT / ".coverage")
    coverage = [sys.executable, "-m", "coverage"]
    try:
        for command in (
            [*coverage, "erase"],
            [*coverage, "run", "-m", "pytest", "-q", "-x", *(f"--ignore=tests/{each}" for each in SLOW)],
            [*coverage, "combine", "-q"],
        ):
            if code := subprocess.run(command, cwd=ROOT, env=environment).returncode:
                return code
    finally:
        hook.unlink()
    return subprocess.run(
        [*coverage, "report", "--include=src/*", f"--fail-under={FLOOR}", "--skip-covered"], cwd=ROOT
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
