"""Control maps in a project: checked in the spec, part of the key, drawn in a worker, previewed.

Reads a project of its own. Writes there.
"""

from __future__ import annotations

import json

import msgspec
import pytest
from tests.conftest import Project
from tests.plugins.maps.test_maps import CANVAS, pose

from tympan.checkout import Checkout
from tympan.errors import StepFailed
from tympan.files import digest
from tympan.maps import Maps
from tympan.model import Request
from tympan.worker.pool import Pool

POSE = """[source.control.pose]
kind = "pose"
image = "refs/wave.json"
map = "skeleton"
"""


@pytest.fixture
def posed(project: Project) -> Project:
    project.write("specs/icon/home.toml", POSE)
    project.write("assets/refs/wave.json", pose(**CANVAS).decode())
    return project


def request_of(project: Project) -> Request:
    checkout = Checkout(project.root)
    return next(
        node.request for node in checkout.graph.nodes.values() if node.asset == "icon/home" and node.request
    )


def key_of(project: Project) -> str:
    nodes = Checkout(project.root).graph.nodes.values()
    return next(node.key("") for node in nodes if node.asset == "icon/home" and node.kind == "source")


def test_the_preview_is_a_picture_beside_the_state(posed: Project) -> None:
    ran = posed.run("maps", "icon/home")
    assert (ran.code, ran.out, ran.err) == (0, ".tympan/maps/icon/home-pose.png\n", "")
    data = (posed.root / ".tympan/maps/icon/home-pose.png").read_bytes()
    assert data.startswith(b"\x89PNG")
    assert posed.run("maps", "icon/bell") == (0, "", "")
    assert posed.run("maps", "icon/nothing").code == 2


def test_a_map_that_cannot_be_drawn_is_named(posed: Project) -> None:
    posed.write("assets/refs/wave.json", "{}")
    ran = posed.run("maps")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("icon/home-pose: skeleton: the pose names no people")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('map = "skelton"', '10:7: source.control.pose.map: unknown map "skelton", did you mean "skeleton"?'),
        ("options.stik = 2", 'unknown key, did you mean "stick"?'),
        ("options.stick = -1", "source.control.pose.options.stick: expected a number >= 0"),
        ("options.size = [5]", "source.control.pose.options.size"),
    ],
)
def test_the_spec_room_checks_name_and_options(posed: Project, line: str, message: str) -> None:
    text = POSE if "map =" not in line else POSE.replace('map = "skeleton"\n', "")
    posed.write("specs/icon/home.toml", text + line + "\n")
    ran = posed.run("check")
    assert ran.code == 2
    assert message.removeprefix("10:7: ") in ran.err


def test_options_without_a_map_belong_to_nobody(posed: Project) -> None:
    posed.write("specs/icon/home.toml", POSE.replace('map = "skeleton"', "options.size = [1, 1]"))
    assert 'these belong to a map, and none is named, say which: map = "..."' in posed.run("check").err


def test_the_key_has_the_input_and_the_map_but_no_spelled_default(posed: Project) -> None:
    first = key_of(posed)
    posed.write("specs/icon/home.toml", POSE + "options = { confidence = 0.1, size = [0, 0] }\n")
    assert key_of(posed) == first
    posed.write("specs/icon/home.toml", POSE + "options = { confidence = 0.2 }\n")
    assert key_of(posed) != first
    posed.write("specs/icon/home.toml", POSE)
    posed.write("assets/refs/wave.json", json.dumps(json.loads(pose(sure=0.8, **CANVAS))))
    assert key_of(posed) != first
    # A request without maps has the key it had before there were any.
    posed.write("specs/icon/home.toml", "")
    node = next(n for n in Checkout(posed.root).graph.nodes.values() if n.kind == "source")
    assert "maps" not in node.reads


def test_a_request_is_sent_with_the_drawn_map_which_the_store_keeps(posed: Project) -> None:
    checkout, request = Checkout(posed.root), request_of(posed)
    data = (posed.root / "assets/refs/wave.json").read_bytes()
    assert request.control["pose"].image == digest(data)
    asked: list[str] = []

    def read(name: str) -> bytes:
        asked.append(name)
        return {digest(data): data}[name]

    with Pool(1) as pool:
        maps = Maps(checkout.plugins, checkout.store, pool, read)
        sent = maps.draw(request)
        again = maps.draw(request)
        assert (asked, again) == ([digest(data)], sent)
        control = sent.control["pose"]
        assert (control.map, control.options, control.strength) == ("", {}, 0.7)
        assert checkout.store.get(control.image).startswith(b"\x89PNG")
        plain = msgspec.structs.replace(request, control={})
        assert maps.draw(plain) is plain
        broken = msgspec.structs.replace(request.control["pose"], image="0" * 64)
        with pytest.raises(KeyError):
            maps.draw(msgspec.structs.replace(request, control={"pose": broken}))


def test_a_local_map_is_drawn_in_a_worker_and_blamed_by_name(posed: Project) -> None:
    posed.write(
        "plugins/dots.py",
        "import tympan\n"
        "class Dots(tympan.ControlMap):\n"
        "    NAME = 'dots'\n"
        "    def draw(self, data, params, ctx):\n"
        "        return data\n"
        "@tympan.hookimpl\n"
        "def tympan_maps():\n"
        "    return [Dots]\n",
    )
    posed.write("specs/icon/home.toml", POSE.replace("skeleton", "dots"))
    posed.run("trust")
    ran = posed.run("maps")
    assert ran.code == 1
    assert "icon/home-pose: dots: gave something else where the bytes of a PNG were due" in ran.err
    checkout, request = Checkout(posed.root), request_of(posed)
    with Pool(1) as pool, pytest.raises(StepFailed, match="control 'pose': dots: gave something else"):
        Maps(checkout.plugins, checkout.store, pool, lambda name: b"x").draw(request)


def test_a_local_map_of_an_untrusted_folder_does_not_run(
    posed: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TYMPAN_TRUST", raising=False)
    posed.write(
        "plugins/dots.py", "import tympan\nclass Dots(tympan.ControlMap):\n    NAME = 'dots'\n1 / 0\n"
    )
    posed.write("specs/icon/home.toml", POSE.replace("skeleton", "dots"))
    assert posed.run("check").code == 0
    ran = posed.run("maps")
    assert (ran.code, ran.err.split(" (")[0]) == (2, "icon/home: untrusted: plugins/dots.py")


PAINTER = """import tympan
class Painter(tympan.Generator):
    NAME = "painter"
    REPEATABLE = True
    def submit(self, request, ctx):
        return tympan.Ticket(request.control["pose"].image)
    def collect(self, ticket, request, ctx):
        assert not request.control["pose"].map
        return (tympan.Candidate(data=ctx.input(ticket.job)),)
@tympan.hookimpl
def tympan_generators():
    return [Painter]
"""


def test_a_build_gives_a_free_generator_the_drawn_map(posed: Project) -> None:
    posed.write("plugins/painter.py", PAINTER)
    for path in posed.root.glob("specs/icon/*"):
        path.unlink()
    posed.write(
        "specs/icon/home.toml", '[source]\ngenerator = "painter"\n' + POSE + "[target.png]\nsizes = [64]\n"
    )
    posed.run("trust")
    ran = posed.run("build")
    assert ran.code == 0, ran.err
    first = posed.outputs()
    assert list(first) == ["icon/home-64.png"]
    assert posed.run("build").out == posed.run("build").out
    posed.write(
        "specs/icon/home.toml",
        '[source]\ngenerator = "painter"\n' + POSE + "options.stick = 9\n[target.png]\nsizes = [64]\n",
    )
    assert posed.run("build").code == 0
    assert posed.outputs() != first
    posed.write("assets/refs/wave.json", "{}")
    ran = posed.run("build")
    assert ran.code == 1
    assert "control 'pose': skeleton: the pose names no people" in ran.err


def test_a_refinement_has_maps_of_its_own(posed: Project) -> None:
    posed.write(
        "specs/icon/home.toml",
        '[[refine]]\ngenerator = "sketch"\ncontrol.pose = { kind = "pose", image = "refs/wave.json", map = "skelton" }\n',
    )
    ran = posed.run("check")
    assert 'refine[0].control.pose.map: unknown map "skelton", did you mean "skeleton"?' in ran.err
