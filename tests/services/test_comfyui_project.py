"""A project that asks a ComfyUI server: explore, select, refine, build; killed and resumed.

Reads and writes a project of its own, and sockets of this machine.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import Project
from tests.plugins.maps.test_maps import CANVAS, pose
from tests.services.comfyui import ComfyFake
from tests.services.test_comfyui import FULL, node, png

ROOT = Path(__file__).resolve().parents[2]
SPEC = """subject = "a house"
[source]
generator = "comfyui"
prompt = "{subject}, flat icon"
negative_prompt = "text"
model = "sd_xl_base_1.0.safetensors"
size = [64, 96]
seed = 40
candidates = 2
lora = [{ name = "icons-v3.safetensors", weight = 0.6 }]

[source.control.pose]
kind = "pose"
image = "poses/wave.json"
map = "skeleton"
strength = 0.8
options = { size = [64, 96] }

[source.options]
workflow = "workflows/icon.json"

[source.options.bind]
"6.inputs.text" = "prompt"
"7.inputs.text" = "negative_prompt"
"3.inputs.seed" = "seed"
"4.inputs.ckpt_name" = "model"
"5.inputs.width" = "width"
"5.inputs.height" = "height"
"10.inputs.lora_name" = "lora.icons-v3.safetensors"
"10.inputs.strength_model" = "lora.icons-v3.safetensors.weight"
"12.inputs.image" = "control.pose"
"13.inputs.strength" = "control.pose.strength"

[[refine]]
operation = "invert"
options = { workflow = "workflows/invert.json", bind = { "1.inputs.image" = "reference.selected" } }

[target.png]
sizes = [64]
"""
INVERT = {
    "1": node("LoadImage", image="x.png"),
    "2": node("ImageInvert", image=["1", 0]),
    "9": node("SaveImage", images=["2", 0], filename_prefix="x"),
}
ICON = {name: each for name, each in FULL.items() if name not in ("15", "16", "17")}


@pytest.fixture
def fake() -> Iterator[ComfyFake]:
    with ComfyFake() as fake:
        yield fake


@pytest.fixture
def drawing(project: Project, fake: ComfyFake) -> Project:
    """A project with one asset that a workflow draws and another refines."""
    for path in project.root.glob("specs/icon/*"):
        path.unlink()
    project.write("tympan.toml", f'[service.comfyui]\nurl = "{fake.url}"\n')
    project.write("specs/icon/home.toml", SPEC)
    project.write("assets/workflows/icon.json", json.dumps(ICON))
    project.write("assets/workflows/invert.json", json.dumps(INVERT))
    project.write("assets/poses/wave.json", pose(**CANVAS).decode())
    return project


def test_from_spec_to_file(drawing: Project, fake: ComfyFake) -> None:
    assert drawing.run("check").code == 0, drawing.run("check").err
    ran = drawing.run("explore", "icon/home")
    assert ran.code == 0, ran.err
    bodies = [seen.json() for seen in fake.seen if seen.path == "/prompt"]
    assert sorted(body["prompt"]["3"]["inputs"]["seed"] for body in bodies) == [40, 41]
    assert all(body["prompt"]["13"]["inputs"]["strength"] == 0.8 for body in bodies)
    # What was sent is the drawn map, and it is what the preview shows.
    drawing.run("maps", "icon/home")
    preview = (drawing.root / ".tympan/maps/icon/home-pose.png").read_bytes()
    assert preview in fake.files.values()
    lock = (drawing.root / "specs/icon/home.lock").read_text()
    for fact in ("0.3.64", "2.9.0+cu128", "0x31e3", "header sha256:", "comfyui-studio", "map.pose"):
        assert fact in lock, fact
    # Asked again, nothing is sent; a build asks nothing either.
    calls = len(fake.seen)
    assert drawing.run("explore", "icon/home").code == 0
    assert drawing.run("build").code in (0, 3)
    assert len(fake.seen) == calls


def test_a_refinement_starts_from_what_was_selected(drawing: Project, fake: ComfyFake) -> None:
    # Prompt, model and size of the source are handed on, and the workflow has no use for them.
    assert drawing.run("explore", "icon/home").code == 0
    assert drawing.run("select", "icon/home", "2").code == 0
    ran = drawing.run("refine", "icon/home")
    assert ran.code == 0, ran.err
    ran = drawing.run("build")
    assert ran.code == 0, ran.err
    assert list(drawing.outputs()) == ["icon/home-64.png"]
    assert len(fake.bill) == 3


def test_another_workflow_or_pose_is_another_request(drawing: Project, fake: ComfyFake) -> None:
    drawing.run("explore", "icon/home")
    assert len(fake.bill) == 2
    drawing.write("assets/poses/wave.json", pose(sure=0.8, **CANVAS).decode())
    drawing.run("explore", "icon/home")
    assert len(fake.bill) == 4
    drawing.write(
        "assets/workflows/icon.json",
        json.dumps({**ICON, "3": node("KSampler", **{**ICON["3"]["inputs"], "steps": 9})}),
    )
    drawing.run("explore", "icon/home")
    assert len(fake.bill) == 6


def test_a_server_that_is_not_there_is_said(
    drawing: Project, fake: ComfyFake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tympan.web.retry._LONGEST", 0.01)
    drawing.write("tympan.toml", '[service.comfyui]\nurl = "http://127.0.0.1:9"\n')
    ran = drawing.run("explore", "icon/home")
    assert ran.code == 1
    assert "cannot reach 127.0.0.1" in ran.err
    # The server is there again.
    drawing.write("tympan.toml", f'[service.comfyui]\nurl = "{fake.url}"\n')
    assert drawing.run("explore", "icon/home").code == 0


def test_what_is_wrong_is_said_with_its_place(drawing: Project, fake: ComfyFake) -> None:
    drawing.write(
        "specs/icon/home.toml", SPEC.replace('"6.inputs.text" = "prompt"', '"6.inputs.text" = "promt"')
    )
    ran = drawing.run("check")
    assert ran.code == 2
    assert "specs/icon/home.toml:2:2: source: bind:" in ran.err
    assert 'did you mean "prompt"?' in ran.err
    drawing.write("specs/icon/home.toml", SPEC.replace("workflows/icon.json", "workflows/icons.json"))
    assert "no file assets/workflows/icons.json, did you mean" in drawing.run("check").err
    drawing.write(
        "specs/icon/home.toml", SPEC.replace('"5.inputs.width" = "width"', '"5.inputs.wide" = "width"')
    )
    ran = drawing.run("explore", "icon/home")
    assert ran.code == 1
    assert 'input "wide": there is no such input' in ran.err
    assert not fake.bill


def test_a_map_that_cannot_be_drawn_sends_nothing(drawing: Project, fake: ComfyFake) -> None:
    drawing.write("assets/poses/wave.json", "{}")
    ran = drawing.run("explore", "icon/home")
    assert ran.code == 1
    assert "control 'pose': skeleton: the pose names no people" in ran.err
    assert not fake.seen
    drawing.write("assets/poses/wave.json", pose(**CANVAS).decode())
    assert drawing.run("explore", "icon/home").code == 0


@pytest.mark.parametrize("moment", ["sending", "running"])
def test_killed_and_resumed_asks_once(drawing: Project, fake: ComfyFake, moment: str) -> None:
    drawing.write("specs/icon/home.toml", SPEC.replace("candidates = 2", "candidates = 1"))
    fake.go.clear()
    if moment == "sending":
        # The server has the job, and its answer is never read.
        fake.trouble(30, "POST /prompt")
    start = "from tympan.start import main; main()"
    command = [sys.executable, "-c", start, "-C", str(drawing.root), "explore", "icon/home"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        until = time.monotonic() + 30
        while not fake.bill or (moment == "running" and not fake.count("GET", "/queue")):
            assert time.monotonic() < until, "the job never arrived"
            time.sleep(0.02)
        os.kill(process.pid, signal.SIGKILL)
    fake.go.set()
    ran = drawing.run("resume")
    assert ran.code == 0, ran.err
    assert len(fake.bill) == 1
    assert drawing.run("explore", "icon/home").code == 0
    assert len(fake.bill) == 1
    assert "0.3.64" in (drawing.root / "specs/icon/home.lock").read_text()


def test_a_workflow_without_a_prompt_edits_a_picture(drawing: Project, fake: ComfyFake) -> None:
    drawing.write(
        "specs/icon/home.toml",
        '[source]\ngenerator = "comfyui"\nreference.a = { role = "init", image = "refs/a.png" }\n'
        'options = { workflow = "workflows/invert.json", bind = { "1.inputs.image" = "reference.a" } }\n'
        "[target.png]\nsizes = [8]\n",
    )
    (drawing.root / "assets/refs/a.png").write_bytes(png("red"))
    ran = drawing.run("explore", "icon/home")
    assert ran.code == 0, ran.err
    ran = drawing.run("build")
    assert (ran.code, list(drawing.outputs())) == (0, ["icon/home-8.png"]), ran.err
