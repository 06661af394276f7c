from __future__ import annotations

import json
import os
import time
from pathlib import Path

from filelock import FileLock
from tests.conftest import Project

NOTHING = "nothing to do: 6 outputs are as their specs say"


def test_a_build_makes_every_output_and_a_second_runs_nothing(project: Project) -> None:
    ran = project.run("build")
    assert (ran.code, ran.out) == (0, "8 tasks, 6 outputs: 6 computed\n"), ran.err
    assert sorted(project.outputs()) == [
        "icon/bell-24.webp", "icon/bell-48.webp", "icon/bell.svg",
        "icon/home-24.webp", "icon/home-48.webp", "icon/home.svg",
    ]  # fmt: skip
    assert b"#0b5fff" in project.outputs()["icon/home.svg"]
    assert project.run("build").out == f"{NOTHING}\n"


def test_touching_everything_rebuilds_nothing(project: Project) -> None:
    project.run("build")
    for path in project.root.rglob("*"):
        if path.is_file() and ".tympan" not in path.parts:
            os.utime(path, (1, 1))
    assert project.run("build").out == f"{NOTHING}\n"


def test_a_token_rebuilds_what_reads_it_and_no_source(project: Project) -> None:
    project.run("build")
    text = (project.root / "tokens/brand.tokens.json").read_text()
    project.write("tokens/brand.tokens.json", text.replace("#0b5fff", "#c8102e"))
    plan = project.run("plan")
    assert "prep.recolour.params.map.ink: #0b5fff -> #c8102e" in plan.out
    ran = project.run("build")
    assert "_source" not in ran.err
    assert ran.out == "6 tasks, 6 outputs: 6 computed\n"
    assert b"#c8102e" in project.outputs()["icon/home.svg"]


def test_a_step_that_brings_the_same_bytes_stops_the_rebuild(project: Project) -> None:
    project.run("build")
    # Other attributes, same drawing once cleaned: intake gives equal bytes.
    svg = (project.root / "assets/refs/home.svg").read_text().replace("<svg ", "<svg data-name='house' ")
    project.write("assets/refs/home.svg", svg)
    ran = project.run("build")
    assert ran.out == "2 tasks, 6 outputs: 0 changed\n"
    assert "computed _prepare:icon/home" in ran.err


def test_junk_and_deletion_are_restored_without_computing(project: Project) -> None:
    project.run("build")
    before = project.outputs()
    (project.root / "assets/out/icon/home-24.webp").write_bytes(b"junk")
    (project.root / "assets/out/icon/bell.svg").unlink()
    plan = project.run("plan")
    assert "assets/out/icon/home-24.webp: changed by another hand" in plan.out
    assert "assets/out/icon/bell.svg: missing" in plan.out
    ran = project.run("build")
    assert ran.out == "2 tasks, 6 outputs: 3 restored\n"
    assert project.outputs() == before


def test_a_lost_state_restores_from_the_store(project: Project) -> None:
    project.run("build")
    before = project.outputs()
    (project.root / ".tympan/state.db").unlink()
    assert project.run("build").out == "4 tasks, 6 outputs: 6 restored\n"
    assert project.run("build").out == f"{NOTHING}\n"
    assert project.outputs() == before


def test_a_corrupt_object_is_made_again(project: Project) -> None:
    project.run("build")
    before = project.outputs()
    for blob in (project.root / ".tympan/store/cas").rglob("*"):
        if blob.is_file():
            blob.write_bytes(b"x" + blob.read_bytes()[1:])
    (project.root / "assets/out/icon/home.svg").unlink()
    assert project.run("build").code == 0
    assert project.outputs() == before


def test_an_asset_that_goes_takes_its_outputs_along_but_not_what_another_hand_changed(
    project: Project,
) -> None:
    project.run("build")
    (project.root / "specs/icon/bell.toml").unlink()
    (project.root / "assets/out/icon/bell.svg").write_text("mine now")
    ran = project.run("build")
    assert ran.out == "0 tasks, 3 outputs: 2 removed\n"
    assert sorted(project.outputs()) == [
        "icon/bell.svg",
        "icon/home-24.webp",
        "icon/home-48.webp",
        "icon/home.svg",
    ]


def test_a_target_that_is_dropped_or_renamed_leaves_nothing_behind(project: Project) -> None:
    project.run("build")
    project.write("specs/icon/home.toml", 'subject = "a house"\n[target.webp]\nsizes = [24, 64]\n')
    project.run("build")
    assert sorted(p for p in project.outputs() if "home" in p) == [
        "icon/home-24.webp", "icon/home-64.webp", "icon/home.svg",
    ]  # fmt: skip


def test_one_asset_or_one_task_can_be_built(project: Project) -> None:
    assert project.run("build", "icon/home").out == "4 tasks, 3 outputs: 3 computed\n"
    assert project.run("build", "icon:bell:svg").out == "3 tasks, 1 outputs: 1 computed\n"
    assert project.run("build", "icon/*").out == "1 tasks, 6 outputs: 2 computed\n"
    ran = project.run("build", "icon/hme")
    assert (ran.code, ran.err) == (2, "nothing is called 'icon/hme' (did you mean \"icon/home\"?)\n")


def test_force_computes_again_and_gives_the_same_bytes(project: Project) -> None:
    project.run("build")
    before = project.outputs()
    assert project.run("build", "--force").out == "8 tasks, 6 outputs: 6 computed\n"
    assert project.outputs() == before


def test_one_worker_or_two_another_folder_same_bytes(project: Project, tmp_path: Path) -> None:
    project.run("build", "-j", "1")
    other = project.copy(tmp_path / "elsewhere")
    other.run("build", "-j", "2")
    assert other.outputs() == project.outputs()


def test_a_failure_names_its_task_and_keep_going_builds_the_others(project: Project) -> None:
    project.write("assets/refs/bell.svg", "<svg><text>no</text></svg>")
    ran = project.run("build", "-k")
    assert ran.code == 1
    assert "FAILED _prepare:icon/bell: intake:" in ran.err
    assert ran.out == "4 tasks, 6 outputs: 3 computed, 1 failed\n" or "failed" in ran.out
    assert sorted(project.outputs()) == ["icon/home-24.webp", "icon/home-48.webp", "icon/home.svg"]
    assert "Traceback" not in ran.err
    project.write("assets/refs/bell.svg", (project.root / "assets/refs/home.svg").read_text())
    assert project.run("build").code == 0


def test_events_are_json_lines(project: Project) -> None:
    lines = [json.loads(line) for line in project.run("build", "--json").out.splitlines()]
    assert [line["did"] for line in lines].count("computed") == 8
    assert lines[-1]["did"] == "summary"
    assert lines[-1]["computed"] == 6
    written = {path for line in lines[:-1] for path in line.get("outputs", [])}
    assert written == {f"assets/out/{name}" for name in project.outputs()}


def test_a_second_build_at_once_is_told_who_runs(project: Project) -> None:
    project.run("build")
    (project.root / "assets/out/icon/bell.svg").unlink()
    with FileLock(project.root / ".tympan/lock"):
        project.write(".tympan/lock.pid", str(os.getpid()))
        began = time.monotonic()
        ran = project.run("build")
        assert time.monotonic() - began < 3
    assert ran.code == 75
    assert f"another build is running here (pid {os.getpid()})" in ran.err


def test_an_output_that_is_a_link_or_a_folder_is_refused_and_nothing_followed(
    project: Project, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.svg"
    outside.write_text("precious")
    out = project.root / "assets/out/icon"
    out.mkdir(parents=True)
    (out / "home.svg").symlink_to(outside)
    ran = project.run("build", "-k")
    assert ran.code == 1
    assert "assets/out/icon/home.svg is a folder or a link" in ran.err
    assert outside.read_text() == "precious"
    (out / "home.svg").unlink()
    (out / "home.svg").mkdir()
    assert project.run("build", "-k").code == 1


def test_an_output_folder_that_is_a_link_out_is_refused(project: Project, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (project.root / "assets/out").symlink_to(tmp_path / "outside")
    ran = project.run("build", "-k")
    assert ran.code == 2
    assert "lies behind a link" in ran.err
    assert list((tmp_path / "outside").iterdir()) == []


def test_clean_removes_outputs_and_the_next_build_restores_them(project: Project) -> None:
    project.run("build")
    before = project.outputs()
    dry = project.run("clean", "-n")
    assert "6 outputs would be removed" in dry.err
    assert project.outputs() == before
    assert "3 outputs removed" in project.run("clean", "icon/home").err
    assert "3 outputs removed" in project.run("clean").err
    assert not (project.root / "assets/out/icon").exists()
    assert project.run("build").out == "4 tasks, 6 outputs: 6 restored\n"
    assert project.outputs() == before


def test_candidates_without_a_selection_are_held_and_said(project: Project) -> None:
    spec = 'subject = "a tree"\n[source]\ngenerator = "sketch"\nprompt = "a tree, icon"\ncandidates = 3\noptions = {}\n'
    project.write("specs/plant/tree.toml", spec + "[target.svg]\n")
    ran = project.run("build")
    assert ran.code == 0, ran.err
    assert ran.out == "8 tasks, 7 outputs: 6 computed; 1 unselected\n"
    project.write("specs/plant/tree.toml", spec + "[select]\ncandidate = 2\n[target.svg]\n")
    assert project.run("build").out == "3 tasks, 7 outputs: 1 computed\n"


PAID = """
from tympan import Candidate, Generator, Ticket, hookimpl

class Dear(Generator):
    NAME = "dear"
    PAID = True
    def submit(self, request, ctx):
        open({bill!r}, "a").write("one call\\n")
        return Ticket("1")
    def collect(self, ticket, request, ctx):
        return (Candidate(data=b"<svg viewBox='0 0 1 1'/>"),)

@hookimpl
def tympan_generators():
    return [Dear]
"""


def test_a_build_never_asks_a_paid_generator(project: Project, tmp_path: Path) -> None:
    bill = tmp_path / "bill"
    project.write("plugins/dear.py", PAID.format(bill=str(bill)))
    project.run("trust")
    project.write("specs/hero/one.toml", '[source]\ngenerator = "dear"\nprompt = "x"\n[target.svg]\n')
    ran = project.run("build")
    assert (ran.code, ran.out) == (0, "8 tasks, 7 outputs: 6 computed; 1 held\n")
    assert "held: tympan plan says what asking them costs" in ran.err
    assert project.run("build", "--force").code == 0
    assert "dear costs money, and a build never spends any" in project.run("plan").out
    assert project.run("plan", "--check").code == 3
    assert not bill.exists()
