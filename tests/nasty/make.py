"""Makes the nasty corpus: every file that tympan must take or refuse without harm.

Usage: python -m tests.nasty.make FOLDER    writes the files (some 40 MB)
       python -m tests.nasty.make           prints the table of README.md
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.nasty import drawings, rasters
from tests.nasty.case import Case

CASES: dict[str, Case] = {case.name: case for room in (rasters, drawings) for case in room.cases()}


def table() -> str:
    """One line a case: name, what it is, what is expected."""
    lines = ["| file | what it is | expected |", "|---|---|---|"]
    for case in CASES.values():
        parts = [f"refused: *{case.intake}*"] if case.intake else ["taken"]
        parts += [f"{name}: *{words}*" for name, words in case.then.items()]
        lines.append(f"| {case.name} | {case.says} | {'; '.join(parts)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the corpus, or print the table."""
    if len(sys.argv) < 2:
        sys.stdout.write(table())
        return
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for case in CASES.values():
        (folder / case.name).write_bytes(case.make())


if __name__ == "__main__":
    main()
