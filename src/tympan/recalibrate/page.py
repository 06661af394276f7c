"""The report of a recalibration as a page: old pictures beside new ones, verdicts, decisions.

Reads the record, the store and the ledger. Writes the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tympan.checkout import Checkout
from tympan.drift import Drift, Measurer, Shown, Sides, report, side_for
from tympan.errors import Damaged, TaskError
from tympan.recalibrate.record import Record, Tried, Tuned
from tympan.worker.pool import Pool

PAGE = "report.html"


def page(checkout: Checkout, pool: Pool, record: Record, drift: Drift) -> str:
    """The page; pictures that are nowhere are left out."""
    measurer = Measurer(checkout.plugins, checkout.store, pool)
    side = side_for(sum(len(row.old) + len(row.new) for row in record.tried))
    pictures = {}
    for row in record.tried:
        text, like = row.text, row.like
        pictures[row.name] = Sides(
            old=tuple(_shown(checkout, measurer, row.old, row.chosen, text, side)),
            new=tuple(_shown(checkout, measurer, row.new, like, text, side)),
            text=text,
            remarks=(*row.remarks, *_tuned(row, record.tuned)),
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


def _tuned(row: Tried, tuned: Iterable[Tuned]) -> Iterator[str]:
    """The nearest of the options that were tried."""
    mine = sorted((each for each in tuned if each.name == row.name), key=lambda each: each.apart)
    for each in mine[:1]:
        words = ", ".join(f"{name} = {value}" for name, value in each.options.items())
        yield f"nearest of what was tuned: {words}, {each.apart:.2f} gates apart in {each.aspect}"
