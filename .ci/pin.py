"""Pin every dependency: constraints.txt with hashes, and the same versions for `uv run`.

Run `python .ci/pin.py` to take newer versions; a test fails while the two disagree.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMAND = (
    "uv pip compile pyproject.toml --group test --group lint --universal --generate-hashes --upgrade"
    " --no-emit-index-url --no-annotate -q -o constraints.txt"
)


def pins(text: str) -> list[str]:
    """The requirements of a constraints file, without their hashes."""
    return [match.strip() for match in re.findall(r"^([A-Za-z0-9][^\\\n]*==[^\\\n]*?)\s*\\?$", text, re.M)]


def main() -> None:
    """Compile, and copy the versions into [tool.uv]."""
    subprocess.run([*COMMAND.split(), "--custom-compile-command", "python .ci/pin.py"], cwd=ROOT, check=True)
    listed = "".join(f'    "{pin}",\n' for pin in pins((ROOT / "constraints.txt").read_text()))
    project = ROOT / "pyproject.toml"
    text = re.sub(
        r"constraint-dependencies = \[.*?\n\]",
        lambda _: f"constraint-dependencies = [\n{listed}]",
        project.read_text(),
        flags=re.S,
    )
    project.write_text(text)


if __name__ == "__main__":
    main()
