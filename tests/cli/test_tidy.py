from __future__ import annotations

import json
from pathlib import Path

from tests.conftest import Project

ABORT = """
import os
from tympan import PrepStep, hookimpl

class Bad(PrepStep):
    NAME = "bad"
    VERSION = "{version}"
    def run(self, picture, params, ctx):
        with open({marker!r}, "a") as file:
            file.write("x")
        os.abort()

@hookimpl
def tympan_prep_steps():
    return [Bad]
"""


def _blobs(project: Project) -> list[Path]:
    return [path for path in (project.root / ".tympan/store/cas").rglob("*") if path.is_file()]


def test_verify_reads_all_or_a_share_and_exits_4_on_damage(project: Project) -> None:
    project.run("build")
    found = json.loads(project.run("verify", "--json").out)
    assert found["blobs"] == found["read"] > 6
    assert found["damaged"] == []
    some = json.loads(project.run("verify", "--json", "--read-data-subset", "50%").out)
    assert 0 < some["read"] < found["blobs"]
    assert project.run("verify", "--read-data-subset", "5").code == 2
    project.write("assets/refs/large.bin", "")
    import sqlite3

    base = sqlite3.connect(project.root / ".tympan/store/index.db")
    base.execute("UPDATE blob SET data = x'00' WHERE name = (SELECT min(name) FROM blob)")
    base.commit()
    base.close()
    ran = project.run("verify")
    assert ran.code == 4
    assert "1 damaged" in ran.out
    assert project.run("verify").code == 0
    before = project.outputs()
    project.run("clean")
    assert project.run("build").code == 0
    assert project.outputs() == before


def test_gc_keeps_what_is_in_use_and_what_fits_the_budget(project: Project) -> None:
    project.run("build")
    tokens = (project.root / "tokens/brand.tokens.json").read_text()
    project.write("tokens/brand.tokens.json", tokens.replace("#0b5fff", "#c8102e"))
    project.run("build")
    assert project.run("gc").out.startswith("0 actions and 0 blobs gone")
    dry = json.loads(project.run("gc", "--keep", "0", "-n", "--json").out)
    gone = json.loads(project.run("gc", "--keep", "0", "--json").out)
    assert gone == dry
    assert gone["actions"] == 6
    assert gone["freed"] > 0
    assert "nothing to do" in project.run("build").out
    project.run("clean")
    assert project.run("build").out == "4 tasks, 6 outputs: 6 restored\n"
    project.write("tokens/brand.tokens.json", tokens)
    assert project.run("build").out == "6 tasks, 6 outputs: 6 computed\n"
    assert project.run("gc", "--keep", "lots").code == 2


def test_what_killed_a_worker_is_not_tried_again_until_the_plugin_changes(
    project: Project, tmp_path: Path
) -> None:
    marker = tmp_path / "tries"
    project.write("plugins/bad.py", ABORT.format(version="1", marker=str(marker)))
    project.write("specs/icon/home.toml", 'subject = "a house"\n[prep]\nsteps.add = ["bad"]\n')
    project.run("trust")
    ran = project.run("build", "-k")
    assert ran.code == 1
    assert "FAILED _prepare:icon/home: its worker was killed by SIGABRT" in ran.err
    assert marker.read_text() == "x"
    ran = project.run("build", "-k")
    assert ran.code == 1
    assert "not tried again until its input or plugin changes" in ran.err
    assert marker.read_text() == "x"
    project.run("build", "-k", "--force")
    assert marker.read_text() == "xx"
    project.write("plugins/bad.py", ABORT.format(version="2", marker=str(marker)))
    project.run("build", "-k")
    assert marker.read_text() == "xxx"
