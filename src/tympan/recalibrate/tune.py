"""Options swept for an asset that drifted: which values come nearest to the old pictures.

Reads the checkout and the record. Writes the store.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any

import msgspec

from tympan.checkout import Checkout
from tympan.drift import Drift, text_of
from tympan.errors import UsageError
from tympan.plan.graph import Node
from tympan.plugin import Generator
from tympan.recalibrate.compare import judged, pictures
from tympan.recalibrate.record import Tried, Tuned
from tympan.recalibrate.redraw import redrawn
from tympan.recalibrate.trial import PROBE
from tympan.worker.pool import Pool

_RANGE = re.compile(r"(-?\d+(?:\.\d+)?)\.\.(-?\d+(?:\.\d+)?)/(\d+(?:\.\d+)?)")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
# More than this is a mistake in a step, or a budget's end.
_MOST = 64


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """One value of each swept option, and the action that draws with them."""

    row: Tried
    options: dict[str, Any]
    node: Node


def values_of(text: str) -> list[Any]:
    """The values of `150..250/25`, `a,b,c` or one value. UsageError for a range without end."""
    if found := _RANGE.fullmatch(text.strip()):
        low, high, step = (float(each) for each in found.groups())
        count = int((high - low) / step + 1e-9) + 1 if step else 0
        if not 0 < count <= _MOST:
            raise UsageError(f"{text}: between 1 and {_MOST} values", hint="FROM..TO/STEP, as 150..250/25")
        is_whole = "." not in "".join(found.groups())
        numbers = [round(low + n * step, 9) for n in range(count)]
        return [int(each) for each in numbers] if is_whole else numbers
    return [value_of(each.strip()) for each in text.split(",") if each.strip()]


def value_of(text: str) -> Any:
    """A value as a person writes it on the command line."""
    if text in ("true", "false"):
        return text == "true"
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return text


def points(
    checkout: Checkout, rows: Iterable[tuple[Tried, Node]], to: str, sweep: Mapping[str, Sequence[Any]]
) -> list[Point]:
    """Every combination of the swept values for these requests. UsageError for what the generator refuses."""
    cells = [dict(zip(sweep, cell, strict=True)) for cell in product(*sweep.values())]
    if len(cells) > _MOST:
        raise UsageError(f"{len(cells)} combinations, at most {_MOST} at once")
    found = []
    for row, node in rows:
        for options in cells:
            name = ",".join(f"{key}={value}" for key, value in options.items())
            made = redrawn(node, f"tune.{to}.{name}", model=to, candidates=PROBE, options=options)
            if wrong := _wrong(checkout, made, options):
                raise UsageError(f"{row.name}, {name}: {wrong}")
            found.append(Point(row=row, options=options, node=made))
    return found


def _wrong(checkout: Checkout, node: Node, options: Mapping[str, Any]) -> str:
    """What is wrong with a request, "" if nothing is."""
    assert node.request is not None
    cls = checkout.plugins.found("generator", node.request.generator).cls
    assert issubclass(cls, Generator)
    known = [field.encode_name for field in msgspec.structs.fields(cls.Params)]
    if unknown := [name for name in options if name not in known]:
        return f"{cls.NAME} has no option {', '.join(unknown)}; it has {', '.join(known)}"
    try:
        msgspec.convert(node.request.options, cls.Params)
    except msgspec.ValidationError as error:
        return str(error)
    return "; ".join(cls().check(node.request))


def tuned(
    checkout: Checkout, pool: Pool, found: Iterable[Point], gates: Mapping[str, float]
) -> tuple[list[Tuned], dict[str, str]]:
    """The points as far as their pictures are there, the nearest to the old ones first; and what was lost.

    With them as many pictures of each request without any of the options, to be measured by.
    """
    planner, found = checkout.planner(), list(found)
    bare = {each.row.name: each.row for each in found}.values()
    tries: list[tuple[Tried, dict[str, Any], tuple[str, ...], str]] = [
        (row, {}, row.new[:PROBE], row.text) for row in bare
    ]
    for point in found:
        assert point.node.request is not None
        text = text_of(point.node.request)
        tries.append((point.row, point.options, pictures(planner, [point.node]), text))
    rows = [
        msgspec.structs.replace(row, name=f"{nth:03}", new=drawn, text=text)
        for nth, (row, _, drawn, text) in enumerate(tries)
    ]
    drift, lost = judged(checkout, pool, rows, gates)
    made = [
        _tuned(row.name, options, judged_as, drift)
        for (row, options, _, _), judged_as in zip(tries, rows, strict=True)
        if judged_as.new
    ]
    return sorted(made, key=lambda each: (each.name, each.apart)), lost


def _tuned(name: str, options: dict[str, Any], row: Tried, drift: Drift) -> Tuned:
    aspects = drift.assets[row.name].aspects if row.name in drift.assets else {}
    far = {name: each.effect / each.gate for name, each in aspects.items() if each.gate}
    aspect = max(sorted(far), key=lambda name: far[name], default="")
    return Tuned(
        name=name,
        options=options,
        new=row.new,
        apart=round(far[aspect], 3) if aspect else 0.0,
        aspect=aspect,
    )
