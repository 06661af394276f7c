"""What starting costs: `tympan --help` and `tympan status` on 500 specs, against a bare interpreter.

CPU seconds (user + system) of whole processes, the least of several runs. Usage: python bench/start.py
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

RUNS = 7
SPECS = 500
TOKENS = '{"color": {"brand": {"$type": "color", "$value": "#1f4fd8"}}}'
DEFAULTS = """[vars]
style = "flat"
[source]
generator = "sketch"
prompt = "{subject}, {style}"
[prep]
steps = ["trim"]
trim.padding = "8%"
[target.svg]
viewbox = 24
[target.webp]
sizes = [24, 48]
"""


def cpu(command: list[str], folder: Path) -> float:
    """CPU seconds of a command, the least of RUNS."""
    least = float("inf")
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        least = min(least, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return least


def library(folder: Path, count: int) -> None:
    """A project of two-line specs."""
    (folder / "tokens").mkdir()
    (folder / "specs" / "icon").mkdir(parents=True)
    (folder / "tokens" / "brand.tokens.json").write_text(TOKENS)
    (folder / "tympan.toml").write_text('tokens = ["tokens/brand.tokens.json"]\n')
    (folder / "specs" / "_defaults.toml").write_text(DEFAULTS)
    for n in range(count):
        text = f'subject = "a house, number {n}"\nvars.n = {n}\n'
        (folder / "specs" / "icon" / f"house-{n:05}.toml").write_text(text)


def main() -> None:
    """Print the table."""
    verb = str(Path(sys.executable).parent / "tympan")
    # Bytecode is cached on any machine but one that forbids it: measure the second start, not the first.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        library(folder, SPECS)
        bare = cpu([sys.executable, "-c", "pass"], folder)
        rows = {"tympan --help": [verb, "--help"], f"tympan status, {SPECS} specs": [verb, "status"]}
        print(f"{'bare interpreter':<28} {bare * 1000:6.0f} ms   1.0")
        for label, command in rows.items():
            spent = cpu(command, folder)
            print(
                f"{label:<28} {spent * 1000:6.0f} ms {spent / bare:5.1f}   (+{(spent - bare) * 1000:.0f} ms)"
            )


if __name__ == "__main__":
    main()
