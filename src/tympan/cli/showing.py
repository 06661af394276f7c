"""Candidates as small pictures in the terminal, where it can show any.

Reads the checkout and the environment. Writes .tympan/views, and to standard output if that is a terminal.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from tympan.checkout import Checkout
from tympan.plan.graph import Node
from tympan.sheet.gather import gather
from tympan.sheet.shelf import Budget, Shelf
from tympan.worker.pool import Pool

if TYPE_CHECKING:
    from PIL.Image import Image

KITTY, ITERM, BLOCKS = "kitty", "iterm", "blocks"
# One picture: columns and rows of the terminal; a cell is about twice as tall as it is wide.
_COLUMNS, _ROWS, _GAP = 24, 8, 2
# A terminal's cell in px, about: what is sent is no larger than what is shown.
_CELL = 16
_BUDGET = Budget(thumb=12_000, large=64_000)
# What the kitty protocol takes in one escape.
_CHUNK = 4096


def way(environment: Mapping[str, str], is_terminal: bool) -> str:
    """How this terminal shows pictures: KITTY, ITERM, BLOCKS (two pixels a character), "" if not at all."""
    term, program = environment.get("TERM", ""), environment.get("TERM_PROGRAM", "")
    if not is_terminal or term in ("", "dumb") or "NO_COLOR" in environment:
        return ""
    # A multiplexer swallows pictures.
    if "TMUX" in environment or term.startswith(("screen", "tmux")):
        return BLOCKS if environment.get("COLORTERM") in ("truecolor", "24bit") else ""
    if "KITTY_WINDOW_ID" in environment or "kitty" in term or "ghostty" in (term + program).lower():
        return KITTY
    if program in ("iTerm.app", "WezTerm", "mintty", "rio"):
        return ITERM
    return BLOCKS if environment.get("COLORTERM") in ("truecolor", "24bit") else ""


def show_candidates(checkout: Checkout, nodes: Sequence[Node]) -> None:
    """Print the candidates of requests as pictures with their numbers; nothing where none can be shown."""
    how = way(os.environ, sys.stdout.isatty())
    if not how:
        return
    steps = {(node.asset, node.use.step, node.variant.name) for node in nodes if node.use}
    sheet = gather(checkout, {node.asset for node in nodes}, only="candidates")
    with Pool(1) as pool:
        shelf = Shelf(checkout.files, pool, checkout.asked.get, _BUDGET)
        for part in sheet.parts:
            for step in part.steps:
                names = (step.variant, *step.also) if step.variant else {name for *_, name in steps}
                if not any((part.asset, step.step, name) in steps for name in names):
                    continue
                views = [(each.number, shelf.get(each.digest)) for each in step.pictures]
                found = [(number, made.thumb) for number, made in views if made]
                click.echo(f"{part.asset}, {step.heading}")
                sys.stdout.write(rows(found, how, shutil.get_terminal_size().columns))
                sys.stdout.flush()


def rows(pictures: Sequence[tuple[int, bytes]], how: str, wide: int) -> str:
    """Pictures side by side, as many as the terminal is wide, their numbers below."""
    each_row = max(1, (wide + _GAP) // (_COLUMNS + _GAP))
    text = ""
    for at in range(0, len(pictures), each_row):
        some = pictures[at : at + each_row]
        images = [_opened(data) for _, data in some]
        text += _blocks(images) if how == BLOCKS else _placed(images, how)
        text += "".join(str(number).ljust(_COLUMNS + _GAP) for number, _ in some).rstrip() + "\n"
    return text


def _opened(data: bytes) -> Image:
    from PIL import Image as Pillow

    # A view of our own making: what came from elsewhere was decoded in a worker.
    image = Pillow.open(io.BytesIO(data), formats=("WEBP",)).convert("RGBA")
    ground = Pillow.new("RGBA", image.size, "#808080")
    ground.alpha_composite(image)
    return ground.convert("RGB")


def _fitted(image: Image, wide: int, tall: int) -> Image:
    scale = min(wide / image.width, tall / image.height)
    return image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))))


def _blocks(images: Sequence[Image]) -> str:
    """Each character is two pixels: the upper as its colour, the lower as its ground."""
    small = [_fitted(image, _COLUMNS, 2 * _ROWS) for image in images]
    lines = []
    for row in range(max(-(-image.height // 2) for image in small)):
        line = ""
        for image in small:
            cells = "".join(_cell(image, x, 2 * row) for x in range(image.width))
            line += f"{cells}\x1b[0m{' ' * (_COLUMNS - image.width + _GAP)}"
        lines.append(line.rstrip(" "))
    return "\n".join(lines) + "\n"


def _cell(image: Image, x: int, y: int) -> str:
    if y >= image.height:
        return "\x1b[0m "
    upper = _colour(image, x, y)
    if y + 1 >= image.height:
        return f"\x1b[0;38;2;{upper}m▀"
    return f"\x1b[38;2;{upper};48;2;{_colour(image, x, y + 1)}m▀"


def _colour(image: Image, x: int, y: int) -> str:
    pixel = image.getpixel((x, y))
    assert isinstance(pixel, tuple)
    return ";".join(map(str, pixel[:3]))


def _placed(images: Sequence[Image], how: str) -> str:
    """Room for a row first, so that nothing scrolls while pictures are put into it from left to right."""
    text = "\n" * _ROWS + f"\x1b[{_ROWS}A"
    for at, image in enumerate(images):
        right = f"\x1b[{at * (_COLUMNS + _GAP)}C" if at else ""
        kept = io.BytesIO()
        _fitted(image, _COLUMNS * _CELL, _ROWS * 2 * _CELL).save(kept, "PNG")
        data = b64encode(kept.getvalue()).decode()
        text += f"\x1b7{right}{_kitty(data) if how == KITTY else _iterm(data)}\x1b8"
    return text + f"\x1b[{_ROWS}B\r"


def _kitty(data: str) -> str:
    """A PNG, shown at once, in pieces; the cursor stays. https://sw.kovidgoyal.net/kitty/graphics-protocol"""
    pieces = [data[at : at + _CHUNK] for at in range(0, len(data), _CHUNK)]
    head = f"a=T,f=100,q=2,C=1,r={_ROWS},"
    return "".join(
        f"\x1b_G{head if at == 0 else ''}m={int(at < len(pieces) - 1)};{piece}\x1b\\"
        for at, piece in enumerate(pieces)
    )


def _iterm(data: str) -> str:
    """https://iterm2.com/documentation-images.html: at most so many cells, proportions kept."""
    return f"\x1b]1337;File=inline=1;width={_COLUMNS};height={_ROWS};preserveAspectRatio=1:{data}\x07"
