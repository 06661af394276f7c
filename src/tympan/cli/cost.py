"""`tympan cost`: what was spent, by asset, generator, month and currency.

Reads the ledger, the locks, and the locks that git remembers. Writes nothing but what it prints.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import click
import msgspec

from tympan.checkout import Checkout, find_root
from tympan.cli.history import History, Wish
from tympan.cli.words import assets_of, print_json
from tympan.ledger import UNKNOWN, total
from tympan.model import Cost


class Row(msgspec.Struct, frozen=True, order=True):
    """What was spent on an asset with a generator within a month (UTC), in one currency."""

    asset: str
    generator: str
    month: str
    currency: str
    amount: float


def _day(ctx: click.Context, option: click.Parameter, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise click.BadParameter("a day such as 2026-11-24") from None


@click.command("cost")
@click.argument("wanted", nargs=-1, metavar="[ASSET]...")
@click.option("--since", default="", metavar="DATE", callback=_day, help="Only from this day (UTC) on.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@click.pass_obj
def cost(folder: Path, wanted: tuple[str, ...], since: str, as_json: bool) -> None:
    """Add up what was spent, by asset, generator, month and currency."""
    checkout = Checkout(find_root(folder.absolute()))
    wishes = meant(checkout, History(checkout).wishes(), wanted)
    rows = spent(wishes, since)
    totals = _totals(rows)
    doubtful = sum(job.did == UNKNOWN for wish in wishes for job in wish.jobs)
    if as_json:
        print_json({"spent": rows, "total": totals, "unknown_jobs": doubtful})
        return
    for row in rows:
        click.echo(f"{row.month}  {row.asset:<36} {row.generator:<14} {Cost(row.amount, row.currency)!s:>16}")
    said = total(Cost(amount, currency) for currency, amount in totals.items())
    click.echo(f"{said} spent" + (f" since {since}" if since else ""))
    if doubtful:
        click.echo(f"{doubtful} jobs may not have arrived; they are counted: tympan resume", err=True)


def meant(checkout: Checkout, wishes: list[Wish], wanted: Iterable[str]) -> list[Wish]:
    """The requests of the assets that names or patterns mean, of all without. UsageError if none."""
    wanted = tuple(wanted)
    if not wanted:
        return wishes
    found = [wish for wish in wishes if any(fnmatchcase(wish.asset, word) for word in wanted)]
    for word in wanted:
        # An asset that was removed since cost money all the same.
        if not any(fnmatchcase(wish.asset, word) for wish in found):
            assets_of(checkout, [word])
    return found


def spent(wishes: Iterable[Wish], since: str = "") -> list[Row]:
    """What requests cost, sorted; `since` a day as YYYY-MM-DD."""
    sums: dict[tuple[str, str, str, str], float] = {}
    for wish in wishes:
        for at, price in wish.spent():
            if at[:10] >= since:
                place = (wish.asset, wish.generator, at[:7], price.currency)
                sums[place] = round(sums.get(place, 0.0) + price.amount, 6)
    return sorted(Row(*place, amount) for place, amount in sums.items())


def _totals(rows: Iterable[Row]) -> dict[str, Any]:
    sums: dict[str, float] = {}
    for row in rows:
        sums[row.currency] = round(sums.get(row.currency, 0.0) + row.amount, 6)
    return dict(sorted(sums.items()))
