"""Looking after the store: reading what it holds, and giving back what nothing needs.

Reads every blob, or some. Writes by deleting; what is damaged it puts aside.
"""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from tympan.actions import Action
from tympan.errors import Damaged
from tympan.store import Store


class Verified(msgspec.Struct, frozen=True):
    """What reading the store came to. damaged: digests of what was put aside."""

    blobs: int
    read: int
    damaged: tuple[str, ...]


class Freed(msgspec.Struct, frozen=True):
    """What a collection gave back: actions, blobs and their bytes; kept: bytes that stay."""

    actions: int
    blobs: int
    freed: int
    kept: int


def verify(store: Store, share: float = 1.0) -> Verified:
    """Read the store's blobs, or a share of them (0 to 1, chosen by digest), and compare with their names."""
    names = sorted(store.sizes())
    # Digests are evenly spread, so those below a bound are a fair share.
    chosen = [name for name in names if int(name[:8], 16) < share * 2**32]
    damaged = []
    for name in chosen:
        try:
            store.get(name)
        except Damaged:
            damaged.append(name)
    return Verified(len(names), len(chosen), tuple(damaged))


def collect(
    store: Store,
    pinned: Collection[str],
    budget: int,
    *,
    never: Collection[str] = (),
    dry_run: bool = False,
) -> Freed:
    """Delete actions, least recently used first, until the store is within `budget` bytes.

    pinned: keys of actions that stay whatever the budget. never: digests of blobs that stay, such as what was
    paid for. Another blob goes when no action names it any more.
    """
    sizes = store.sizes()
    actions = store.actions()
    wanted: dict[str, int] = {}
    for _, action in actions:
        for name in set(action.results.values()):
            wanted[name] = wanted.get(name, 0) + 1
    total = sum(sizes.values())
    wanted.update({name: wanted.get(name, 0) + 1 for name in never})
    loose = {name for name in sizes if name not in wanted}
    total -= sum(sizes[name] for name in loose)
    gone: list[str] = []
    for key, action in actions:
        if total <= budget:
            break
        if key in pinned:
            continue
        gone.append(key)
        total -= _let_go(action, wanted, sizes, loose)
    freed = sum(sizes[name] for name in loose)
    if not dry_run:
        store.delete(gone, loose)
    return Freed(len(gone), len(loose), freed, sum(sizes.values()) - freed)


def _let_go(action: Action, wanted: dict[str, int], sizes: dict[str, int], loose: set[str]) -> int:
    freed = 0
    for name in set(action.results.values()):
        wanted[name] -= 1
        if not wanted[name] and name in sizes:
            loose.add(name)
            freed += sizes[name]
    return freed
