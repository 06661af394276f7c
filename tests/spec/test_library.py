"""A whole library: cascade, extends, merge, variants, plugins, outputs; and what one run reports."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.spec.shelf import CutParams, PressParams, TintParams, Tree, WebParams

from tympan.errors import UsageError
from tympan.model import Params
from tympan.spec.request import derived_seed
from tympan.spec.resolved import Asset

ICONS = """
[source]
generator = "paint"
model = "paint-1"
prompt = "{subject}, {style}"
candidates = 8
lora = [{ name = "brand-line", weight = 0.8 }]
[prep]
steps = ["cut", "tint"]
cut.method = "flat"
tint.map = { ink = "{token.color.brand}" }
[matrix]
theme = ["light", "dark"]
[target.vector]
viewbox = 24
[target.web]
sizes = [24, 48]
"""
LIBRARY = {
    "tympan.toml": 'tokens = ["brand.tokens.json"]\n',
    "brand.tokens.json": '{"color": {"brand": {"$type": "color", "$value": "#ff0000"}}}',
    "specs/_defaults.toml": '[vars]\nstyle = "flat"\n[license]\nreview = "required"\n',
    "specs/icon/_defaults.toml": ICONS,
    "specs/icon/home.toml": 'subject = "a small house"\ntitle = "Home"\ntags = ["place"]\n',
}
SPEC = '[source]\ngenerator = "paint"\nprompt = "x"\n[target.vector]\n'


def one(tree: Tree, id: str = "icon/home") -> Asset:
    library = tree.read()
    assert [str(problem) for problem in library.problems] == []
    return next(asset for asset in library.assets if asset.id == id)


def test_an_icon_needs_two_lines(tree: Tree) -> None:
    home = one(tree.write(LIBRARY))
    assert (home.file, home.subject, home.title, home.tags) == (
        "specs/icon/home.toml", "a small house", "Home", ("place",),
    )  # fmt: skip
    assert home.license == {"review": "required"}
    light, dark = home.variants
    assert (light.id, light.cell, dark.id) == ("icon/home.light", {"theme": "light"}, "icon/home.dark")
    request = light.source.request
    assert (request.prompt, request.model, request.candidates) == ("a small house, flat", "paint-1", 8)
    assert request.lora[0].weight == 0.8
    assert request.options == {"detail": 0.5, "palette": (), "style": "flat"}
    assert request == dark.source.request, "variants whose request is equal share one generation"
    assert [use.name for use in light.prep] == ["cut", "tint"]
    assert light.prep[0].params == CutParams(method="flat")
    assert light.prep[1].params == TintParams(map={"ink": "#ff0000"})
    vector, web = dark.targets
    assert vector.outputs == {"": "assets/out/icon/home-dark.svg"}
    assert web.outputs == {
        "24": "assets/out/icon/home-dark-24.webp",
        "48": "assets/out/icon/home-dark-48.webp",
    }
    assert web.key == ("target", "web")
    assert web.params == WebParams(sizes=(24, 48))


def test_a_library_names_every_file_it_read(tree: Tree) -> None:
    assert tree.write(LIBRARY).read().files == tuple(sorted(LIBRARY))


def test_a_seed_is_derived_from_the_id_or_given(tree: Tree) -> None:
    tree.write(LIBRARY | {"specs/icon/lamp.toml": 'subject = "a lamp"\nsource.seed = 0\n'})
    assert one(tree).variants[0].source.request.seed == derived_seed("icon/home")
    assert one(tree, "icon/lamp").variants[0].source.request.seed == 0
    assert 0 <= derived_seed("icon/home") < 2**31
    assert derived_seed("icon/home") != derived_seed("icon/lamp")


def test_layers_merge_key_by_key_and_arrays_replace(tree: Tree) -> None:
    home = one(
        tree.write(
            LIBRARY
            | {
                "specs/icon/home.toml": 'subject = "x"\n[prep]\nsteps.add = ["cut"]\ntint.amount = 50\n'
                "[matrix]\ntheme = [1]\n[target]\nvector = false\nweb.sizes = [12]\nweb.quality = 50\n"
            }
        )
    )
    (variant,) = home.variants
    assert variant.cell == {"theme": "1"}
    assert [use.name for use in variant.prep] == ["cut", "tint", "cut"]
    assert variant.prep[1].params == TintParams(map={"ink": "#ff0000"}, amount=50)
    (web,) = variant.targets
    assert web.params == WebParams(sizes=(12,), quality=50)


def test_extends_stands_between_defaults_and_the_file(tree: Tree) -> None:
    tree.write(
        {
            "specs/print/_defaults.toml": SPEC + "[vars]\na = 1\nb = 1\nc = 1\n",
            "specs/print/_base.toml": "[vars]\nb = 2\nc = 2\nd = 2\n",
            "specs/print/_poster.toml": 'extends = "print/_base"\n[vars]\nc = 3\nd = 3\ne = 3\n',
            "specs/print/spring.toml": 'extends = "print/_poster"\n[vars]\ne = 4\n'
            '[source]\nprompt = "{a}{b}{c}{d}{e}"\n',
        }
    )
    spring = one(tree, "print/spring")
    assert spring.variants[0].source.request.prompt == "12334"
    assert tree.read().assets == (spring,), "files that begin with _ are never built"


def test_extends_in_a_circle_names_the_file_that_closes_it(tree: Tree) -> None:
    tree.write(
        {
            "specs/a.toml": '\nextends = "_b"\n' + SPEC,
            "specs/_b.toml": 'extends = "_c"\n',
            "specs/_c.toml": '# back\nextends = "_b"\n',
        }
    )
    assert tree.problems() == ['specs/_c.toml:2:1: extends: "_b" extends itself in the end']


def test_another_generator_drops_what_only_the_old_one_understands(tree: Tree) -> None:
    tree.write(
        LIBRARY
        | {
            "specs/icon/_defaults.toml": ICONS + "[source.options]\ndetail = 0.1\n",
            "specs/icon/home.toml": '[source]\ngenerator = "photo"\nprompt = ""\noptions.path = "refs/mood.png"\n',
        }
    )
    source = one(tree).variants[0].source
    assert (source.name, source.request.model, source.request.candidates) == ("photo", "", 8)
    assert source.request.options == {"path": "refs/mood.png"}
    assert source.inputs == ("refs/mood.png",)


def test_localised_tables_collapse_to_the_value_of_the_cell(tree: Tree) -> None:
    tree.write(
        {
            "specs/poster.toml": '[matrix]\nlocale = ["en", "de"]\n'
            '[text]\nheadline = { en = "Fresh starts", de = "Frischer Start" }\n'
            '[vars]\nink = { en = { main = "#111" }, de = { main = "#222" } }\n'
            '[source]\ngenerator = "paint"\nprompt = "{text.headline} {locale}"\n'
            'options.palette = { en = ["{ink.main}"], de = ["{vars.ink.main}", "#fff"] }\n[target.vector]\n'
        }
    )
    en, de = one(tree, "poster").variants
    assert en.source.request.prompt == "Fresh starts en"
    assert de.source.request.prompt == "Frischer Start de"
    assert en.source.request.options["palette"] == ("#111",)
    assert de.source.request.options["palette"] == ("#222", "#fff")


def test_axes_multiply_in_the_order_of_the_file(tree: Tree) -> None:
    tree.write({"specs/a.toml": '[matrix]\nsize_name = ["s", "l"]\ntheme = ["light", "dark"]\n' + SPEC})
    assert [v.name for v in one(tree, "a").variants] == ["s-light", "s-dark", "l-light", "l-dark"]


def test_a_lone_reference_takes_the_type_of_its_value(tree: Tree) -> None:
    tree.write(
        {
            "specs/a/b.toml": 'subject = "{vars.kind} house"\n[vars]\nkind = "{{small}}"\nq = 40\nwide = true\n'
            'many = [24, "{q}"]\nratio = 1.5\n'
            '[source]\ngenerator = "paint"\nprompt = "{asset} {name} {subject} {q} {wide} {ratio}"\n'
            '[target.web]\nsizes = "{many}"\nquality = "{q}"\nlossless = "{wide}"\n'
        }
    )
    variant = one(tree, "a/b").variants[0]
    assert variant.source.request.prompt == "a/b b {small} house 40 true 1.5"
    assert variant.targets[0].params == WebParams(sizes=(24, 40), quality=40, lossless=True)


def test_values_that_nothing_reads_are_not_resolved(tree: Tree) -> None:
    tree.write(
        {
            "specs/a.toml": SPEC + '[vars]\nlost = "{nowhere}"\n[text]\nhead = "{token.none}"\n'
            '[prep]\nsteps = ["cut"]\ntint.map.ink = "{token.none}"\n'
        }
    )
    assert one(tree, "a").variants[0].prep[0].name == "cut"


def test_inputs_and_profiles_are_collected_at_any_depth(tree: Tree) -> None:
    tree.write(
        {
            "assets/refs/pose.png": b"", "assets/masks/sky.png": b"",
            "specs/a.toml": SPEC.replace("[target", 'region = "masks/sky.png"\n[target')
            + '[target.press]\nsize_mm = [210, 118.5]\nprofile = "uncoated"\noverlays = ["refs/mood.png"]\n'
            '[source.reference.mood]\nrole = "style"\nimage = "refs/mood.png"\n'
            '[source.control.pose]\nkind = "pose"\nimage = "refs/pose.png"\n'
            '[prep]\nsteps = ["cut"]\ncut.mask = "masks/sky.png"\n',
        }
    )  # fmt: skip
    variant = one(tree, "a").variants[0]
    assert variant.source.inputs == ("refs/mood.png", "refs/pose.png", "masks/sky.png")
    assert variant.source.request.reference["mood"].image == "refs/mood.png"
    assert variant.prep[0].inputs == ("masks/sky.png",)
    press = next(target for target in variant.targets if target.target == "press")
    assert press.params == PressParams(size_mm=(210, 118.5), profile="uncoated", overlays=("refs/mood.png",))
    assert (press.inputs, press.profiles) == (("refs/mood.png",), ("uncoated",))


def test_checks_judge_the_targets_they_can_or_are_told_to(tree: Tree) -> None:
    tree.write(
        {
            "specs/a.toml": SPEC + "[target.press]\nsize_mm = [1, 2]\n[check.ink]\nlimit = 250\n"
            '[check.weight]\ntargets = ["vector"]\n',
            "specs/b.toml": SPEC + "[check.ink]\n",
        }
    )
    vector, press = one(tree, "a").variants[0].targets
    assert [use.name for use in vector.checks] == ["weight"]
    assert [use.name for use in press.checks] == ["ink"]
    assert press.checks[0].key == ("check", "ink")
    assert one(tree, "b").variants[0].targets[0].checks == ()


def test_local_plugins_that_may_not_run_are_named_but_not_checked(tree: Tree) -> None:
    tree.write(
        {
            "specs/a.toml": '[source]\ngenerator = "loom"\noptions.anything = "{asset}"\n'
            '[prep]\nsteps = ["halftone"]\nhalftone.anything = 1\n[target.stamp]\nanything = 1\n[check.taste]\nx = 1\n'
        }
    )
    variant = one(tree, "a").variants[0]
    assert variant.source.local == "plugins/loom.py"
    assert variant.source.request.options == {"anything": "a"}
    assert (variant.prep[0].local, variant.prep[0].params) == ("plugins/halftone.py", Params())
    (stamp,) = variant.targets
    assert (stamp.local, stamp.outputs, stamp.checks[0].local) == ("plugins/stamp.py", {}, "plugins/taste.py")


def test_select_rules(tree: Tree) -> None:
    tree.write({"specs/a.toml": SPEC + '[select]\nby = "first"\n', "specs/b.toml": SPEC})
    assert one(tree, "a").variants[0].source.select.by == "first"
    assert one(tree, "b").variants[0].source.select.by == "person"


def test_output_patterns_of_project_and_target(tree: Tree) -> None:
    tree.write(
        {
            "tympan.toml": 'out = "dist"\noutput = "{target}/{name}[.{theme}][@{size}].{suffix}"\n',
            "specs/icon/home.toml": SPEC + '[matrix]\ntheme = ["light"]\n[target.web]\nsizes = [2]\n'
            '[target.flat]\nformat = "web"\noutput = "flat/{asset}-{variant}.{suffix}"\n',
            "specs/icon/lamp.toml": SPEC,
        }
    )
    vector, web, flat = one(tree).variants[0].targets
    assert vector.outputs == {"": "dist/vector/home.light.svg"}
    assert web.outputs == {"2": "dist/web/home.light@2.webp"}
    assert flat.outputs == {"": "dist/flat/icon/home-light.webp"}
    assert one(tree, "icon/lamp").variants[0].targets[0].outputs == {"": "dist/vector/lamp.svg"}


def test_a_name_of_the_projects_pattern_that_nobody_has_is_a_mistake(tree: Tree) -> None:
    tree.write({"tympan.toml": '\noutput = "{asset}[-{theem}].{suffix}"\n', "specs/a.toml": SPEC})
    (problem,) = tree.problems()
    assert problem.startswith('tympan.toml:2:1: output: unknown name "{theem}", known: "asset", "name"')


@pytest.mark.parametrize(
    ("other", "named"),
    [("specs/Icon/home.toml", "Icon/home"), ("specs/icon/HOME.toml", "icon/HOME")],
)
def test_two_specs_that_would_write_one_path_are_named(tree: Tree, other: str, named: str) -> None:
    tree.write({"specs/icon/home.toml": SPEC, other: SPEC})
    (problem,) = tree.problems()
    assert problem == (
        f"specs/icon/home.toml:4:9: target.vector: writes assets/out/icon/home.svg, "
        f"which {named} target.vector writes too, as assets/out/{named}.svg"
    )
    assert [asset.id for asset in tree.read().assets] == [named]


def test_an_output_is_no_input_and_no_spec(tree: Tree) -> None:
    tree.write(
        {
            "tympan.toml": 'out = "assets"\n',
            "assets/a.svg": b"",
            "specs/a.toml": '[source]\ngenerator = "photo"\noptions.path = "a.svg"\n[target.vector]\n',
        }
    )
    assert tree.problems() == ["specs/a.toml:4:9: target.vector: writes assets/a.svg, which is an input"]
    tree.write({"tympan.toml": 'out = "specs"\noutput = "a.toml"\n', "specs/a.toml": SPEC})
    assert tree.problems() == ["specs/a.toml:4:9: target.vector: writes specs/a.toml, which is a spec"]


def test_all_mistakes_of_all_files_in_one_run(tree: Tree) -> None:
    tree.write(
        LIBRARY
        | {
            "brand.tokens.json": '{"color": }',
            "specs/icon/home.toml": 'subject = "x"\n[target.web]\nqualty = 1\n',
            "specs/icon/lamp.toml": 'subject = "x"\nwrong = \n',
            "specs/photo/_defaults.toml": "also wrong\n",
            "specs/photo/sea.toml": SPEC,
            "specs/_unused.toml": "a = nan\n",
        }
    )
    assert [problem.partition(": ")[0] for problem in tree.problems()] == [
        "brand.tokens.json:1:11",
        "specs/_unused.toml:1:1",
        "specs/icon/_defaults.toml:11:14",
        "specs/icon/home.toml:3:1",
        "specs/icon/lamp.toml:2:9",
        "specs/photo/_defaults.toml:1:6",
    ]


def test_a_mistake_in_defaults_is_one_line_for_all_that_inherit_it(tree: Tree) -> None:
    icons = {f"specs/icon/i{n}.toml": 'subject = "x"\n' for n in range(20)}
    tree.write(LIBRARY | icons | {"specs/icon/_defaults.toml": ICONS + "qualty = 1\n"})
    assert tree.problems() == [
        'specs/icon/_defaults.toml:18:1: target.web.qualty: unknown key, did you mean "quality"?'
    ]


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("specs/über.toml", '"über" cannot be part of an asset\'s id'),
        ("specs/a b.toml", '"a b" cannot be part of'),
        ("specs/-a.toml", '"-a" cannot be part of'),
        ("specs/icon/nul.toml", "path 'icon/nul' has the part 'nul', which Windows reserves"),
        ("specs/" + "a/" * 40 + "b.toml", "lies below more than 32 folders"),
    ],
)
def test_ids_exist_alike_everywhere(tree: Tree, file: str, message: str) -> None:
    tree.write({file: SPEC})
    (problem,) = tree.problems()
    assert problem.startswith(f"{file}: {message}")


@pytest.fixture
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("outside")


def test_specs_that_are_links_out_of_the_project_are_refused(tree: Tree, outside: Path) -> None:
    (outside / "a.toml").write_text(SPEC)
    tree.write({"specs/good.toml": SPEC})
    os.symlink(outside / "a.toml", tree.root / "specs/a.toml")
    os.symlink(tree.root / "specs/good.toml", tree.root / "specs/b.toml")
    os.symlink(outside, tree.root / "specs/folder")
    assert tree.problems() == ["specs/a.toml: is a link out of the project"]
    assert [asset.id for asset in tree.read().assets] == ["b", "good"]


def test_a_specs_folder_that_is_a_link_out_of_the_project(tree: Tree, outside: Path) -> None:
    os.symlink(outside, tree.root / "specs")
    assert tree.problems() == ["specs: is a link out of the project"]


def test_hidden_files_and_files_that_vanish(tree: Tree) -> None:
    tree.write({"specs/.hidden.toml": "wrong", "specs/a.toml": SPEC})
    os.symlink("nowhere", tree.root / "specs/gone.toml")
    assert tree.problems() == ["specs/gone.toml: cannot read specs/gone.toml: No such file or directory"]


def test_only_some(tree: Tree) -> None:
    tree.write(LIBRARY | {"specs/icon/lamp.toml": "wrong"})
    library = tree.read(only=["icon/home"])
    assert [asset.id for asset in library.assets] == ["icon/home"]
    assert library.problems == ()
    with pytest.raises(UsageError, match=r'no asset "icon/hme" \(did you mean "icon/home"\?\)'):
        tree.read(only=["icon/hme"])


def test_defaults_extend_nothing(tree: Tree) -> None:
    tree.write({"specs/_defaults.toml": 'extends = "a"\n', "specs/a.toml": SPEC})
    (problem,) = tree.problems()
    assert problem.startswith("specs/_defaults.toml:1:1: extends: _defaults.toml extends nothing")


def test_a_plugin_that_fails_to_check_is_a_mistake_at_its_place(tree: Tree) -> None:
    tree.write({"specs/a.toml": '[source]\ngenerator = "grumpy"\n[target.vector]\n', "specs/b.toml": SPEC})
    assert tree.problems() == [
        'specs/a.toml:2:1: source.generator: generator "grumpy" failed to check the request: '
        "OSError: no canvas"
    ]


def test_reading_writes_nothing(tree: Tree) -> None:
    tree.write(LIBRARY)
    before = sorted(Path(folder, name) for folder, _, names in os.walk(tree.root) for name in names)
    tree.read()
    assert sorted(Path(folder, name) for folder, _, names in os.walk(tree.root) for name in names) == before
