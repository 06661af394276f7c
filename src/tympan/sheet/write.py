"""A filled sheet as one HTML document.

Reads package files and views. Writes nothing.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from tympan.errors import TympanError
from tympan.page import Block, as_json, document
from tympan.sheet.model import Sheet
from tympan.sheet.shelf import Shelf

_SCRIPTS = (
    "state",
    "parts",
    "cards",
    "plot",
    "targets",
    "stage",
    "viewer",
    "compare",
    "answer",
    "keys",
    "main",
)
STYLE = ("tympan.sheet:sheet.css", "tympan.sheet:viewer.css")
SCRIPT = tuple(f"tympan.sheet:{name}.js" for name in _SCRIPTS)
# An SVG larger than this is shown as pixels only.
_VECTOR_BYTES = 150_000
_BODY = """<header id="head" class="wrap"></header>
<main id="main" class="wrap"><noscript><p>This page needs JavaScript, and nothing else: it asks nothing of any
server.</p></noscript></main>
<footer id="bar" class="bar no-print"></footer>"""


def html(sheet: Sheet, shelf: Shelf, bytes_of: Callable[[str], bytes]) -> str:
    """The document with all pictures in it; the same text for the same sheet and views."""
    names = [each.digest for each in sheet.pictures]
    vectors = dict(_vectors(sheet, bytes_of))
    data = {**about(sheet), "here": {name: at for at, name in enumerate(names)}, "vectors": list(vectors)}
    return document(
        sheet.title,
        _BODY,
        style=STYLE,
        script=SCRIPT,
        data=[Block("sheet", as_json(data))],
        late=_pictures(names, shelf, vectors),
    )


def served(sheet: Sheet, by: str) -> str:
    """The document that asks its server for pictures, and tells it of each decision at once."""
    vectors = [each.digest for each in sheet.pictures if each.vector]
    data = {**about(sheet), "served": True, "by": by, "vectors": vectors}
    return document(
        sheet.title, _BODY, style=STYLE, script=SCRIPT, data=[Block("sheet", as_json(data))], served=True
    )


def about(sheet: Sheet) -> dict[str, Any]:
    """What the script of the page is told."""
    told: dict[str, Any] = msgspec.to_builtins(sheet)
    return {**told, "id": sheet.id, "shown": sheet.shown}


def _vectors(sheet: Sheet, bytes_of: Callable[[str], bytes]) -> Iterator[tuple[str, bytes]]:
    for each in sheet.pictures:
        if each.vector and not each.trouble:
            try:
                data = bytes_of(each.digest)
            except TympanError:
                continue
            if len(data) <= _VECTOR_BYTES:
                yield each.digest, data


def _pictures(names: list[str], shelf: Shelf, vectors: dict[str, bytes]) -> Iterator[Block]:
    """All small views first: they are what one sees first."""
    for kind in ("thumb", "large"):
        for at, name in enumerate(names):
            views = shelf.get(name) if name not in shelf.troubles else None
            if views is not None:
                yield Block(f"{kind}{at}", b64encode(getattr(views, kind)).decode(), "text/plain")
    for at, name in enumerate(names):
        if name in vectors:
            yield Block(f"vector{at}", b64encode(vectors[name]).decode(), "text/plain")
