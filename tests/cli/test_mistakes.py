"""Twenty kinds of broken spec, as a user meets them: one clear line with place and hint, exit 2, nothing written."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import Project

HOME = "specs/icon/home.toml"
SUBJECT = 'subject = "a house"\n'
DEEP = ".".join(["a"] * 10_000)

BROKEN = {
    "unknown key": (SUBJECT + "[target.webp]\nqualty = 3\n", ':3:1: target.webp.qualty: unknown key, did you mean "quality"?'),
    "wrong type": (SUBJECT + '[target.webp]\nquality = "high"\n', ":3:1: target.webp.quality: expected an integer, got a string"),
    "out of range": (SUBJECT + "[target.webp]\nquality = 300\n", ":3:1: target.webp.quality:"),
    "missing file": ('[source]\noptions.path = "refs/hme.svg"\n', ':2:9: source.options.path: no file assets/refs/hme.svg, did you mean "assets/refs/home.svg"?'),
    "unknown token": (SUBJECT + '[prep]\nrecolour.map = { ink = "{token.color.brnd}" }\n', ':3:18: prep.recolour.map.ink: unknown token color.brnd, did you mean "color.brand"?'),
    "cyclic extends": ('extends = "icon/home"\n', ":1:1: extends:"),
    "unknown extends": ('extends = "icon/bel"\n', ':1:1: extends: '),
    "two assets one output": (SUBJECT + '[target.svg]\noutput = "icon/bell.svg"\n', ": target.svg: writes assets/out/icon/bell.svg, which icon/bell target.svg writes too"),
    "output out of the tree": (SUBJECT + '[target.svg]\noutput = "../../../x.svg"\n', ":3:1: target.svg.output:"),
    "input out of the tree": ('[source]\noptions.path = "../tokens/brand.tokens.json"\n', ":2:9: source.options.path:"),
    "absolute input": ('[source]\noptions.path = "/etc/passwd"\n', ":2:9: source.options.path:"),
    "not a number": (SUBJECT + "[target.webp]\nquality = nan\n", ":3:"),
    "10 000 nested keys": (SUBJECT + f"{DEEP} = 1\n", "is nested too deeply: at most 16 levels"),
    "syntax": (SUBJECT + "[target.webp\n", ":2:"),
    "unknown generator": ('[source]\ngenerator = "leonrdo"\n', ':2:1: source.generator: unknown generator "leonrdo"'),
    "unknown step": (SUBJECT + '[prep]\nsteps = ["trimm"]\n', 'unknown step "trimm", did you mean "trim"?'),
    "unknown format": (SUBJECT + '[target.x]\nformat = "weppb"\n', 'unknown format "weppb", did you mean "webp"?'),
    "unknown profile": (SUBJECT + '[target.print]\nformat = "cmyk-tiff"\nprofile = "fogra39"\n', 'unknown profile "fogra39", did you mean "fogra39-300"?'),
    "proof of nothing": (SUBJECT + '[target.svg]\nproof = "print"\n', ':3:1: target.svg.proof: "print" is no target'),
    "duplicate key": (SUBJECT + SUBJECT, ":2:"),
    "bad matrix": (SUBJECT + '[matrix]\ntheme = ["a b"]\n', ":3:"),
    "control character": ('subject = "\\u0007"\n', ":1:"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_spec_is_one_clear_line_and_nothing_is_written(project: Project, kind: str) -> None:
    text, expected = BROKEN[kind]
    project.write(HOME, text)
    ran = project.run("build")
    assert ran.code == 2
    lines = ran.err.splitlines()
    assert len(lines) == 1, ran.err
    assert lines[0].startswith("specs/icon/")
    assert expected in ran.err
    assert not (project.root / "assets/out").exists()
    assert not (project.root / ".tympan").exists()


def test_bytes_that_are_no_utf8_and_a_file_that_is_too_large(project: Project) -> None:
    (project.root / HOME).write_bytes(b'subject = "a house"\ntitle = "\xff"\n')
    project.write("specs/icon/bell.toml", "# " + "x" * 300_000)
    ran = project.run("build")
    assert ran.code == 2
    assert f"{HOME}:2" in ran.err
    assert "specs/icon/bell.toml: " in ran.err
    assert not (project.root / "assets/out").exists()


def test_a_reserved_name_and_a_link_out(project: Project, tmp_path: Path) -> None:
    project.write("specs/icon/con.toml", SUBJECT)
    (tmp_path / "secret.toml").write_text(SUBJECT)
    (project.root / "specs/icon/out.toml").symlink_to(tmp_path / "secret.toml")
    (project.root / "assets/refs/out.svg").symlink_to(tmp_path / "secret.toml")
    project.write(HOME, '[source]\noptions.path = "refs/out.svg"\n')
    ran = project.run("check")
    assert ran.code == 2
    assert "specs/icon/con.toml" in ran.err
    assert "which Windows reserves" in ran.err
    assert "specs/icon/out.toml" in ran.err
    assert "assets/refs/out.svg is a link out of the project" in ran.err
    assert "Traceback" not in ran.err
