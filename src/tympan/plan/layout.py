"""A small layered layout: columns from left to right, few crossings, parents beside their children.

Reads nothing. Writes nothing.

Layers are given, so of the method of Sugiyama, Tagawa and Toda (1981) only ordering and placing are left:
barycentres for the order, and for the heights the least squares that keep the order (pool adjacent violators,
Ayer et al. 1955). Parts that do not hang together are laid out one below the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

_SWEEPS = 4


class Place(msgspec.Struct, frozen=True):
    """Where a box is: its column from 0, and its middle's distance from the top, in px."""

    column: int
    y: float


class Layout(msgspec.Struct, frozen=True):
    """places: by box. bends: the places that an arrow over several columns passes, by its ends.

    height: of it all, in px. parts: where each part ends, from the top.
    """

    places: dict[str, Place]
    bends: dict[tuple[str, str], list[Place]]
    height: float
    parts: list[float]


def lay_out(
    columns: Mapping[str, int], arrows: Iterable[tuple[str, str]], *, height: float, gap: float, apart: float
) -> Layout:
    """Places for boxes of one height with at least `gap` between them, parts `apart`.

    columns: box -> column; their order is kept where nothing speaks against it. Every arrow leads from a
    lower column to a higher one.
    """
    arrows = list(arrows)
    layout = Layout({}, {}, 0.0, [])
    top = 0.0
    for part, own in _parts(columns, arrows):
        top = _lay_out_part({box: columns[box] for box in part}, own, layout, top, height, gap)
        layout.parts.append(top)
        top += apart
    return Layout(layout.places, layout.bends, max(top - apart, 0.0), layout.parts)


def _parts(
    columns: Mapping[str, int], arrows: Sequence[tuple[str, str]]
) -> Iterable[tuple[list[str], list[tuple[str, str]]]]:
    """What hangs together, each in the given order, with its arrows."""
    root = {box: box for box in columns}

    def find(box: str) -> str:
        while root[box] != box:
            root[box] = box = root[root[box]]
        return box

    for start, end in arrows:
        root[find(start)] = find(end)
    parts: dict[str, tuple[list[str], list[tuple[str, str]]]] = {}
    for box in columns:
        parts.setdefault(find(box), ([], []))[0].append(box)
    for arrow in arrows:
        parts[find(arrow[0])][1].append(arrow)
    return parts.values()


def _lay_out_part(
    columns: dict[str, int],
    arrows: list[tuple[str, str]],
    layout: Layout,
    top: float,
    height: float,
    gap: float,
) -> float:
    """Place one part below `top`; where it ends."""
    bends: dict[str, tuple[str, str]] = {}
    edges: list[tuple[str, str]] = []
    for start, end in arrows:
        last = start
        for column in range(columns[start] + 1, columns[end]):
            bend = f"\0{len(bends)}"
            bends[bend], columns[bend] = (start, end), column
            edges.append((last, bend))
            last = bend
        edges.append((last, end))
    layers = _ordered(columns, edges)
    heights = {box: gap if box in bends else height for box in columns}
    y = _heights(layers, edges, heights, gap)
    shift = top - min(y[box] - heights[box] / 2 for box in y)
    for box, column in columns.items():
        place = Place(column, round(y[box] + shift, 1))
        if box in bends:
            layout.bends.setdefault(bends[box], []).append(place)
        else:
            layout.places[box] = place
    return max(y[box] + heights[box] / 2 for box in y) + shift


def _ordered(columns: dict[str, int], edges: list[tuple[str, str]]) -> list[list[str]]:
    layers: list[list[str]] = [[] for _ in range(max(columns.values()) + 1)]
    for box, column in columns.items():
        layers[column].append(box)
    ends, starts = _neighbours(edges)
    for sweep in range(_SWEEPS):
        at = {box: n / max(len(layer), 1) for layer in layers for n, box in enumerate(layer)}
        beside = ends if sweep % 2 == 0 else starts
        for layer in reversed(layers) if sweep % 2 == 0 else layers:
            # Sorting is stable: what has no neighbour on this side stays where it is.
            layer.sort(key=lambda box: _mean([at[each] for each in beside.get(box, ())], at[box]))
            at.update({box: n / len(layer) for n, box in enumerate(layer)})
    return layers


def _heights(
    layers: list[list[str]], edges: list[tuple[str, str]], heights: dict[str, float], gap: float
) -> dict[str, float]:
    ends, starts = _neighbours(edges)
    y: dict[str, float] = {}
    for layer in layers:
        at = 0.0
        for box in layer:
            y[box] = at + heights[box] / 2
            at += heights[box] + gap
    for sweep in range(_SWEEPS):
        for layer in reversed(layers) if sweep % 2 == 0 else layers:
            wanted = []
            for box in layer:
                # Children pull first: what a picture becomes is more than what it came from.
                near = ends.get(box) or starts.get(box, [])
                wanted.append(_mean([y[each] for each in near], y[box]))
            y.update(zip(layer, _spread(wanted, [heights[box] for box in layer], gap), strict=True))
    return y


def _spread(wanted: list[float], heights: list[float], gap: float) -> list[float]:
    """The places nearest to the wanted ones (least squares) that keep the order and the gaps."""
    offsets, at = [], 0.0
    for n, height in enumerate(heights):
        at += (heights[n - 1] + height) / 2 + gap if n else 0.0
        offsets.append(at)
    pools: list[tuple[float, int]] = []
    for want, offset in zip(wanted, offsets, strict=True):
        mean, count = want - offset, 1
        while pools and pools[-1][0] > mean:
            before, several = pools.pop()
            mean = (before * several + mean * count) / (several + count)
            count += several
        pools.append((mean, count))
    flat = [mean for mean, count in pools for _ in range(count)]
    return [mean + offset for mean, offset in zip(flat, offsets, strict=True)]


def _neighbours(edges: list[tuple[str, str]]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    ends: dict[str, list[str]] = {}
    starts: dict[str, list[str]] = {}
    for start, end in edges:
        ends.setdefault(start, []).append(end)
        starts.setdefault(end, []).append(start)
    return ends, starts


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
