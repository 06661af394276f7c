"""The to-do sheet as text, for a terminal.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

import msgspec

from tympan.model import Cost
from tympan.outside import Instruction


class Todo(msgspec.Struct, frozen=True, kw_only=True):
    """One job for a person: wanted pictures, of which so many have come. job: the name it is assigned by."""

    asset: str
    job: str
    generator: str
    instruction: Instruction
    wanted: int = 1
    came: int = 0
    cost: Cost = Cost()


def sheet(todos: Sequence[Todo]) -> str:
    """All jobs, asset by asset, each prompt on a line of its own that can be copied whole."""
    lines = []
    for asset, jobs in groupby(todos, key=lambda todo: todo.asset):
        lines.append(asset)
        for todo in jobs:
            lines += [f"  {each}".rstrip() for each in _job(todo)]
        lines.append("")
    return "\n".join([*lines, total(todos)])


def _job(todo: Todo) -> Iterable[str]:
    yield f"#{todo.job}  {todo.generator}, {state(todo)}{price(todo.cost)}"
    if todo.instruction.where:
        yield f"  at {todo.instruction.where}"
    yield ""
    yield from (f"    {line}" for line in todo.instruction.copy.splitlines())
    yield ""
    yield from (f"  - {note}" for note in todo.instruction.notes)


def state(todo: Todo) -> str:
    """How many pictures have come of those that are wanted."""
    return f"{todo.came} of {todo.wanted} {'picture' if todo.wanted == 1 else 'pictures'} came"


def price(cost: Cost) -> str:
    """A price with its currency behind a comma, nothing if it is free."""
    return f", about {cost.amount:.2f} {cost.currency}" if cost.amount else ""


def total(todos: Sequence[Todo]) -> str:
    """One line: so many jobs, what they cost together in each currency, and what to do then."""
    if not todos:
        return "nothing to do by hand"
    sums: dict[str, float] = {}
    for todo in todos:
        if todo.cost.amount:
            sums[todo.cost.currency] = sums.get(todo.cost.currency, 0.0) + todo.cost.amount
    costs = "".join(f", about {amount:.2f} {currency}" for currency, amount in sorted(sums.items()))
    count = f"{len(todos)} {'job' if len(todos) == 1 else 'jobs'} to do by hand"
    return f"{count}{costs}; put the pictures into the inbox folder, then: tympan inbox"
