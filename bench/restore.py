"""What switching to another branch and back costs: outputs restored from the store, against `cp -r` of them.

The sample library of this repository, and one of many generated assets. Each is built, then built as another
branch has it (another colour), then as before: nothing may be computed. That last build is timed, wall clock
and CPU, the least of several runs, beside `cp -r` of the same outputs into a new folder; and so is a build
after all outputs were lost. Ours verifies every byte by its digest, and each file appears whole; cp does
neither. Starting Python, and a build with nothing to do, are measured and stated by themselves. TMPDIR says on
which file system. An ext4 without a journal takes minutes to hand out again the inode of a file that was
deleted, and each switch deletes what it replaces: there the wall clock measures this more than us.
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

RUNS = 7
HERE = Path(__file__).resolve().parent.parent
VERB = str(Path(sys.executable).parent / "tympan")
INK = '"ink": { "$value": "{palette.fir}" }'
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


def spent(command: list[str], folder: Path, before: Callable[[], object] = lambda: None) -> Spent:
    """What a command takes, the least of several runs; `before` is called ahead of each."""
    walls, cpus = [], []
    for _ in range(RUNS):
        before()
        time.sleep(0.5)  # the list of signatures trusts nothing that changed within the last tick
        then, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        ran = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        walls.append(time.perf_counter() - began)
        now = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpus.append(now.ru_utime + now.ru_stime - then.ru_utime - then.ru_stime)
        if ran.returncode:
            raise SystemExit(f"{' '.join(command)}: {ran.stderr[-2000:]}")
    return Spent(min(walls), min(cpus))


def build(folder: Path) -> str:
    """Build; the summary."""
    return subprocess.run([VERB, "build"], cwd=folder, capture_output=True, text=True, check=True).stdout


def sample(folder: Path) -> tuple[Path, str, str]:
    """This repository's own library; the file, and the words in it, that another branch has otherwise."""
    for name in ("specs", "tokens", "assets", "plugins"):
        ignore = shutil.ignore_patterns("out", "tympan_plugins", "__pycache__")
        shutil.copytree(HERE / name, folder / name, ignore=ignore)
    table = (HERE / "pyproject.toml").read_text().partition("[tool.tympan]")[2].partition("\n[")[0]
    (folder / "tympan.toml").write_text(table)
    return folder / "tokens" / "brand.tokens.json", '"ink": { "$value": "{palette.ink}" }', INK


def generated(folder: Path, assets: int) -> tuple[Path, str, str]:
    """Assets with one drawing, and an output of each size; the colour is a token."""
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
    return tokens, "#102030", "#302010"


def measure(folder: Path, change: tuple[Path, str, str]) -> None:
    """One library: there and back, and the ratios."""
    tokens, old, new = change
    here = tokens.read_text()
    there = here.replace(old, new)
    assert here != there
    out = folder / "assets" / "out"

    def away() -> None:
        tokens.write_text(there)
        build(folder)
        tokens.write_text(here)

    made = build(folder)
    first = outputs(folder)
    away()
    changed = sum(data != first.get(name) for name, data in outputs(folder).items())
    back = build(folder)
    assert "computed" not in back, back
    assert outputs(folder) == first, "other bytes came back"
    copies = ["sh", "-c", f"cp -r assets/out ../copy-{folder.name}-$$"]
    # As many as a switch replaces are replaced, and the others not touched.
    over = ["sh", "-c", f"cp -r assets/out/. ../over-{folder.name}"]
    subprocess.run(["cp", "-r", str(out), str(folder.parent / f"over-{folder.name}")], check=True)
    rows = {
        "switch back": spent([VERB, "build"], folder, away),
        "outputs gone": spent([VERB, "build"], folder, lambda: out.rename(f"{out}-{time.monotonic_ns()}")),
        "no-op": spent([VERB, "build"], folder),
        "python -c pass": spent([sys.executable, "-c", "pass"], folder),
        "cp -r, new folder": spent(copies, folder),
        "cp -r, over the same": spent(over, folder),
    }
    restored = int(back.partition(" restored")[0].split()[-1])
    size = sum(map(len, first.values()))
    print(f"\n{folder.name}: {made.strip()}; {size / 1e6:.1f} MB; another branch changes {changed}")
    for name, each in rows.items():
        print(f"  {name:<24} {each.wall:7.3f} s wall  {each.cpu:7.3f} s CPU")
    starts = {"plain": Spent(0, 0), "less starting Python": rows["python -c pass"]}
    starts["less a no-op"] = rows["no-op"]
    for row, count in {"switch back": restored, "outputs gone": len(first)}.items():
        for copy in ("cp -r, new folder", "cp -r, over the same"):
            for name, start in starts.items():
                walls, cpus = speed(rows[copy], rows[row], start, count / len(first))
                print(f"  {row}: of the speed of {copy}, {name:<27} {walls:6.0%} wall  {cpus:6.0%} CPU")


def speed(copy: Spent, ours: Spent, start: Spent, share: float) -> tuple[float, float]:
    """How fast we are, wall clock and CPU, where 1 is as fast as copying this share of the outputs."""
    walls, cpus = (max(mine - less, 1e-9) for mine, less in zip(ours, start, strict=True))
    return share * copy.wall / walls, share * copy.cpu / cpus


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
