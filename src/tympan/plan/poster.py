"""A chart as an SVG of its own, without any other tool.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from xml.sax.saxutils import escape

from tympan.plan.chart import KINDS, VERDICTS, Box, Chart
from tympan.plan.draw import COLOURS, words
from tympan.plan.layout import Layout, Place, lay_out

_HEADS = {
    "input": "inputs",
    "source": "sources",
    "prepare": "prepared",
    "target": "targets",
    "output": "outputs",
}
_HEIGHT, _GAP, _APART, _BETWEEN, _EDGE = 42.0, 10.0, 26.0, 64.0, 28.0
_HEAD = 74.0
_INSIDE = 14.0
_LABEL, _SMALL = 13.0, 11.0
_LONGEST = 46
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"
_INK, _SOFT, _LINE, _PAPER = "#1c2430", "#5b6675", "#b7bfca", "#fdfdfc"


def svg(chart: Chart) -> str:
    """The chart as SVG text; the same chart gives the same bytes."""
    columns = _columns(chart)
    layout = lay_out(
        columns,
        [(arrow.start, arrow.end) for arrow in chart.arrows],
        height=_HEIGHT,
        gap=_GAP,
        apart=_APART,
    )
    widths = [0.0] * len(KINDS)
    for box in chart.boxes:
        widths[columns[box.id]] = max(widths[columns[box.id]], _box_width(box))
    # An empty column keeps no room: pictures of generators that read no file have no inputs.
    lefts, at = [], _EDGE
    for width in widths:
        lefts.append(at)
        at += width + _BETWEEN if width else 0.0
    total = max(at - _BETWEEN + _EDGE, 2 * _EDGE + _legend_width(chart))
    height = _HEAD + layout.height + _EDGE
    parts = [*_opening(chart, total, height), *_headings(chart, columns, lefts), *_rules(layout, total)]
    parts += _arrows(chart, layout, lefts, widths)
    parts += [_box(box, layout.places[box.id], lefts, widths) for box in chart.boxes]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _columns(chart: Chart) -> dict[str, int]:
    """Each box's column: its kind's, but an input stands just before the first that reads it."""
    columns = {box.id: KINDS.index(box.kind) for box in chart.boxes}
    first: dict[str, int] = {}
    for arrow in chart.arrows:
        first[arrow.start] = min(first.get(arrow.start, len(KINDS)), columns[arrow.end])
    inputs = {box.id: first.get(box.id, 1) - 1 for box in chart.boxes if box.kind == "input"}
    return columns | inputs


def _opening(chart: Chart, width: float, height: float) -> Iterable[str]:
    w, h = round(width), round(height)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" '
        f'font-family="{_FONT}" aria-label="What is made of what, and how it stands">'
    )
    yield f'<rect width="{w}" height="{h}" fill="{_PAPER}"/>'
    targets = sum(box.of for box in chart.boxes if box.kind == "target")
    text = f"{targets} target{'s' if targets != 1 else ''}"
    yield _text(_EDGE, 29, text, _LABEL, _INK)
    x = _EDGE + _width(text, _LABEL) + 22
    for word, count in _legend(chart):
        _, edge, ink = COLOURS[word]
        text = f"{count} {word}"
        yield f'<circle cx="{x + 4:g}" cy="25" r="4.5" fill="{edge}"/>'
        yield _text(x + 14, 29, text, _LABEL, ink)
        x += 14 + _width(text, _LABEL) + 22
    if chart.note:
        yield _text(x, 29, chart.note, _SMALL, _SOFT)


def _legend(chart: Chart) -> list[tuple[str, int]]:
    """Targets by verdict: what a build would do."""
    counts = dict.fromkeys(VERDICTS, 0)
    for box in chart.boxes:
        if box.kind == "target":
            for word, count in box.verdicts.items():
                counts[word] += count
    return [(word, count) for word, count in counts.items() if count]


def _legend_width(chart: Chart) -> float:
    rows = sum(36 + _width(f"{count} {word}", _LABEL) for word, count in _legend(chart))
    return rows + _width("10000 targets", _LABEL) + 22 + _width(chart.note, _SMALL)


def _headings(chart: Chart, columns: dict[str, int], lefts: list[float]) -> Iterable[str]:
    for n, kind in enumerate(KINDS):
        if any(box.kind == kind and columns[box.id] == n for box in chart.boxes):
            yield _text(lefts[n], 60, _HEADS[kind], _SMALL, _SOFT, ' letter-spacing="0.6"')


def _rules(layout: Layout, width: float) -> Iterable[str]:
    for end in layout.parts[:-1]:
        y = round(_HEAD + end + _APART / 2, 1)
        yield f'<path d="M{_EDGE:g} {y:g}H{width - _EDGE:g}" stroke="#e6e9ed"/>'


def _arrows(chart: Chart, layout: Layout, lefts: list[float], widths: list[float]) -> Iterable[str]:
    yield f'<g fill="none" stroke="{_LINE}" stroke-width="1.5">'
    for arrow in chart.arrows:
        start, end = layout.places[arrow.start], layout.places[arrow.end]
        x, y = lefts[start.column] + widths[start.column], start.y + _HEAD
        path = f"M{x:g} {y:g}"
        for place in (*layout.bends.get((arrow.start, arrow.end), ()), end):
            to_x, to_y = lefts[place.column], place.y + _HEAD
            half = (x + to_x) / 2
            path += f"C{half:g} {y:g} {half:g} {to_y:g} {to_x:g} {to_y:g}"
            x, y = to_x, to_y
            if place is not end:
                x += widths[place.column]
                path += f"H{x:g}"
        yield f'<path d="{path}"/>'
    yield "</g>"


def _box(box: Box, place: Place, lefts: list[float], widths: list[float]) -> str:
    ground, edge, ink = COLOURS[box.verdict]
    x, y = lefts[place.column], round(place.y + _HEAD - _HEIGHT / 2, 1)
    width = widths[place.column]
    radius = {"source": _HEIGHT / 2, "input": 3.0}.get(box.kind, 8.0)
    dashed = ' stroke-dasharray="5 3"' if box.verdict == "waits" else ""
    lines = [_short(line) for line in words(box)]
    inside = x + _INSIDE + (4 if box.kind == "source" else 0)
    text = [_text(inside, y + (18 if len(lines) > 1 else 25.5), lines[0], _LABEL, _INK)]
    if len(lines) > 1:
        text.append(_text(inside, y + 33, lines[1], _SMALL, ink))
    return (
        f'<g class="{box.kind} {box.verdict}"><title>{escape(box.id)}</title>'
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{_HEIGHT:g}" rx="{radius:g}" fill="{ground}" '
        f'stroke="{edge}"{dashed}/>{"".join(text)}</g>'
    )


def _text(x: float, y: float, text: str, size: float, ink: str, more: str = "") -> str:
    return f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" fill="{ink}"{more}>{escape(text)}</text>'


def _short(text: str) -> str:
    """Long texts lose their middle: a path is known by its end."""
    if len(text) <= _LONGEST:
        return text
    return f"{text[: _LONGEST // 3]}…{text[-(_LONGEST - _LONGEST // 3 - 1) :]}"


def _box_width(box: Box) -> float:
    lines = [_short(line) for line in words(box)]
    sizes = (_LABEL, _SMALL)
    return round(2 * _INSIDE + 4 + max(_width(*each) for each in zip(lines, sizes, strict=False)), 1)


def _width(text: str, size: float) -> float:
    """At least how wide a text is, whichever sans serif draws it: widths of DejaVu Sans, a wide one."""
    ems = 0.0
    for sign in text:
        if unicodedata.east_asian_width(sign) in "WF":
            ems += 1.0
        elif sign in "iljI.,:;'|!()[]/ tfr·-":
            ems += 0.4
        else:
            ems += 0.95 if sign in "mwMW@%" else 0.7 if sign.isupper() else 0.63
    return ems * size
