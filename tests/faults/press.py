"""A small project that builds in a moment, and runs of `tympan` in it that may be hurt.

Reads and writes the project. A run is a forked child of this process, so that it can be killed for real
and yet starts at once.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

from tests.faults.disk import FaultyDisk

# All that a build needs is imported here, once, and not again by each child.
import tympan.cli.build
import tympan.cli.plan
import tympan.cli.session
import tympan.disk
import tympan.start
import tympan.tasks
from tympan.disk import Disk
from tympan.worker.pool import Pool

NIGHTLY = os.environ.get("TYMPAN_NIGHTLY") == "1"

PLOT = '''"""Draws a path; free."""
from tympan import Candidate, Generator, InputPath, Params, Ticket, hookimpl

class PlotParams(Params, frozen=True):
    path: str = "M0 0h9"
    plate: InputPath = ""

class Plot(Generator[PlotParams]):
    NAME = "plot"
    VERSION = "1"
    REPEATABLE = True
    Params = PlotParams
    def submit(self, request, ctx):
        return Ticket("now")
    def collect(self, ticket, request, ctx):
        plate = request.options.get("plate", "")
        d = ctx.input(plate).decode().strip() if plate else request.options.get("path", "M0 0h9")
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="{d}" fill="#111111"/></svg>'
        return tuple(Candidate(data=svg.encode()) for _ in range(request.candidates))

@hookimpl
def tympan_generators():
    return (Plot,)
'''
TINT = '''"""Paints a drawing; what is only a comment in `colour` makes no difference."""
from tympan import Params, PrepStep, hookimpl

class TintParams(Params, frozen=True):
    colour: str = "#111111"

class Tint(PrepStep[TintParams]):
    NAME = "tint"
    VERSION = "1"
    Params = TintParams
    def run(self, picture, params, ctx):
        return picture.with_svg(picture.svg.replace("#111111", params.colour[:7]))

@hookimpl
def tympan_prep_steps():
    return (Tint,)
'''
PRESS = '''"""Writes text files: the drawing, a label, an input, and as many bytes as are asked for."""
from tympan import File, Format, InputPath, Params, hookimpl

class PressParams(Params, frozen=True):
    label: str = ""
    plate: InputPath = ""
    sizes: tuple[int, ...] = (100,)

class Press(Format[PressParams]):
    NAME = "press"
    VERSION = "1"
    SUFFIX = "txt"
    Params = PressParams
    def write(self, picture, params, ctx):
        plate = ctx.input(params.plate) if params.plate else b""
        head = f"{self.VERSION} {params.label} {picture.svg} ".encode() + plate
        return [File((head + b"." * size), str(size)) for size in params.sizes]

@hookimpl
def tympan_formats():
    return (Press,)
'''
TOKENS = '{"color": {"$type": "color", "brand": {"$value": "#0b5fff"}}}\n'
DEFAULTS = """[source]
generator = "plot"
[prep]
steps = ["tint"]
tint.colour = "{token.color.brand}"
[target.press]
label = "{subject}"
"""
# More than the store keeps in its index: these bytes become files of their own.
LARGE = 40_000
SPECS = {
    "tympan.toml": 'tokens = ["tokens/brand.tokens.json"]\n',
    "tokens/brand.tokens.json": TOKENS,
    "plugins/plot.py": PLOT,
    "plugins/tint.py": TINT,
    "plugins/press.py": PRESS,
    "assets/refs/plate.txt": "M1 1h5",
    "specs/icon/_defaults.toml": DEFAULTS,
    "specs/icon/home.toml": 'subject = "a house"\n[source]\noptions.path = "M1 2h3"\n',
    "specs/icon/bell.toml": f'subject = "a bell"\n[target.press]\nsizes = [10, {LARGE}]\n',
    "specs/sign/_defaults.toml": DEFAULTS,
    "specs/sign/exit.toml": 'subject = "exit"\n[source]\noptions.plate = "refs/plate.txt"\n',
}
LINKS = "hard_links = true\n"
LINKED = SPECS | {"tympan.toml": f"{LINKS}{SPECS['tympan.toml']}"}
# So many pictures of several small targets that these are made, kept and placed together.
MANY = SPECS | {
    f"specs/many/a{n}.toml": f'[target.one]\nformat = "press"\nlabel = "{n}"\n'
    f'[target.two]\nformat = "press"\nsizes = [{n}, {LARGE}]\n'
    for n in range(8)
}
MANY["specs/many/_defaults.toml"] = '[source]\ngenerator = "plot"\noptions.path = "M2 2h{name}"\n'


class Ran(NamedTuple):
    """What a run did; a killed one has the negative signal as its code. trace: its disk operations."""

    code: int
    out: str
    err: str
    trace: tuple[str, ...]


class Press:
    """A project in a folder."""

    def __init__(self, root: Path, sources: dict[str, str] | None = None) -> None:
        self.root = root
        for name, text in (SPECS if sources is None else sources).items():
            self.write(name, text)

    def write(self, name: str, text: str | bytes) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)

    def read(self, name: str) -> str:
        return (self.root / name).read_text()

    def run(self, *arguments: str, disk: FaultyDisk | None = None, before: Before = lambda: None) -> Ran:
        """`tympan ...` in a child; `before` is called in the child first."""
        ran = run_child(["-C", str(self.root), *arguments], disk or FaultyDisk(), before)
        return ran._replace(trace=tuple(line.replace(f"{self.root}/", "") for line in ran.trace))

    def build(self, *arguments: str, disk: FaultyDisk | None = None, before: Before = lambda: None) -> Ran:
        return self.run("build", "-j", "1", *arguments, disk=disk, before=before)

    def sources(self) -> dict[str, str]:
        """Every file that people write."""
        return {
            name: data.decode()
            for name, data in _files_below(self.root).items()
            if not name.startswith((".tympan/", "assets/out/")) and "__pycache__" not in name
        }

    def outputs(self) -> dict[str, bytes]:
        """Every file below assets/out, hidden ones too."""
        return _files_below(self.root / "assets/out")

    def memory(self) -> list[str]:
        """Names of what is in .tympan."""
        return sorted(_files_below(self.root / ".tympan"))

    def copy(self, to: Path) -> Press:
        """The sources elsewhere, without outputs and memory."""
        shutil.copytree(self.root, to, ignore=shutil.ignore_patterns(".tympan", "out"))
        return Press(to, {})

    def clone(self, to: Path) -> Press:
        """All of it elsewhere."""
        shutil.copytree(self.root, to)
        return Press(to, {})


Before = Callable[[], None]


def run_child(arguments: Iterable[str], disk: FaultyDisk, before: Before) -> Ran:
    """Run `tympan` in a fork of this process, its disk replaced."""
    with (
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
        tempfile.TemporaryFile() as log,
    ):
        child = os.fork()
        if child == 0:
            os._exit(_in_child(list(arguments), disk, before, (out.fileno(), err.fileno(), log.fileno())))
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        texts = []
        for file in (out, err, log):
            file.seek(0)
            texts.append(file.read().decode(errors="replace"))
    return Ran(code, texts[0], texts[1], tuple(texts[2].splitlines()))


def _in_child(arguments: list[str], disk: FaultyDisk, before: Before, handles: tuple[int, int, int]) -> int:
    os.dup2(handles[0], 1)
    os.dup2(handles[1], 2)
    sys.stdout = os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", closefd=False)
    code = 0
    try:
        disk._log = handles[2]
        tympan.disk.DISK = disk
        before()
        sys.argv = ["tympan", *arguments]
        tympan.start.main()
    except SystemExit as done:
        code = int(done.code or 0)
    except BaseException:
        traceback.print_exc()
        code = 99
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    return code


def run_here(arguments: Iterable[str], disk: Disk | None = None) -> Ran:
    """Run `tympan` in this process: quicker than a child, for runs that end by themselves."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    before, tympan.disk.DISK = tympan.disk.DISK, disk or tympan.disk.DISK
    words, sys.argv = sys.argv, ["tympan", *arguments]
    try:
        with redirect_stdout(out), redirect_stderr(err):
            tympan.start.main()
    except SystemExit as done:
        code = int(done.code or 0)
    finally:
        tympan.disk.DISK, sys.argv = before, words
    return Ran(code, out.getvalue(), err.getvalue(), ())


class SharedPool:
    """One pool for many builds of this process: starting workers would take most of the time."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def __call__(self, size: int) -> SharedPool:
        """What the session makes a pool with."""
        return self

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pool, name)

    def close(self) -> None:
        """The next build needs it too."""


def own_pool() -> None:
    """A killed child must not leave this process's workers in the middle of a job."""
    tympan.cli.session.Pool = Pool  # type: ignore[misc]


def _files_below(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
