"""The page of `tympan diff` and `recalibrate --tools`: before, after, difference and numbers of each file.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from tympan.compare import HOTTEST
from tympan.page import document

if TYPE_CHECKING:
    from tympan.cli.diff import Change, Row

_CAPTIONS = (("before", "Before"), ("after", "After"), ("heat", "Difference"))
_CHIPS = {
    "changed": "list", "new": "good", "removed": "bad", "unknown": "warn",
    "differs": "list", "same pixels": "good", "failed": "bad",
}  # fmt: skip


def page(
    rows: Sequence[Row], verb: str, title: str, counted: str, *, code: str = "", said: Iterable[str] = ()
) -> str:
    """One HTML document without any request; the same text for the same changes.

    verb: what makes it; code: the end of the title, such as a revision; said: further lines of the head.
    """
    name = f" <code>{escape(code)}</code>" if code else ""
    lines = "".join(f"<p>{escape(each)}</p>" for each in (counted, *said))
    head = (
        f'<header class="wrap top"><div><p class="eyebrow">{escape(verb)}</p>'
        f"<h1>{escape(title)}{name}</h1>{lines}</div>"
        '<div id="tools" class="no-print"></div></header>\n'
    )
    body = f'{head}<main class="wrap">{_summary(rows)}{"".join(_cards(rows))}</main>\n{_foot()}'
    return document(
        f"{title} {code}".strip(), body, style=["tympan.cli:diff.css"], script=["tympan.cli:diff.js"]
    )


def _summary(rows: Sequence[Row]) -> str:
    if not rows:
        return '<p class="panel">Every file is as it was.</p>'
    lines = "".join(_line(n, row.change) for n, row in enumerate(rows))
    return (
        '<div class="scroll" role="region" aria-label="All changes" tabindex="0"><table>'
        '<thead><tr><th scope="col">File</th><th scope="col"></th><th scope="col">Pixels</th>'
        '<th scope="col">Mean ΔE</th><th scope="col">Max ΔE</th><th scope="col">SSIM</th>'
        f'<th scope="col">Bytes</th></tr></thead><tbody>{lines}</tbody></table></div>\n'
    )


def _line(number: int, change: Change) -> str:
    found = change.difference
    cells = ["", "", "", ""]
    if found is not None:
        cells = [f"{found.changed:.2%}", f"{found.mean:.2f}", f"{found.most:.1f}", f"{found.ssim:.4f}"]
    numbers = "".join(f"<td>{each}</td>" for each in cells)
    return (
        f'<tr><th scope="row"><a href="#c{number}">{escape(change.path)}</a></th>'
        f"<td>{_chip(change.state)}</td>{numbers}<td>{_bytes(change)}</td></tr>"
    )


def _cards(rows: Iterable[Row]) -> Iterator[str]:
    for number, row in enumerate(rows):
        change = row.change
        notes = "".join(f"<li>{escape(note)}</li>" for note in change.notes)
        yield (
            f'<article class="panel" id="c{number}" data-full="{"heat" in row.pictures:d}">'
            f'<div class="head"><div><p class="eyebrow">{escape(change.task)}</p>'
            f"<h2>{escape(change.path)}</h2></div>{_chip(change.state)}</div>\n"
            f"{_stage(row)}<dl>{_numbers(change)}</dl>{f'<ul>{notes}</ul>' if notes else ''}</article>\n"
        )


def _stage(row: Row) -> str:
    figures = [
        f'<figure class="{name}"><div class="mat"><img alt="{caption} of {escape(row.change.path)}" '
        f'{_scaled(row.change)} src="data:image/webp;base64,'
        f'{b64encode(row.pictures[name]).decode()}"></div><figcaption>{caption}</figcaption></figure>'
        for name, caption in _CAPTIONS
        if name in row.pictures
    ]
    return f'<div class="stage" data-view="side">{"".join(figures)}</div>\n' if figures else ""


def _scaled(change: Change) -> str:
    """A small picture is shown at a whole multiple of its size, pixel by pixel."""
    size = change.after if change.after.kind else change.before
    if size.kind == "svg" or not 0 < size.width <= 160:
        return 'class="checker"'
    times = 320 // int(size.width)
    return f'class="tiny checker" width="{int(size.width) * times}" height="{int(size.height) * times}"'


def _numbers(change: Change) -> str:
    found, size = change.difference, change.after if change.after.kind else change.before
    told = []
    if found is not None:
        told += [("Pixels changed", f"{found.changed:.2%}"), ("Mean ΔE", f"{found.mean:.2f}")]
        told += [("Max ΔE", f"{found.most:.1f}"), ("SSIM", f"{found.ssim:.4f}")]
    told.append(("Bytes", _bytes(change)))
    if size.width:
        unit = "pt" if size.kind == "pdf" else "px"
        told.append(("Size", f"{size.width:g} × {size.height:g} {unit}"))
    if size.profile:
        told.append(("Profile", escape(size.profile)))
    return "".join(f"<div><dt>{name}</dt><dd>{text}</dd></div>" for name, text in told if text)


def _chip(state: str) -> str:
    return f'<span class="chip {_CHIPS.get(state, "no")}">{escape(state)}</span>'


def _bytes(change: Change) -> str:
    before, after = change.sizes
    if before < 0 or after < 0:
        return _grouped(max(before, after)) if max(before, after) >= 0 else ""
    told = _grouped(after)
    return told if before == after else f'{told} <span class="soft">({after - before:+d})</span>'


def _grouped(count: int) -> str:
    return f"{count:,}".replace(",", "\u2009")


def _foot() -> str:
    return (
        '<footer class="wrap small soft"><div class="ramp" aria-hidden="true"></div>'
        f'<p class="ends"><span>0</span><span>{HOTTEST} and more</span></p>'
        "<p>ΔE is the colour difference CIEDE2000: 1 is about what an eye can just tell. Transparent pixels "
        "are compared on white and on black, and the larger difference counts. SSIM is structural "
        "similarity: 1 for equal pictures. An SVG is rendered, a CMYK file is seen through its profile.</p>"
        "</footer>\n"
    )
