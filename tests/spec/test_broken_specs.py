"""Every kind of mistake in a spec: exactly one line for each, with its place."""

from __future__ import annotations

import os
import re

import pytest
from tests.spec.shelf import Tree

TOP = '[source]\ngenerator = "paint"\nprompt = "a house"\n[target.vector]\n'
PREP = TOP + '[prep]\nsteps = ["cut", "tint"]\n'
FIFTY = ", ".join(str(n) for n in range(50))

# Name: text of specs/icon/home.toml, then every line a user reads, without the file's name.
CASES: dict[str, tuple[str | bytes, list[str]]] = {
    "unknown key": (
        TOP + "[target.web]\nsizes = [24]\nqualty = 82\n",
        [':7:1: target.web.qualty: unknown key, did you mean "quality"?'],
    ),
    "unknown key in a dotted key": (
        PREP + "tint.amonut = 3\n",
        [':7:6: prep.tint.amonut: unknown key, did you mean "amount"?'],
    ),
    "unknown key in an inline table": (
        TOP.replace("[target.vector]", "[target]\nweb = { sizes = [24], qualty = 82 }"),
        [':5:23: target.web.qualty: unknown key, did you mean "quality"?'],
    ),
    "unknown key at the top": (
        'subjct = "x"\n' + TOP,
        [':1:1: subjct: unknown key, did you mean "subject"?'],
    ),
    "unknown key of a core table": (
        TOP.replace("prompt", "promt"),
        [':3:1: source.promt: unknown key, did you mean "prompt"?'],
    ),
    "wrong types, all of them": (
        TOP + '[target.web]\nquality = "high"\nlossless = 1\nsizes = "24"\n',
        [
            ":6:1: target.web.quality: expected an integer, got a string",
            ":7:1: target.web.lossless: expected true or false, got an integer",
            ":8:1: target.web.sizes: expected an array, got a string",
        ],
    ),
    "numbers out of range": (
        TOP + "[target.web]\nquality = 101\nsizes = [24, 0]\n",
        [
            ":6:1: target.web.quality: expected an integer <= 100, got 101",
            ":7:14: target.web.sizes[1]: expected an integer >= 1, got 0",
        ],
    ),
    "missing key": (TOP + "[target.press]\n", [":5:9: target.press.size_mm: missing"]),
    "array of another length": (
        TOP + "[target.press]\nsize_mm = [1, 2, 3]\n",
        [":6:1: target.press.size_mm: expected an array of length 2, got 3"],
    ),
    "in arrays of inline tables": (
        TOP.replace("[target", 'lora = [{ name = "a", weight = "x" }, { nme = "b" }]\n[target'),
        [
            ":4:23: source.lora[0].weight: expected a number, got a string",
            ":4:39: source.lora[1].name: missing",
            ':4:41: source.lora[1].nme: unknown key, did you mean "name"?',
        ],
    ),
    "no table": (
        'target = 3\nsource = "x"\n',
        [":1:1: target: expected a table, got an integer", ":2:1: source: expected a table, got a string"],
    ),
    "types of the head": (
        'subject = 3\ntags = ["a", 1]\n' + TOP + "[license]\nfree = true\n",
        [
            ":1:1: subject: expected a string, got an integer",
            ":2:14: tags[1]: expected a string, got an integer",
            ":8:1: license.free: expected a string, got true or false",
        ],
    ),
    "a colour": (
        PREP + 'tint.map = { ink = "red" }\n',
        [':7:14: prep.tint.map.ink: expected a colour such as "#1a2b3c", got "red"'],
    ),
    "one of several words": (
        PREP + 'cut.method = "alhpa"\n[source.options]\nstyle = "flatt"\n',
        [
            ':7:5: prep.cut.method: expected one of "auto", "alpha", "flat", got "alhpa", did you mean "alpha"?',
            ':9:1: source.options.style: expected one of "flat", "line", got "flatt", did you mean "flat"?',
        ],
    ),
    "a word, or like a pattern": (
        PREP + 'cut.engine = "fin"\ncut.ground = "much"\n',
        [
            ':7:5: prep.cut.engine: expected one of "fast", "fine", or like net:[a-z0-9]+, got "fin", did you mean "fine"?',
            ':8:5: prep.cut.ground: "much" does not match ^[0-9]+%$',
        ],
    ),
    "unknown words": (
        TOP + '[policy]\ngenerate = "often"\n[[refine]]\noperatoin = "x"\n',
        [
            ':6:1: policy.generate: expected one of "never", "ask", "auto", got "often"',
            ':8:1: refine[0].operatoin: unknown key, did you mean "operation"?',
        ],
    ),
    "unknown generator": (
        TOP.replace('"paint"', '"pant"'),
        [':2:1: source.generator: unknown generator "pant", did you mean "paint"?'],
    ),
    "no generator": (TOP.replace('generator = "paint"\n', ""), [":1:2: source.generator: missing"]),
    "no source": (
        "[target.vector]\n",
        [': source: missing, say where the picture comes from: generator = "..."'],
    ),
    "no target": (
        '[source]\ngenerator = "paint"\n[target]\nvector = false\n',
        [":3:2: target: missing, nothing would come of this asset"],
    ),
    "what the generator refuses": (
        TOP.replace("[target", 'model = "paint-3"\n[target'),
        [':1:2: source: unknown model "paint-3"'],
    ),
    "unknown formats": (
        TOP.replace("vector", "vectr") + '[target.x]\nformat = "wbe"\n',
        [
            ':4:9: target.vectr: unknown format "vectr", did you mean "vector"?',
            ':6:1: target.x.format: unknown format "wbe", did you mean "web"?',
        ],
    ),
    "unknown step": (
        TOP + '[prep]\nsteps = ["cut", "tnt"]\n',
        [':6:17: prep.steps[1]: unknown step "tnt", did you mean "tint"?'],
    ),
    "keys of no step": (TOP + "[prep]\ntnt.x = 1\n", [':6:1: prep.tnt: unknown key, did you mean "tint"?']),
    "options that are no table": (
        PREP + "tint = 3\n",
        [":7:1: prep.tint: expected a table, got an integer"],
    ),
    "steps.add of one": (
        TOP + '[prep]\nsteps.add = "cut"\n',
        [":6:7: prep.steps.add: expected an array, got a string"],
    ),
    "steps.ad": (
        TOP + '[prep]\nsteps.ad = ["cut"]\n',
        [':6:7: prep.steps.ad: unknown key, did you mean "add"?'],
    ),
    "unknown check, wrong targets": (
        TOP + '[check.wait]\n[check.ink]\ntargets = ["vector", "vectr"]\n',
        [
            ':5:8: check.wait: unknown check "wait", did you mean "weight"?',
            ':7:12: check.ink.targets[0]: target "vector" is vector, this check judges press',
            ':7:22: check.ink.targets[1]: no target "vectr", did you mean "vector"?',
        ],
    ),
    "a target that is neither table nor false": (
        TOP + "[target]\nweb = true\n".replace("[target]\nweb", "[check]\nweight"),
        [":6:1: check.weight: expected a table, or false, got true or false"],
    ),
    "select": (
        TOP + '[select]\nby = "frist"\n',
        [':6:1: select.by: expected one of "person", "first", got "frist", did you mean "first"?'],
    ),
    "a candidate that is not there": (
        TOP + "[select]\ncandidate = 3\n",
        [":6:1: select.candidate: there is no candidate 3: source.candidates is 1"],
    ),
    "input that is not there": (
        TOP + '[source.reference.mood]\nrole = "style"\nimage = "refs/mod.png"\n',
        [
            ":7:1: source.reference.mood.image: no file assets/refs/mod.png, "
            'did you mean "assets/refs/mood.png"?'
        ],
    ),
    "input out of the tree": (
        PREP + 'cut.mask = "../../secret.png"\n',
        [":7:5: prep.cut.mask: path '../../secret.png' must not hold an empty, '.' or '..' part"],
    ),
    "input behind a link out of the project": (
        TOP + '[target.press]\nsize_mm = [1, 2]\noverlays = ["refs/mood.png", "refs/out.png"]\n',
        [":7:30: target.press.overlays[1]: assets/refs/out.png is a link out of the project"],
    ),
    "unknown profile": (
        TOP + '[target.press]\nsize_mm = [1, 2]\nprofile = "caoted"\n',
        [':7:1: target.press.profile: unknown profile "caoted", did you mean "coated"?'],
    ),
    "syntax": ("a = 1\nb = \n", [":2:5: invalid value"]),
    "a table twice": ("[a.b]\nx = 1\n[a.b]\n", [":3:5: cannot declare a.b twice"]),
    "bad UTF-8": (b'\nsubject = "caf\xe9"\n', [":2:15: byte 0xe9 is not UTF-8, save the file as UTF-8"]),
    "not a number": (
        TOP + "[source.options]\ndetail = nan\n",
        [":6:1: source.options.detail: expected a number, got nan"],
    ),
    "endless": (
        TOP + "[source.options]\ndetail = -inf\n",
        [":6:1: source.options.detail: expected a number, got -inf"],
    ),
    "integer beyond JSON": (
        TOP + "[target.web]\nquality = 9007199254740993\n",
        [":6:1: target.web.quality: is beyond 9007199254740992, which not every reader holds exactly"],
    ),
    "5000 digits": (
        "a = " + "1" * 5000,
        [
            ": cannot be read: Exceeds the limit (4300 digits) for integer string conversion: value has 5000 digits"
        ],
    ),
    "a date": (
        "title = 2024-01-01 10:00:00\n" + TOP,
        [":1:1: title: no key takes a date or a time: write it as a string"],
    ),
    "escape": ('title = "a\\u001b"\n' + TOP, [":1:1: title: holds the control character U+001B"]),
    "bidi override": ('title = "a\\u202e"\n' + TOP, [":1:1: title: holds the control character U+202E"]),
    "control in a key": (
        '[vars]\n"a\\u202eb" = 1\n' + TOP,
        [':2:1: vars."a\\u202eb": this key holds the control character U+202E'],
    ),
    "20 deep": (
        "a = " + "[" * 20 + "]" * 20 + "\n",
        [":1:20: a" + "[0]" * 15 + ": is nested too deeply: at most 16 levels"],
    ),
    "10 000 deep": (
        "a = " + "[" * 10_000 + "]" * 10_000,
        [": is nested too deeply: at most 16 levels"],
    ),
    "10 000 dotted keys": (
        ".".join("a" * 10_000) + " = 1",
        [": is nested too deeply: at most 16 levels"],
    ),
    "too large": ("#" * 300_000, [": has 300000 bytes, more than 262144"]),
    "unknown names": (
        'subject = "{styl}"\n[vars]\nstyle = "x"\n' + TOP.replace("a house", "{subject}, {vars.stile}"),
        [
            ':1:1: subject: unknown name {styl}, did you mean "style"?',
            ':6:1: source.prompt: unknown name {vars.stile}, did you mean "vars.style"?',
        ],
    ),
    "names in a circle": (
        '[vars]\na = "{b}"\nb = "x {a}"\n' + TOP.replace("a house", "{a}"),
        [":3:1: vars.b: {a} refers to itself: a -> b -> a"],
    ),
    "a name of a table": (
        "[vars.a]\nb = 1\n" + TOP.replace("a house", "{a}"),
        [":5:1: source.prompt: {a} is a table, not a value"],
    ),
    "an array among words": (
        '[vars]\na = ["x"]\n' + TOP.replace("a house", "b {a}"),
        [":5:1: source.prompt: {a} is an array and must stand alone"],
    ),
    "a lone brace": (
        TOP.replace("a house", "a { house"),
        [':3:1: source.prompt: a lone brace, write "{{" or "}}" for a brace'],
    ),
    "no subject": (TOP.replace("a house", "{subject}"), [": subject: missing, source.prompt reads it"]),
    "a var that cannot be read": (
        '[vars]\nname = "x"\n' + TOP,
        [":2:1: vars.name: taken: {name} has a meaning of its own"],
    ),
    "unknown token": (
        PREP + 'tint.map = { ink = "{token.color.brnd}" }\n',
        [':7:14: prep.tint.map.ink: unknown token color.brnd, did you mean "color.brand"?'],
    ),
    "a wrong type behind a name": (
        '[vars]\nq = "x"\n' + TOP + '[target.web]\nquality = "{q}"\nsizes = 3\n',
        [
            ":8:1: target.web.quality: expected an integer, got a string",
            ":9:1: target.web.sizes: expected an array, got an integer",
        ],
    ),
    "a broken name hides nothing else": (
        TOP + '[target.web]\nquality = "{q}"\nsizes = 3\n',
        [
            ':6:1: target.web.quality: unknown name {q}, known: "asset", "name"',
            ":7:1: target.web.sizes: expected an array, got an integer",
        ],
    ),
    "axes": (
        '[matrix]\ntheme = []\nsize = ["a"]\nlocale = ["en", "en", "x y", 1.5]\n"a b" = ["x"]\nz = "q"\n'
        + TOP,
        [
            ":2:1: matrix.theme: an axis needs a value",
            ':3:1: matrix.size: an axis cannot be called "size": the name is taken',
            ':4:17: matrix.locale[1]: "en" is there twice',
            ':4:23: matrix.locale[2]: "x y" is not a short name of letters, digits, - and _',
            ":4:30: matrix.locale[3]: expected a short name, got a number",
            ':5:1: matrix."a b": expected a short name of letters, digits, - and _',
            ":6:1: matrix.z: expected an array of short names, got a string",
        ],
    ),
    "too many cells": (
        f"[matrix]\na = [{FIFTY}]\nb = [{FIFTY}]\n" + TOP,
        [":1:2: matrix: has 2500 cells, more than 2000"],
    ),
    "two cells of one name": (
        '[matrix]\na = ["x", "x-y"]\nb = ["y-z", "z"]\n' + TOP,
        [':1:2: matrix: two cells are called "x-y-z"'],
    ),
    "no value for a cell": (
        '[matrix]\nlocale = ["en", "de"]\n[text]\nhead = { en = "a" }\n'
        + TOP.replace("a house", "{text.head}"),
        [':4:1: text.head: no value for locale "de"'],
    ),
    "extends nothing": (
        'extends = "icon/hose"\n' + TOP,
        [':1:1: extends: no spec "icon/hose", did you mean "icon/house"?'],
    ),
    "extends itself": (
        'extends = "icon/home"\n' + TOP,
        [':1:1: extends: "icon/home" extends itself in the end'],
    ),
    "extends a number": ("extends = 3\n" + TOP, [":1:1: extends: expected the id of a spec as a string"]),
    "output out of the tree": (
        TOP + 'output = "../x.{suffix}"\n',
        [":5:1: target.vector.output: path '../x.svg' must not hold an empty, '.' or '..' part"],
    ),
    "output of a reserved name": (
        TOP + 'output = "con.{suffix}"\n',
        [":5:1: target.vector.output: path 'con.svg' has the part 'con.svg', which Windows reserves"],
    ),
    "a pattern that is not closed": (
        TOP + 'output = "x[-{size}.{suffix}"\n',
        [":5:1: target.vector.output: brackets must be closed, and cannot stand in each other"],
    ),
    "a pattern with a lone brace": (
        TOP + 'output = "x{.{suffix}"\n',
        [':5:1: target.vector.output: a lone brace, or "{}" without a name'],
    ),
    "an unknown name in a pattern": (
        TOP + 'output = "{varient}.{suffix}"\n',
        [':5:1: target.vector.output: unknown name "{varient}" in the pattern, did you mean "variant"?'],
    ),
    "an empty name in a pattern": (
        TOP + 'output = "{asset}-{variant}.{suffix}"\n',
        [':5:1: target.vector.output: "{variant}" is empty here: put it in brackets, such as [-{variant}]'],
    ),
    "a size twice": (
        TOP + "[target.web]\nsizes = [24, 24]\n",
        [":5:9: target.web: two files would be assets/out/icon/home-24.webp: a size is there twice"],
    ),
    "sizes of one name": (
        TOP + '[target.web]\nsizes = [24, 48]\noutput = "a.webp"\n',
        [
            ":7:1: target.web.output: two files would be assets/out/a.webp: the pattern of the output needs {size}"
        ],
    ),
    "two targets of one path": (
        TOP + '[target.b]\nformat = "vector"\n',
        [":5:9: target.b: writes assets/out/icon/home.svg, which icon/home target.vector writes too"],
    ),
    "an output that is another's folder": (
        TOP + '[target.b]\nformat = "vector"\noutput = "icon/home.svg/x.svg"\n',
        [
            ":5:9: target.b: writes assets/out/icon/home.svg/x.svg below assets/out/icon/home.svg, "
            "a file of icon/home target.vector"
        ],
    ),
    "an output below another's": (
        TOP.replace(
            "[target.vector]",
            '[target.b]\nformat = "vector"\noutput = "icon/home.svg/x.svg"\n[target.vector]',
        ),
        [
            ":7:9: target.vector: writes assets/out/icon/home.svg, which is a folder of "
            "assets/out/icon/home.svg/x.svg (icon/home target.b)"
        ],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_broken_spec_is_one_clear_line(tree: Tree, name: str) -> None:
    text, expected = CASES[name]
    tree.write(
        {
            "tympan.toml": 'tokens = ["brand.tokens.json"]\n',
            "brand.tokens.json": '{"color": {"brand": {"$value": "#f00"}}}',
            "specs/icon/home.toml": text,
            "specs/icon/house.toml": TOP,
        }
    )
    os.symlink("/etc/hostname", tree.root / "assets/refs/out.png")
    library = tree.read()
    assert [str(problem).removeprefix("specs/icon/home.toml") for problem in library.problems] == expected
    assert [asset.id for asset in library.assets] == ["icon/house"]
    assert not (tree.root / "assets/out").exists()


def test_the_table_is_long_enough_and_names_no_python(tree: Tree) -> None:
    assert len(CASES) >= 60
    for _, lines in CASES.values():
        for line in lines:
            assert not re.search(r"\b(str|int|dict|list|NoneType|Traceback)\b", line)
