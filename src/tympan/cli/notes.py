"""What a build found wrong with its own memory, and mended: a person should know.

Reads what state and store met. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from tympan.state import State
from tympan.store import Store
from tympan.trees import STATE


def notes(state: State, store: Store) -> Iterator[str]:
    """One line for each thing that was damaged or could not be kept."""
    if state.corrupt:
        yield f"{STATE} was damaged and is begun anew (the old one: {STATE}.bad)"
    if "index.db" in store.corrupt:
        yield "the store's index.db was damaged and is begun anew (the old one: index.db.bad)"
    if damaged := sorted({name[:12] for name in store.corrupt if name != "index.db"}):
        names = ", ".join(damaged)
        yield f"the store had {len(damaged)} damaged, put aside in .tympan/store/corrupt: {names}"
    if store.read_only:
        yield "not stored: .tympan/store may only be read, so what was made is made again another time"
