"""What a build with nothing to do costs, and one with one edit: tympan against its peers, on one tree.

N assets, each one small spec and 5 small outputs. Peers are asked about the same outputs and inputs: a rule
for each output, that depends on the spec. CPU seconds (user + system) of whole processes, the least of
several runs; the start of a bare interpreter is subtracted from tympan's and stated. Peers that are not on
PATH are left out and named. Usage: python bench/noop.py [ASSETS ...]
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

RUNS = 5
TARGETS = 5
# Above so many assets a peer would keep the machine for minutes.
BEARS = {"doit alone": 10_000, "scons": 2_000, "snakemake": 500, "dvc": 50}
PLUGIN = """
from tympan import Candidate, File, Format, Generator, Params, Ticket, hookimpl

class Dot(Generator):
    NAME = "dot"
    REPEATABLE = True
    def submit(self, request, ctx):
        return Ticket("now")
    def collect(self, ticket, request, ctx):
        svg = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h%dv1z"/></svg>'
        return (Candidate(data=svg % (request.seed % 9)),)

class NoteParams(Params, frozen=True):
    text: str = ""

class Note(Format[NoteParams]):
    NAME = "note"
    SUFFIX = "txt"
    Params = NoteParams
    def write(self, picture, params, ctx):
        return [File(params.text.encode())]

@hookimpl
def tympan_generators():
    return [Dot]

@hookimpl
def tympan_formats():
    return [Note]
"""


def cpu(
    command: list[str], folder: Path, runs: int = RUNS, before: Callable[[], None] | None = None
) -> float:
    """CPU seconds of a command, the least of several runs; `before` is called ahead of each."""
    least = float("inf")
    for _ in range(runs):
        if before:
            before()
        then = resource.getrusage(resource.RUSAGE_CHILDREN)
        ran = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        now = resource.getrusage(resource.RUSAGE_CHILDREN)
        if ran.returncode:
            raise SystemExit(f"{' '.join(command)}: {ran.stderr[-2000:]}")
        least = min(least, now.ru_utime + now.ru_stime - then.ru_utime - then.ru_stime)
    return least


def peak(command: list[str], folder: Path) -> int:
    """Peak memory of a command's own process, in bytes; of its workers none."""
    # Asked inside the process: from outside, the largest of it and its workers is all there is.
    code = (
        "import resource, runpy, sys\n"
        "sys.argv = sys.argv[1:]\n"
        "try:\n    runpy.run_path(sys.argv[0], run_name='__main__')\n"
        "finally:\n    sys.stderr.write(f'\\npeak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}')"
    )
    ran = subprocess.run([sys.executable, "-c", code, *command], cwd=folder, capture_output=True, text=True)
    return int(ran.stderr.rpartition("peak ")[2]) * 1024


def specs(folder: Path, assets: int) -> None:
    """A tympan project, one folder a hundred assets."""
    (folder / "plugins").mkdir(parents=True)
    (folder / "plugins" / "dot.py").write_text(PLUGIN)
    (folder / "tympan.toml").write_text('output = "{asset}-{target}.{suffix}"\n')
    shutil.copy(Path(__file__).resolve().parent.parent / "dodo.py", folder / "dodo.py")
    targets = "".join(
        f'[target.t{n}]\nformat = "note"\ntext = "{{asset}} {n} {{subject}}"\n' for n in range(TARGETS)
    )
    for n in range(assets):
        path = folder / "specs" / f"d{n // 100:03}" / f"a{n:05}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'subject = "number {n}"\n')
    (folder / "specs" / "_defaults.toml").write_text(f'[source]\ngenerator = "dot"\n{targets}')


def pairs(assets: int) -> list[tuple[str, str]]:
    """Output and the spec it depends on, for the peers."""
    return [
        (f"assets/out/d{n // 100:03}/a{n:05}-t{t}.txt", f"specs/d{n // 100:03}/a{n:05}.toml")
        for n in range(assets)
        for t in range(TARGETS)
    ]


def ninja(folder: Path, assets: int) -> list[str]:
    """build.ninja over the same files."""
    rules = "rule copy\n  command = cp $in $out\n  restat = 1\n"
    (folder / "build.ninja").write_text(rules + "".join(f"build {o}: copy {i}\n" for o, i in pairs(assets)))
    return ["ninja"]


def make(folder: Path, assets: int) -> list[str]:
    """A Makefile over the same files."""
    every = pairs(assets)
    text = f"all: {' '.join(o for o, _ in every)}\n" + "".join(f"{o}: {i}\n\tcp $< $@\n" for o, i in every)
    (folder / "Makefile").write_text(text)
    return ["make", "-s"]


def doit_alone(folder: Path, assets: int) -> list[str]:
    """A dodo.py with a task for each output."""
    text = (
        "DOIT_CONFIG = {'backend': 'json', 'dep_file': 'alone.json', 'reporter': 'zero'}\n"
        f"PAIRS = {pairs(assets)!r}\n"
        "def task_all():\n"
        "    for out, spec in PAIRS:\n"
        "        yield {'name': out, 'actions': [f'cp {spec} {out}'], 'file_dep': [spec], 'targets': [out]}\n"
    )
    (folder / "alone.py").write_text(text)
    return ["doit", "-f", "alone.py"]


def scons(folder: Path, assets: int) -> list[str]:
    """An SConstruct over the same files."""
    text = f"env = Environment()\nfor out, spec in {pairs(assets)!r}:\n    env.Command(out, spec, Copy('$TARGET', '$SOURCE'))\n"
    (folder / "SConstruct").write_text(text)
    return ["scons", "-Q", "-s"]


def snakemake(folder: Path, assets: int) -> list[str]:
    """A Snakefile over the same files."""
    text = (
        f"rule all:\n    input: {[o for o, _ in pairs(assets)]!r}\n"
        'rule copy:\n    input: "specs/{part}/{name}.toml"\n'
        '    output: "assets/out/{part}/{name}-t{t}.txt"\n    shell: "cp {input} {output}"\n'
    )
    (folder / "Snakefile").write_text(text)
    return ["snakemake", "-q", "all", "--cores", "2", "--rerun-triggers", "mtime"]


def dvc(folder: Path, assets: int) -> list[str]:
    """A dvc.yaml with a stage for each asset, which makes its outputs."""
    stages = []
    for n in range(assets):
        spec, name = f"specs/d{n // 100:03}/a{n:05}.toml", f"assets/out/d{n // 100:03}/a{n:05}"
        outs = [f"{name}-t{t}.txt" for t in range(TARGETS)]
        each = "".join(f"      - {out}:\n          cache: false\n" for out in outs)
        copy = " && ".join(f"cp {spec} {out}" for out in outs)
        stages.append(f"  a{n:05}:\n    cmd: {copy}\n    deps:\n      - {spec}\n    outs:\n{each}")
    (folder / "dvc.yaml").write_text(f"stages:\n{''.join(stages)}")
    if not (folder / ".dvc").exists():
        subprocess.run(["dvc", "init", "--no-scm", "-q"], cwd=folder, check=True)
    return ["dvc", "repro", "-q"]


PEERS = {
    "ninja": ninja,
    "make": make,
    "doit alone": doit_alone,
    "scons": scons,
    "snakemake": snakemake,
    "dvc": dvc,
}


def peer(name: str, folder: Path, assets: int) -> float | None:
    """CPU seconds of a peer's no-op; None if it is not there or would take too long."""
    if not shutil.which(name.split()[0]) or assets > BEARS.get(name, assets):
        return None
    command = PEERS[name](folder, assets)
    # It takes over what it finds built, or builds it.
    cpu([*command, "reset-dep"] if name == "doit alone" else command, folder, 1)
    return cpu(command, folder, 3 if name in BEARS else RUNS)


def one_edit(verb: list[str], folder: Path) -> Callable[[], None]:
    """A counter that edits one spec before each run."""
    spec, count = sorted(folder.glob("specs/*/*.toml"))[0], [0]

    def edit() -> None:
        count[0] += 1
        spec.write_text(f'subject = "edit {count[0]} by {os.getpid()}"\n')
        subprocess.run(["sleep", "0.1"], check=True)

    return edit


def measure(assets: int, bare: float) -> None:
    """One size: the table, the ratios, the edit, the full build."""
    verb, doit = (str(Path(sys.executable).parent / name) for name in ("tympan", "doit"))
    with tempfile.TemporaryDirectory() as name:
        folder, small = Path(name) / "library", Path(name) / "one"
        specs(folder, assets)
        specs(small, 1)
        specs(Path(name) / "again", assets)
        full = cpu([verb, "build"], folder, 1)
        memory = peak([verb, "build"], Path(name) / "again")
        cpu([verb, "build"], small, 1)
        ours = cpu([verb, "build"], folder) - bare
        edited = cpu([verb, "build"], folder, 3, one_edit([verb], folder)) - bare
        work = cpu([verb, "build"], small, 3, one_edit([verb], small)) - bare
        plain = cpu([doit], folder) - bare
        tasks = assets * (TARGETS + 2)
        rows: dict[str, float | None] = {"tympan build": ours, "doit (ours)": plain}
        rows.update({each: peer(each, folder, assets) for each in PEERS})
        reference = rows["ninja"]
        print(f"\n{assets} assets, {assets * TARGETS} outputs; CPU seconds of a no-op")
        for row, spent in rows.items():
            ratio = f"{spent / reference:6.2f} x ninja" if spent is not None and reference else ""
            print(f"  {row:<14} {'left out' if spent is None else f'{spent:7.3f}'}  {ratio}")
        print(
            f"  one edit       {edited:7.3f}  = {(edited - work) / ours:.2f} x no-op + {work:.3f} for the work itself"
        )
        print(f"  full build     {full:7.3f}  = {full / tasks * 1000:.2f} ms a task ({tasks} tasks)")
        print(f"  peak memory of the main process in a full build {memory / 1e6:.0f} MB")


def main() -> None:
    """Measure every size asked for."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["TYMPAN_TRUST"] = "1"
    bare = cpu([sys.executable, "-c", "pass"], Path.cwd())
    print(f"bare interpreter {bare * 1000:.0f} ms, subtracted from tympan and doit (ours)")
    for size in [int(word) for word in sys.argv[1:]] or [1_000, 10_000]:
        measure(size, bare)


if __name__ == "__main__":
    main()
