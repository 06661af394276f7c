"""Case 44: a plugin does what it should not. It is contained in its worker, and named."""

from __future__ import annotations

from functools import partial

import pytest
from tests.faults.cases import assert_clean
from tests.faults.press import PLOT, Press, Ran

import tympan.cli.session
from tympan.worker.pool import Pool

pytestmark = pytest.mark.usefixtures("own_zygotes")

HOME = 'request.options.get("path") == "M1 2h3"'
# What the plugin does when it is asked for the house: what the build says of it, "" if it need not say anything.
DEEDS = {
    "raises": ('raise ValueError("no ink")', "plot raised ValueError: no ink"),
    "raises what is no Exception": ('raise KeyboardInterrupt("no")', "plot raised KeyboardInterrupt: no"),
    "raises what has no words": (
        "class Mute(Exception):\n    __str__ = None\nraise Mute",
        "plot raised Mute",
    ),
    "sys.exit": ("import sys; sys.exit(0)", "plot raised SystemExit: 0"),
    "os._exit": ("import os; os._exit(0)", "its worker ended by itself with code 0"),
    "aborts": ("import os; os.abort()", "its worker was killed by SIGABRT"),
    "recurses": ("def f(): return f()\nf()", "plot raised RecursionError"),
    "hangs": ("import time; time.sleep(99)", "its worker took too long and was stopped"),
    "spins": ("while True: pass", "its worker took too long and was stopped"),
    "ignores signals and hangs": (
        "import signal, time\nfor n in range(1, 32):\n    try: signal.signal(n, signal.SIG_IGN)\n"
        "    except (OSError, ValueError): pass\ntime.sleep(99)",
        "its worker took too long and was stopped",
    ),
    "prints megabytes": ('import sys\nprint("x" * 9_000_000); print("y" * 9_000_000, file=sys.stderr)', ""),
    "writes megabytes to descriptor 1": ('import os\nos.write(1, b"x" * 9_000_000)', ""),
    "closes its streams": ("import os\nfor n in (0, 1, 2): os.close(n)", ""),
    "changes the folder": ('import os; os.chdir("/")', ""),
    "removes its folder": (
        "import os, tempfile\nhere = tempfile.mkdtemp(); os.chdir(here); os.rmdir(here)",
        "",
    ),
    "lets Pillow load half a file": ("import PIL.ImageFile; PIL.ImageFile.LOAD_TRUNCATED_IMAGES = True", ""),
    "changes the environment": ('import os; os.environ.update(LANG="x", TZ="Asia/Kolkata")', ""),
    "leaves a thread": (
        "import threading, time\nthreading.Thread(target=time.sleep, args=(99,)).start()",
        "",
    ),
    "leaves a child": ('import subprocess\nsubprocess.Popen(["sleep", "99"])', ""),
}
# Those that the very job they are part of can see.
TRACES = (
    "changes the folder",
    "removes its folder",
    "lets Pillow load half a file",
    "changes the environment",
    "leaves a thread",
)
# What a job sees of the world, as a number in its drawing: any trace of the deeds above.
SEEN = """
import os, sys, threading, zlib
import PIL.ImageFile
def seen():
    try:
        folder = os.getcwd()
    except OSError:
        folder = None
    words = (PIL.ImageFile.LOAD_TRUNCATED_IMAGES, sorted(os.environ.items()), threading.active_count(), folder)
    return zlib.crc32(repr((words, sys.stdout is sys.__stdout__, sys.stdout.closed)).encode()) % 999
"""
STAYS = PLOT.replace("from tympan", f"{SEEN}\nfrom tympan", 1).replace('d="{d}"', 'd="{d}h{seen()}"')


def build(press: Press, *arguments: str) -> Ran:
    """A build that waits no longer than a second for a job."""

    def before() -> None:
        tympan.cli.session.Pool = partial(Pool, seconds=1.5)  # type: ignore[assignment,misc]

    return press.run("build", "-j", "1", *arguments, before=before)


@pytest.mark.parametrize("deed", DEEDS)
def test_case_44_a_plugin(press: Press, deed: str) -> None:
    code, words = DEEDS[deed]
    press.write("plugins/plot.py", STAYS)
    assert build(press).code == 0
    clean = press.outputs()
    lines = "\n".join(f"            {line}" for line in code.splitlines())
    press.write(
        "plugins/plot.py",
        STAYS.replace("        return Ticket", f"        if {HOME}:\n{lines}\n        return Ticket"),
    )
    ran = build(press, "-k", "-B")
    assert "Traceback" not in ran.err, ran.err
    failed = [line for line in ran.err.splitlines() if line.startswith("FAILED")]
    if words:
        assert (ran.code, len(failed)) == (1, 1), ran.err
        assert failed[0].startswith(f"FAILED _source:icon/home: {words}"), failed
    else:
        assert (ran.code, failed) == (0, []), ran.err
    assert len(ran.err) < 5000
    # Those before and after it were made in a world without a trace of it.
    others = press.outputs()
    assert len(others) == 4
    assert {path: data for path, data in others.items() if "home" not in path} == {
        path: data for path, data in clean.items() if "home" not in path
    }
    if deed in TRACES:
        assert others["icon/home-100.txt"] != clean["icon/home-100.txt"]
    press.write("plugins/plot.py", STAYS)
    assert_clean(press, clean)
