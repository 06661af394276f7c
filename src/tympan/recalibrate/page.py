"""The report of a recalibration as a page: old pictures beside new ones, verdicts, sweeps, decisions.

Reads the record, the store and the ledger. Writes the page, and what it shows into the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tympan.checkout import Checkout
from tympan.drift import Drift, Measurer, Shown, Sides, Swept, report, side_for
from tympan.errors import Damaged, TaskError
from tympan.recalibrate.record import Record, Tried, Tuned, path_of
from tympan.worker.pool import Pool

PAGE = "report.html"


def write_page(checkout: Checkout, pool: Pool, record: Record, drift: Drift) -> str:
    """Put the page in place; its path from the root."""
    path = path_of(record.name, PAGE)
    checkout.files.write(path, page(checkout, pool, record, drift).encode())
    return path


def page(checkout: Checkout, pool: Pool, record: Record, drift: Drift) -> str:
    """The page; pictures that are nowhere are left out."""
    measurer = Measurer(checkout.plugins, checkout.store, pool)
    count = sum(len(row.old) + len(row.new) for row in record.tried)
    side = side_for(count + sum(len(each.new) for each in record.tuned))
    names = [name for row in record.tried for name in (*row.old, *row.new)]
    names += [name for each in record.tuned for name in each.new]
    with ThreadPoolExecutor(pool.size) as threads:
        list(threads.map(lambda name: _view(checkout, measurer, name, side), dict.fromkeys(names)))
    pictures = {}
    for row in record.tried:
        text, like = row.text, row.like
        pictures[row.name] = Sides(
            old=tuple(_shown(checkout, measurer, row.old, row.chosen, text, side)),
            new=tuple(_shown(checkout, measurer, row.new, like, text, side)),
            text=text,
            remarks=row.remarks,
            swept=tuple(
                Swept(
                    options=each.options,
                    new=tuple(_shown(checkout, measurer, each.new, "", text, side)),
                    apart=each.apart,
                    aspect=each.aspect,
                )
                for each in _swept(row, record.tuned)
            ),
        )
    before = ", ".join(sorted({row.before or "no model named" for row in record.tried}))
    return report(
        drift,
        pictures,
        title=f"{record.generator} {before} to {record.to}",
        old=before,
        new=record.to,
        cost=record.cost,
        facts=[("Left out", f"{name}: {why}") for name, why in sorted(record.left_out.items())],
    )


def _view(checkout: Checkout, measurer: Measurer, name: str, side: int) -> bytes:
    """What is shown of a picture, b"" if it is nowhere."""
    try:
        return measurer.view(checkout.asked.get(name), side)
    except (Damaged, TaskError):
        return b""


def _shown(
    checkout: Checkout, measurer: Measurer, names: Iterable[str], chosen: str, text: str, side: int
) -> Iterator[Shown]:
    for name in names:
        try:
            data = checkout.asked.get(name)
            described, view = measurer.describe(data, text), measurer.view(data, side)
        except (Damaged, TaskError):
            continue
        yield Shown(digest=name, view=view, description=described, chosen=name == chosen)


def _swept(row: Tried, tuned: Iterable[Tuned]) -> list[Tuned]:
    """What was tried of a request: without options first, then by their values, numbers by size."""
    return sorted((each for each in tuned if each.name == row.name), key=_place)


def _place(each: Tuned) -> tuple[Any, ...]:
    values = sorted(each.options.items())
    names = [name for name, _ in values]
    return names, [
        (0, value, "") if isinstance(value, int | float) else (1, 0, str(value)) for _, value in values
    ]
