"""One self-contained HTML document: style, script and data inside, and a policy that lets nothing else in.

Reads package files. Writes nothing.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any, NamedTuple

import msgspec

# Shared by all pages; a page's own parts follow.
STYLE = ("tympan.page:look.css",)
SCRIPT = ("tympan.page:page.js",)


class Block(NamedTuple):
    """Data inside a page that its script reads by id: JSON (`as_json`), or text without any `<`."""

    id: str
    text: str
    type: str = "application/json"


def document(
    title: str,
    body: str,
    *,
    style: Iterable[str] = (),
    script: Iterable[str] = (),
    data: Iterable[Block] = (),
    late: Iterable[Block] = (),
    served: bool = False,
) -> str:
    """The document; the same text for the same arguments.

    body: markup without data in it. style, script: parts such as "tympan.sheet:sheet.css", after those that
    all pages share. data: what the script finds when it starts; late: what may come after the first paint.
    served: whether the page may ask the server it came from.
    """
    css = "".join(part(name) for name in (*STYLE, *style))
    code = '"use strict";\n' + "".join(part(name) for name in (*SCRIPT, *script))
    return "".join(
        (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
            f'<meta http-equiv="Content-Security-Policy" content="{_policy(css, code, served)}">\n',
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
            '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n',
            f"<title>{escape(title)}</title>\n<style>{css}</style>\n</head>\n<body>\n{body}\n",
            *map(_block, data),
            f"<script>{code}</script>\n",
            *map(_block, late),
            "</body>\n</html>\n",
        )
    )


def as_json(value: Any) -> str:
    """A value as JSON that cannot end the element it stands in."""
    text = msgspec.json.encode(value, order="deterministic").decode()
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


@cache
def part(name: str) -> str:
    """The text of a package file, named "package:file"."""
    package, _, file = name.partition(":")
    return files(package).joinpath(file).read_text("utf-8")


def _block(block: Block) -> str:
    assert "<" not in block.text
    return f'<script type="{block.type}" id="{escape(block.id)}">{block.text}</script>\n'


def _policy(css: str, code: str, served: bool) -> str:
    own = " 'self'" if served else ""
    asks = "connect-src 'self'; " if served else ""
    return (
        f"default-src 'none'; img-src{own} data: blob:; {asks}style-src '{_hash(css)}'; "
        f"script-src '{_hash(code)}'; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
