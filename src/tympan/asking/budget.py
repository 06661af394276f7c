"""What a run, an asset and the project may cost: prices are set aside before calls, and counted after.

Reads the ledger. Writes nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping

from tympan.errors import OverBudget
from tympan.ledger import Ledger, total
from tympan.model import Cost

# Amounts are sums of prices with four digits: what is smaller is noise of floating point.
_NOISE = 1e-6
Amounts = Mapping[str, float]


def amounts(costs: Iterable[Cost]) -> dict[str, float]:
    """Costs by currency, added up."""
    found: dict[str, float] = {}
    for cost in costs:
        found[cost.currency] = found.get(cost.currency, 0.0) + cost.amount
    return found


def check_whole(costs: Iterable[Cost], allowed: Amounts) -> None:
    """OverBudget if jobs that are to be asked together cost more than a run may."""
    costs = [cost for cost in costs if cost.amount]
    needed = amounts(costs)
    if any(amount > allowed.get(unit, 0.0) + _NOISE for unit, amount in needed.items()):
        words = " ".join(f'--budget "{Cost(amount, unit)}"' for unit, amount in sorted(needed.items()))
        jobs = "1 job costs" if len(costs) == 1 else f"{len(costs)} jobs cost"
        given = total(Cost(amount, unit) for unit, amount in allowed.items())
        raise OverBudget(f"{jobs} {total(costs)}, this run may cost {given}: nothing was asked", hint=words)


class Purse:
    """The money of one run. May be asked from several threads.

    run: what this run may cost; a currency that is not named may not be spent at all. asset, project: what
    one asset and all may cost, with what the ledger has already; a currency not named is not limited.
    """

    def __init__(
        self, ledger: Ledger, *, run: Amounts, asset: Amounts | None = None, project: Amounts | None = None
    ) -> None:
        self._ledger = ledger
        self._run, self._asset, self._project = run, asset or {}, project or {}
        self._spent: dict[str, float] = {}
        # What is set aside, by asset and job; whose a job is; all of it by currency.
        self._held: dict[str, dict[str, Cost]] = {}
        self._asset_of: dict[str, str] = {}
        self._waiting: dict[str, float] = {}
        self._lock = threading.Lock()

    def hold(self, job: str, asset: str, cost: Cost, limit: Cost | None = None) -> None:
        """Set a job's price aside. OverBudget, which says which limit and how far, if it does not fit.

        limit: what the asset's own policy allows in all.
        """
        if cost.amount <= 0:
            return
        unit = cost.currency
        with self._lock:
            waiting = self._waiting.get(unit, 0.0)
            self._fit(cost, self._run.get(unit, 0.0), self._spent.get(unit, 0.0) + waiting, "run")
            own = [amount for amount in (self._asset.get(unit),) if amount is not None]
            if limit is not None:
                own.append(limit.amount if limit.currency == unit else 0.0)
            if own:
                mine = amounts(self._held.get(asset, {}).values())
                spent = self._ledger.spent(asset).get(unit, 0.0) + mine.get(unit, 0.0)
                self._fit(cost, min(own), spent, f"asset {asset}")
            if unit in self._project:
                spent = self._ledger.spent().get(unit, 0.0) + waiting
                self._fit(cost, self._project[unit], spent, "project")
            self._take_back(job)
            self._held.setdefault(asset, {})[job] = cost
            self._asset_of[job] = asset
            self._waiting[unit] = self._waiting.get(unit, 0.0) + cost.amount

    def pay(self, job: str, cost: Cost) -> None:
        """The price of a job as it turned out; from now on the ledger has it. Counted once."""
        with self._lock:
            if self._take_back(job):
                self._spent[cost.currency] = self._spent.get(cost.currency, 0.0) + cost.amount

    def free(self, job: str) -> None:
        """Nothing was spent on a job."""
        with self._lock:
            self._take_back(job)

    def _take_back(self, job: str) -> bool:
        """What was set aside for a job is no longer; whether anything was."""
        asset = self._asset_of.pop(job, None)
        if asset is None:
            return False
        cost = self._held[asset].pop(job)
        # Rounded, so that the noise of thousands of sums stays below one price's last digit.
        self._waiting[cost.currency] = round(self._waiting[cost.currency] - cost.amount, 9)
        return True

    def _fit(self, cost: Cost, limit: float, spent: float, whose: str) -> None:
        if spent + cost.amount > limit + _NOISE:
            left = max(0.0, limit - spent)
            hint = (
                f'--budget "{Cost(spent + cost.amount, cost.currency)}" would do'
                if whose == "run"
                else "raise it in [policy] or in the project file's [budget]"
            )
            raise OverBudget(
                f"{cost} does not fit the budget of this {whose}: {Cost(left, cost.currency)} left", hint=hint
            )
