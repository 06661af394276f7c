"""The to-do sheet as one page: no request to anywhere, light and dark, a copy button beside each prompt.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby

from tympan.todo.looks import SCRIPT, STYLE
from tympan.todo.sheet import Todo, price, state, total


def page(todos: Sequence[Todo], title: str) -> str:
    """One HTML document; the same text for the same jobs. What was ticked off is kept by the browser."""
    body = "\n".join(
        f"<section><h2>{escape(asset)}</h2>\n{''.join(_card(todo) for todo in jobs)}</section>"
        for asset, jobs in groupby(todos, key=lambda todo: todo.asset)
    )
    policy = f"default-src 'none'; style-src '{_hash(STYLE)}'; script-src '{_hash(SCRIPT)}'; base-uri 'none'"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>To do by hand: {escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<header><h1>To do by hand</h1><p>{escape(title)}</p><p>{escape(total(todos))}</p>"
        '<p id="done" role="status"></p></header>\n'
        f"<main>\n{body}\n</main>\n<script>{SCRIPT}</script>\n</body>\n</html>\n"
    )


def _card(todo: Todo) -> str:
    told = todo.instruction
    what = f"{escape(todo.generator)}, {state(todo)}{escape(price(todo.cost))}"
    key = escape(todo.job)
    return (
        f'<article id="job-{key}" data-job="{key}">\n'
        f'<div class="head"><label><input type="checkbox" aria-label="done: job {key}"> '
        f'<code>#{key}</code></label> <span class="what">{what}</span>{_where(told.where)}</div>\n'
        f"{_copyable(told.copy, 'prompt')}\n<ul>{''.join(_notes(told.notes))}</ul>\n</article>\n"
    )


def _where(where: str) -> str:
    if where.startswith("https://"):
        return f' <a href="{escape(where)}" target="_blank" rel="noreferrer noopener">open</a>'
    return f' <span class="what">{escape(where)}</span>' if where else ""


def _copyable(text: str, what: str) -> str:
    if not text:
        return ""
    return (
        f'<div class="copy"><pre tabindex="0">{escape(text)}</pre>'
        f'<button type="button" aria-label="copy the {what}">Copy</button></div>'
    )


def _notes(notes: Iterable[str]) -> Iterable[str]:
    return (f"<li>{escape(note)}</li>" for note in notes)


def _hash(text: str) -> str:
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
