from __future__ import annotations

import json

import msgspec
from tests.conftest import Project

from tympan.checkout import Checkout
from tympan.plan.graph import CORE
from tympan.plan.reasons import changes, flat, shown


def test_each_value_has_its_group_and_its_place_and_defaults_are_hidden(project: Project) -> None:
    project.run("build")
    lines = project.run("why", "icon:home:svg").out.splitlines()
    assert lines[0] == "icon:home:svg: fresh"
    assert lines[1].startswith("  source   (file 1)")
    assert lines.index("  prep") < lines.index(
        "    steps = [trim, recolour]   (specs/icon/_defaults.toml:6:1)"
    )
    assert "    map.ink = #0b5fff   (specs/icon/_defaults.toml:8:18)" in lines
    assert "    viewbox = 24.0   (specs/icon/_defaults.toml:11:1)" in lines
    assert not [line for line in lines if "(default)" in line or "core" in line]
    everything = project.run("why", "icon:home:svg", "--all").out
    assert "    precision = 2   (default)" in everything
    assert f"  tympan   (tympan's core {CORE}, pillow " in everything


def test_a_changed_value_comes_first_with_old_and_new(project: Project) -> None:
    project.run("build")
    project.write("specs/icon/home.toml", 'subject = "a house"\ntarget.svg.viewbox = 32\n')
    lines = project.run("why", "icon:home:svg").out.splitlines()
    assert lines[1] == "  because target.svg.viewbox: 24.0 -> 32.0   (specs/icon/home.toml:2:12)"
    assert "    viewbox = 32.0   (specs/icon/home.toml:2:12)" in lines


def test_a_changed_token_is_named_with_both_places(project: Project) -> None:
    project.run("build")
    text = (project.root / "tokens/brand.tokens.json").read_text()
    project.write("tokens/brand.tokens.json", text.replace("#0b5fff", "#c8102e"))
    line = project.run("why", "icon:home:svg").out.splitlines()[1]
    assert line == (
        "  because prep.recolour.map.ink: #0b5fff -> #c8102e   "
        "(specs/icon/_defaults.toml:8:18; token color.ink, tokens/brand.tokens.json:5:5)"
    )


def test_an_edited_input_is_named_by_path_and_digest(project: Project) -> None:
    project.run("build")
    path = project.root / "assets/refs/home.svg"
    path.write_text(path.read_text().replace("M4 11", "M4 12"))
    out = project.run("why", "icon:home:svg").out
    assert "because source.options.path: " in out
    assert "    options.path = refs/home.svg (" in out


def test_steps_in_another_order_are_a_reason(project: Project) -> None:
    project.run("build")
    project.write("specs/icon/home.toml", 'subject = "a house"\nprep.steps = ["recolour", "trim"]\n')
    assert (
        "because prep.steps: [trim, recolour] -> [recolour, trim]" in project.run("why", "icon:home:svg").out
    )


def test_a_source_is_told_once_for_all_its_targets(project: Project) -> None:
    out = project.run("why", "icon/home").out
    assert out.count("  source   (file 1)") == 1
    assert "  source and prep as for icon:home:svg" in out
    assert "  because never built here" in out


def test_other_versions_of_plugin_and_library_are_said_in_their_names(project: Project) -> None:
    project.run("build")
    checkout = Checkout(project.root)
    node = checkout.graph.nodes["_prepare:icon/home"]
    old = msgspec.json.decode(msgspec.json.encode(node.reads))
    old["prep"][1]["version"] = "0"
    old["prep"][1]["with numpy"] = "1.26.0"
    old["core"] = {"core": "0", "pillow": "12.3.0", "resvg": old["core"]["resvg"]}
    said = [str(change) for change in changes(old, node.reads)]
    assert said[0] == f"tympan's core 0 -> {CORE}"
    assert said[1].startswith("pillow 12.3.0 -> ")
    assert said[2] == "recolour 0 -> 1"
    assert said[3].startswith("numpy 1.26.0 -> ")
    write = checkout.graph.nodes["icon:home:svg"]
    older = msgspec.json.decode(msgspec.json.encode(write.reads))
    older["plugin"]["version"] = "0"
    assert [str(change) for change in changes(older, write.reads)] == ["svg 0 -> 1"]


def test_a_key_that_is_called_version_is_no_version() -> None:
    old = {"prep": [{"step": "stamp", "name": "stamp", "version": "1", "params": {"version": "a"}}]}
    new = {"prep": [{"step": "stamp", "name": "stamp", "version": "1", "params": {"version": "b"}}]}
    assert [str(change) for change in changes(old, new)] == ["prep.stamp.params.version: a -> b"]


def test_a_step_that_is_used_twice_is_seen_twice() -> None:
    steps = [{"step": "blur", "params": {"by": 1}}, {"step": "blur", "params": {"by": 2}}]
    assert flat({"prep": steps}) == {
        "prep.steps": ["blur", "blur#2"],
        "prep.blur.step": "blur",
        "prep.blur.params.by": 1,
        "prep.blur#2.step": "blur",
        "prep.blur#2.params.by": 2,
    }


def test_a_value_is_one_line_whatever_is_in_it() -> None:
    assert shown("a\n::error::b") == "a\\n::error::b"
    assert shown("f" * 64) == "f" * 12
    assert shown([True, "x"]) == "[true, x]"
    assert len(shown("long " * 50)) == 60


def test_json_has_changes_and_every_value(project: Project) -> None:
    project.run("build")
    project.write("specs/icon/home.toml", 'subject = "a house"\ntarget.svg.viewbox = 32\n')
    row = json.loads(project.run("why", "icon:home:svg", "--json").out)[0]
    assert row["verdict"] == "compute"
    assert row["changes"] == [
        {"name": "target.viewbox", "before": "24.0", "after": "32.0", "where": "specs/icon/home.toml:2:12"}
    ]
    reads = {read["name"]: read for read in row["reads"]}
    assert reads["target.viewbox"]["written"]
    assert not reads["target.precision"]["written"]
    assert reads["prep.recolour.version"]["group"] == "prep recolour"
