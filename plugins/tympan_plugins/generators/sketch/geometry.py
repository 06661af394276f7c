"""Paths as values: building, bending and hatching them.

Reads nothing. Writes nothing. A path is a list of commands M, L, C, Z with absolute coordinates.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from math import cos, hypot, pi, sin

Point = tuple[float, float]
Command = tuple[str, tuple[float, ...]]
Path = list[Command]
Matrix = tuple[float, float, float, float, float, float]
Box = tuple[float, float, float, float]

# Control points at this share of the radius make four cubics a circle to 0.03 %.
_ARC = 0.5523
_TOKEN = re.compile(r"[MLCQHVZ]|-?\d*\.?\d+")
_ARGUMENTS = {"M": 2, "L": 2, "C": 6, "Q": 4, "H": 1, "V": 1}


def parse(text: str) -> Path:
    """A path from SVG path data with absolute M, L, H, V, C, Q and Z."""
    tokens, path = _TOKEN.findall(text), Path()
    at, verb, here = 0, "M", (0.0, 0.0)
    while at < len(tokens):
        if tokens[at].isalpha():
            verb, at = tokens[at], at + 1
        if verb == "Z":
            path.append(("Z", ()))
            continue
        count = _ARGUMENTS[verb]
        v = tuple(float(t) for t in tokens[at : at + count])
        at += count
        if verb == "H":
            command: Command = ("L", (v[0], here[1]))
        elif verb == "V":
            command = ("L", (here[0], v[0]))
        elif verb == "Q":
            command = (
                "C",
                (*_towards(here, (v[0], v[1])), *_towards((v[2], v[3]), (v[0], v[1])), v[2], v[3]),
            )
        else:
            command = (verb, v)
        path.append(command)
        verb = "L" if verb == "M" else verb  # further pairs after M are lines
        here = (command[1][-2], command[1][-1])
        verb = "L" if verb == "M" else verb
    return path


def _towards(a: Point, b: Point, share: float = 2 / 3) -> Point:
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)


def ellipse(cx: float, cy: float, rx: float, ry: float | None = None) -> Path:
    """An ellipse, or a circle if `ry` is left out."""
    ry = rx if ry is None else ry
    kx, ky = rx * _ARC, ry * _ARC
    return [
        ("M", (cx + rx, cy)),
        ("C", (cx + rx, cy + ky, cx + kx, cy + ry, cx, cy + ry)),
        ("C", (cx - kx, cy + ry, cx - rx, cy + ky, cx - rx, cy)),
        ("C", (cx - rx, cy - ky, cx - kx, cy - ry, cx, cy - ry)),
        ("C", (cx + kx, cy - ry, cx + rx, cy - ky, cx + rx, cy)),
        ("Z", ()),
    ]


def polygon(points: Sequence[Point], radius: float | Sequence[float] = 0.0) -> Path:
    """A closed polygon; `radius` rounds all its corners, or each by its own."""
    radii = [radius] * len(points) if isinstance(radius, (int, float)) else list(radius)
    path = Path()
    for index, corner in enumerate(points):
        before, after = points[index - 1], points[(index + 1) % len(points)]
        reach = min(
            radii[index],
            hypot(corner[0] - before[0], corner[1] - before[1]) / 2,
            hypot(after[0] - corner[0], after[1] - corner[1]) / 2,
        )
        verb = "L" if path else "M"
        if reach < 0.05:
            path.append((verb, corner))
            continue
        start, end = _step(corner, before, reach), _step(corner, after, reach)
        path.append((verb, start))
        path.append(("C", (*_towards(start, corner, _ARC), *_towards(end, corner, _ARC), *end)))
    path.append(("Z", ()))
    return path


def _step(a: Point, b: Point, length: float) -> Point:
    whole = hypot(b[0] - a[0], b[1] - a[1]) or 1.0
    return _towards(a, b, length / whole)


def box(x: float, y: float, w: float, h: float, radius: float | Sequence[float] = 0.0) -> Path:
    """A rectangle; four radii go top left, top right, bottom right, bottom left."""
    return polygon([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], radius)


def smooth(points: Sequence[Point], closed: bool = True, pull: float = 1 / 6) -> Path:
    """A curve through all points (Catmull-Rom as cubics)."""
    count = len(points)

    def at(i: int) -> Point:
        return points[i % count] if closed else points[min(max(i, 0), count - 1)]

    path: Path = [("M", points[0])]
    for i in range(count if closed else count - 1):
        a, b, c, d = at(i - 1), at(i), at(i + 1), at(i + 2)
        path.append(
            (
                "C",
                (
                    b[0] + (c[0] - a[0]) * pull,
                    b[1] + (c[1] - a[1]) * pull,
                    c[0] - (d[0] - b[0]) * pull,
                    c[1] - (d[1] - b[1]) * pull,
                    *c,
                ),
            )
        )
    return [*path, ("Z", ())] if closed else path


def open_line(points: Sequence[Point]) -> Path:
    """A polyline."""
    return [("L" if index else "M", point) for index, point in enumerate(points)]


def apply(path: Path, change: Callable[[float, float], Point]) -> Path:
    """The path with every point, control points too, moved by `change`."""
    out = Path()
    for verb, v in path:
        moved = [change(v[i], v[i + 1]) for i in range(0, len(v), 2)]
        out.append((verb, tuple(n for point in moved for n in point)))
    return out


def transform(path: Path, m: Matrix) -> Path:
    """The path through an affine matrix (a, b, c, d, e, f), as SVG writes it."""
    a, b, c, d, e, f = m
    return apply(path, lambda x, y: (a * x + c * y + e, b * x + d * y + f))


def multiply(m: Matrix, n: Matrix) -> Matrix:
    """The matrix that applies `n` first, then `m`."""
    a, b, c, d, e, f = m
    p, q, r, s, t, u = n
    return (a * p + c * q, b * p + d * q, a * r + c * s, b * r + d * s, a * t + c * u + e, b * t + d * u + f)


def bounds(path: Path) -> Box:
    """x0, y0, x1, y1 of all points, control points too."""
    xs = [n for _, v in path for n in v[0::2]]
    ys = [n for _, v in path for n in v[1::2]]
    return min(xs), min(ys), max(xs), max(ys)


def flatten(path: Path, steps: int = 8) -> list[list[Point]]:
    """The path as polylines, one for each sub-path."""
    lines: list[list[Point]] = []
    for verb, v in path:
        if verb == "M":
            lines.append([(v[0], v[1])])
        elif verb == "L":
            lines[-1].append((v[0], v[1]))
        elif verb == "C":
            lines[-1].extend(_cubic(lines[-1][-1], v, steps))
    return lines


def _cubic(a: Point, v: tuple[float, ...], steps: int) -> Iterable[Point]:
    for i in range(1, steps + 1):
        t = i / steps
        s = 1 - t
        k0, k1, k2, k3 = s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t
        yield (k0 * a[0] + k1 * v[0] + k2 * v[2] + k3 * v[4], k0 * a[1] + k1 * v[1] + k2 * v[3] + k3 * v[5])


def wobble(path: Path, amount: float, unit: Callable[[], float]) -> Path:
    """The path as a hand would draw it: ends drift by up to `amount`, straight lines bow a little."""
    out, here, start = Path(), (0.0, 0.0), (0.0, 0.0)

    def off(share: float = 1.0) -> float:
        return (unit() * 2 - 1) * amount * share

    for verb, v in path:
        if verb == "Z":
            out.append(("L", start))
            out.append(("Z", ()))
            continue
        end = (v[-2] + off(0.6), v[-1] + off(0.6))
        if verb == "M":
            start = end
            out.append(("M", end))
        elif verb == "L":
            bow = min(1.0, hypot(end[0] - here[0], end[1] - here[1]) / 60)
            a, b = _towards(here, end, 0.3), _towards(here, end, 0.7)
            out.append(("C", (a[0] + off(bow), a[1] + off(bow), b[0] + off(bow), b[1] + off(bow), *end)))
        else:
            out.append(("C", (v[0] + off(), v[1] + off(), v[2] + off(), v[3] + off(), *end)))
        here = end
    return out


def hatch(shape: Path, minus: Path | None, gap: float, angle: float, unit: Callable[[], float]) -> Path:
    """Parallel strokes inside `shape` but outside `minus`, `gap` apart, at `angle` radians."""
    turn: Matrix = (cos(-angle), sin(-angle), -sin(-angle), cos(-angle), 0, 0)
    back: Matrix = (cos(angle), sin(angle), -sin(angle), cos(angle), 0, 0)
    outer = flatten(transform(shape, turn))
    inner = flatten(transform(minus, turn)) if minus else []
    ys = [y for line in outer for _, y in line]
    out, y = Path(), min(ys) + gap * 0.5
    while y < max(ys):
        for left, right in _subtract(_spans(outer, y), _spans(inner, y)):
            if right - left > gap * 0.6:
                trim = gap * 0.5 * unit()
                out += [("M", (left + trim, y)), ("L", (right - trim * 0.5, y + gap * 0.15 * (unit() - 0.5)))]
        y += gap
    return transform(out, back)


def _spans(lines: list[list[Point]], y: float) -> list[Point]:
    hits = []
    for line in lines:
        for (x0, y0), (x1, y1) in zip(line, [*line[1:], line[0]], strict=True):
            if (y0 <= y) != (y1 <= y):
                hits.append(x0 + (y - y0) / (y1 - y0) * (x1 - x0))
    hits.sort()
    return list(zip(hits[0::2], hits[1::2], strict=False))


def _subtract(spans: list[Point], holes: list[Point]) -> list[Point]:
    for low, high in holes:
        spans = [
            part for a, b in spans for part in ((a, min(b, low)), (max(a, high), b)) if part[1] > part[0]
        ]
    return spans


def star(cx: float, cy: float, outer: float, inner: float, rays: int, turn: float = -pi / 2) -> list[Point]:
    """Corners of a star."""
    return [
        (cx + r * cos(turn + i * pi / rays), cy + r * sin(turn + i * pi / rays))
        for i in range(2 * rays)
        for r in ((outer if i % 2 == 0 else inner),)
    ]
