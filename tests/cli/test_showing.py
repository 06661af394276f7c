"""Small pictures in the terminal: only where it can show them, and in its own way."""

from __future__ import annotations

import base64
import io
import re

import pytest
from PIL import Image
from tests.conftest import Project

from tympan.cli.showing import BLOCKS, ITERM, KITTY, rows, way


@pytest.mark.parametrize(
    ("environment", "found"),
    [
        ({"TERM": "xterm-kitty"}, KITTY),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "ghostty"}, KITTY),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app", "COLORTERM": "truecolor"}, ITERM),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, ITERM),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, BLOCKS),
        ({"TERM": "xterm-kitty", "TMUX": "/tmp/x", "COLORTERM": "truecolor"}, BLOCKS),
        ({"TERM": "screen-256color", "TERM_PROGRAM": "iTerm.app"}, ""),
        ({"TERM": "xterm-256color"}, ""),
        ({"TERM": "dumb", "COLORTERM": "truecolor"}, ""),
        ({"TERM": "xterm-kitty", "NO_COLOR": ""}, ""),
        ({}, ""),
    ],
)
def test_a_terminal_is_known_by_what_it_says_of_itself(environment: dict[str, str], found: str) -> None:
    assert way(environment, is_terminal=True) == found
    assert way(environment, is_terminal=False) == ""


def picture(colour: str, size: tuple[int, int] = (96, 64)) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", size, colour).save(kept, "WEBP", lossless=True)
    return kept.getvalue()


def test_blocks_are_two_pixels_a_character() -> None:
    text = rows([(1, picture("#ff0000")), (2, picture("#0000ff"))], BLOCKS, 80)
    lines = text.splitlines()
    assert len(lines) == 9, "24 x 16 pixels in eight lines, and their numbers"
    assert lines[0].count("▀") == 48
    assert "38;2;255;0;0;48;2;255;0;0" in lines[0]
    assert "38;2;0;0;255" in lines[0]
    assert re.fullmatch(r"1 {25}2", lines[-1])
    assert all(line.endswith("\x1b[0m") for line in lines[:-1])


def test_as_many_as_the_terminal_is_wide_stand_side_by_side() -> None:
    pictures = [(n, picture("#888888")) for n in range(1, 6)]
    assert len(rows(pictures, BLOCKS, 80).splitlines()) == 2 * 9
    assert len(rows(pictures, BLOCKS, 10).splitlines()) == 5 * 9


def test_kitty_is_sent_a_png_in_pieces() -> None:
    text = rows([(1, picture("#ff8800", (300, 200)))], KITTY, 80)
    pieces = re.findall("\x1b_G([^;]*);([^\x1b]*)\x1b\\\\", text)
    assert pieces[0][0].startswith("a=T,f=100")
    assert [each[0][-1] for each in pieces] == ["1"] * (len(pieces) - 1) + ["0"]
    assert all(len(data) <= 4096 for _, data in pieces)
    with Image.open(io.BytesIO(base64.b64decode("".join(data for _, data in pieces)))) as image:
        assert image.format == "PNG"
        assert image.size == (384, 256)


def test_iterm_is_sent_one_inline_file() -> None:
    [data] = re.findall(
        "\x1b]1337;File=inline=1;[^:]*:([^\x07]*)\x07", rows([(1, picture("red"))], ITERM, 80)
    )
    with Image.open(io.BytesIO(base64.b64decode(data))) as image:
        assert image.format == "PNG"


def test_nothing_is_shown_where_nobody_looks(project: Project) -> None:
    project.write("specs/icon/three.toml", 'subject = "x"\n[source]\ngenerator = "sketch"\ncandidates = 3\n')
    ran = project.run("explore", "icon/three")
    assert ran.code == 0, ran.err
    assert "\x1b" not in ran.out
    shown = project.run("select", "icon/three", "--show")
    assert (shown.code, shown.out) == (0, "")
    for verb in ("select", "shortlist"):
        ran = project.run(verb, "icon/three")
        assert ran.code == 2
        assert f"tympan {verb} icon/three --show" in ran.err
