"""What switching to another branch and back costs: outputs restored from the store, against `cp -r` of them.

The sample library of this repository, and one of many generated assets, each in git. Timed is the build after
`git switch` back from a branch where every output has other bytes ("replaced": a credit in all files, another
colour), from one without specs, where the build removed every output ("removed"), and after the folder of
outputs was lost ("gone"): each restores every output, and nothing may be computed. Beside it `cp -r` of the
same outputs into a new folder, and over the same files. All take turns, so that a busy machine is busy for
each; stated is the least of the rounds, wall clock and CPU, plain and less what starting a bare Python takes
(nothing is subtracted from cp). Ours verifies every byte by its digest, and each file appears whole; cp does
neither. Nothing is deleted between rounds: it takes thirty times the outputs' size.

TMPDIR says on which file system. An ext4 without a journal takes a minute to hand out again the inode of a
file that was deleted, and each switch deletes what it replaces: there the figures measure this more than us.
Usage: python bench/restore.py [ASSETS]
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROUNDS = 15
HERE = Path(__file__).resolve().parent.parent
VERB = str(Path(sys.executable).parent / "tympan")
GIT = ["git", "-c", "user.name=bench", "-c", "user.email=bench@localhost", "-c", "commit.gpgsign=false"]
DOT = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
SIZES = (2_000, 8_000, 40_000)
# Outputs of a size, other bytes for each asset and colour, made in no time.
PLUGIN = """
import hashlib
from tympan import File, Format, Params, hookimpl

class BlobParams(Params, frozen=True):
    ink: str
    name: str
    size: int

class Blob(Format[BlobParams]):
    NAME = "blob"
    SUFFIX = "bin"
    Params = BlobParams
    def write(self, picture, params, ctx):
        return [File(hashlib.shake_128(f"{params.ink} {params.name}".encode()).digest(params.size))]

@hookimpl
def tympan_formats():
    return [Blob]
"""


class Spent(NamedTuple):
    """Seconds: wall clock, and CPU of the process and its children."""

    wall: float
    cpu: float


class Row(NamedTuple):
    """What is timed, what is done ahead of it, and what it has to say."""

    command: list[str]
    before: Callable[[], object] = lambda: None
    says: str = ""


def spent(row: Row, folder: Path) -> Spent:
    """What a command takes once."""
    row.before()
    time.sleep(0.1)  # the list of signatures trusts nothing that changed within the last tick
    then, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    ran = subprocess.run(row.command, cwd=folder, capture_output=True, text=True)
    wall, now = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if ran.returncode or row.says not in ran.stdout or "computed" in ran.stdout:
        raise SystemExit(f"{' '.join(row.command)}: {ran.stdout}{ran.stderr[-2000:]}")
    return Spent(wall, now.ru_utime + now.ru_stime - then.ru_utime - then.ru_stime)


def least(rows: dict[str, Row], folder: Path) -> dict[str, Spent]:
    """The least that each takes, wall clock and CPU apart; they take turns."""
    rounds = [{name: spent(row, folder) for name, row in rows.items()} for _ in range(ROUNDS)]
    return {name: Spent(*map(min, zip(*(each[name] for each in rounds), strict=True))) for name in rows}


def git(folder: Path, *words: str) -> None:
    """A command of git's."""
    subprocess.run([*GIT, *words], cwd=folder, capture_output=True, check=True)


def build(folder: Path) -> str:
    """Build; the summary."""
    return subprocess.run([VERB, "build"], cwd=folder, capture_output=True, text=True, check=True).stdout


def sample(folder: Path) -> tuple[Path, str]:
    """This repository's own library; a file, and the text it has in the branch where all outputs differ."""
    for name in ("specs", "tokens", "assets", "plugins"):
        ignore = shutil.ignore_patterns("out", "tympan_plugins", "__pycache__")
        shutil.copytree(HERE / name, folder / name, ignore=ignore)
    table = (HERE / "pyproject.toml").read_text().partition("[tool.tympan]")[2].partition("\n[")[0]
    (folder / "tympan.toml").write_text(table)
    defaults = folder / "specs" / "_defaults.toml"
    return defaults, f'{defaults.read_text()}\n[marks]\ncredit = "another hand"\n'


def generated(folder: Path, assets: int) -> tuple[Path, str]:
    """Assets with one drawing, and an output of each size; the colour is a token. As `sample`."""
    tokens = folder / "tokens.json"
    (folder / "tympan.toml").write_text('tokens = ["tokens.json"]\noutput = "{asset}-{target}.{suffix}"\n')
    tokens.write_text('{"ink": {"$type": "color", "$value": "#102030"}}')
    for n in range(assets):
        path = folder / "specs" / f"d{n // 100:03}" / f"a{n:05}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'subject = "number {n}"\n')
    (folder / "plugins").mkdir()
    (folder / "plugins" / "blob.py").write_text(PLUGIN)
    rest = 'ink = "{token.ink}"\nname = "{asset}"\n'
    targets = "".join(f'[target.b{size}]\nformat = "blob"\nsize = {size}\n{rest}' for size in SIZES)
    source = '[source]\ngenerator = "file"\noptions.path = "refs/dot.svg"\n'
    (folder / "specs" / "_defaults.toml").write_text(f"{source}{targets}")
    (folder / "assets" / "refs").mkdir(parents=True)
    (folder / "assets" / "refs" / "dot.svg").write_text(DOT)
    return tokens, tokens.read_text().replace("#102030", "#302010")


def branches(folder: Path, change: tuple[Path, str]) -> dict[str, bytes]:
    """A repository with the branches, each built once, and on the first again; what that has as outputs."""
    path, text = change
    (folder / ".gitignore").write_text(".tympan/\nassets/out/\n")
    git(folder, "init", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "main")
    print(f"\n{folder.name}: {build(folder).strip()}")
    first = outputs(folder)
    git(folder, "switch", "-c", "replaced")
    path.write_text(text)
    git(folder, "commit", "-a", "-m", "replaced")
    build(folder)
    assert all(data != first[name] for name, data in outputs(folder).items())
    git(folder, "switch", "-c", "removed", "main")
    git(folder, "rm", "-r", "specs")
    git(folder, "commit", "-m", "removed")
    build(folder)
    assert not outputs(folder)
    git(folder, "switch", "main")
    assert "computed" not in build(folder)
    assert outputs(folder) == first, "other bytes came back"
    return first


def measure(folder: Path, change: tuple[Path, str]) -> None:
    """One library: there and back, and the ratios."""
    first, out = branches(folder, change), folder / "assets" / "out"

    def away(branch: str) -> None:
        git(folder, "switch", branch)
        time.sleep(0.1)
        build(folder)
        git(folder, "switch", "main")

    over = folder.parent / f"over-{folder.name}"
    subprocess.run(["cp", "-r", str(out), str(over)], check=True)
    verb, says = [VERB, "build"], f": {len(first)} restored"
    ours = {
        "replaced": Row(verb, lambda: away("replaced"), says),
        "removed": Row(verb, lambda: away("removed"), says),
        "gone": Row(verb, lambda: out.rename(f"{out}-{time.monotonic_ns()}"), says),
    }
    others = {
        "no-op": Row(verb, says="nothing to do"),
        "python -c pass": Row([sys.executable, "-c", "pass"]),
        "cp -r, new folder": Row(["sh", "-c", f"exec cp -r assets/out ../copy-{folder.name}-$$"]),
        "cp -r, over the same": Row(["cp", "-r", "assets/out/.", str(over)]),
    }
    took = least(ours | others, folder)
    assert outputs(folder) == first, "other bytes came back"
    print(f"  {len(first)} outputs, {sum(map(len, first.values())) / 1e6:.1f} MB, all restored")
    for name, each in took.items():
        print(f"  {name:<24} {each.wall * 1000:8.1f} ms wall  {each.cpu * 1000:8.1f} ms CPU")
    compare(took, list(ours))


def compare(took: dict[str, Spent], ours: list[str]) -> None:
    """Our speed as parts of cp's."""
    starts = {"plain": Spent(0, 0), "less starting Python": took["python -c pass"]}
    for row in ours:
        for copy in ("cp -r, new folder", "cp -r, over the same"):
            for name, start in starts.items():
                walls, cpus = speed(took[copy], took[row], start)
                print(f"  {row}: of the speed of {copy}, {name:<20} {walls:6.0%} wall  {cpus:6.0%} CPU")


def speed(copy: Spent, ours: Spent, start: Spent) -> tuple[float, float]:
    """How fast we are, wall clock and CPU, where 1 is as fast as the copy."""
    walls, cpus = (max(mine - less, 1e-9) for mine, less in zip(ours, start, strict=True))
    return copy.wall / walls, copy.cpu / cpus


def outputs(folder: Path) -> dict[str, bytes]:
    """Every output's bytes."""
    out = folder / "assets" / "out"
    return {str(p.relative_to(out)): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}


def main() -> None:
    """Measure the sample library, and a generated one."""
    os.environ["TYMPAN_TRUST"] = "1"
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    assets = int(sys.argv[1]) if sys.argv[1:] else 2_000
    with tempfile.TemporaryDirectory() as name:
        kind = subprocess.run(["stat", "-f", "-c", "%T", name], capture_output=True, text=True, check=True)
        print(f"on {kind.stdout.strip()}")
        for library in ("sample", f"{assets}-assets")[: 1 if assets == 0 else 2]:
            folder = Path(name) / library
            folder.mkdir()
            measure(folder, sample(folder) if library == "sample" else generated(folder, assets))


if __name__ == "__main__":
    main()
