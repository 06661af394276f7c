"""The way back: an accepted asset as it was, from the store or from git, without asking anybody.

Reads the record, the store, and what a caller finds elsewhere. Writes specs, locks, masters, decisions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

import msgspec

from tympan.checkout import Checkout
from tympan.decisions import ROLL_BACK, Decision
from tympan.errors import Damaged, UsageError
from tympan.files import digest
from tympan.recalibrate.accept import choose, key_of, node_of, option_key, record_of, write_specs
from tympan.recalibrate.edit import with_value
from tympan.recalibrate.record import Accepted, Record, save
from tympan.recalibrate.repin import Wish, repinned

# Bytes of a path by digest, from git's history; None if it does not have them.
Find = Callable[[str, str], bytes | None]


def record_with(checkout: Checkout, assets: Sequence[str], to: str = "") -> Record:
    """The recalibration that all these assets were accepted from. UsageError if there is none."""
    record = record_of(checkout, assets, to)
    if missing := [asset for asset in assets if asset not in record.accepted]:
        raise UsageError(f"{', '.join(missing)}: not accepted from {record.to}, so there is no way back")
    return record


def restore(checkout: Checkout, record: Record, assets: Sequence[str], find: Find) -> list[str]:
    """Put specs, locks and masters of these assets back; names of assets that say their model themselves now.

    Damaged, and nothing written, if a lock or a master is neither in the store nor found elsewhere.
    """
    wishes: list[Wish] = []
    files: dict[str, bytes | None] = {}
    for asset in assets:
        then = record.accepted[asset]
        files |= _facts(checkout, asset, then, find)
        for row in record.of(asset):
            wishes.append(Wish(asset=asset, key=key_of(row), value=then.models[row.step]))
            for name, value in then.options.get(row.step, {}).items():
                if value is not None:
                    wishes.append(Wish(asset=asset, key=option_key(row, name), value=value))
    made = repinned(checkout, wishes)
    now = _masters(checkout, assets)
    old = {file: _as_it_was(checkout, record, assets, file, find) for file in made.texts}
    write_specs(checkout, {file: old[file] or text for file, text in made.texts.items()})
    if not _are_back(checkout, record, assets):
        # What they inherit has changed since: they have to say their model themselves.
        write_specs(checkout, made.texts)
    for path in sorted(now - set(files)):
        checkout.files.remove(path)
    for path, data in files.items():
        if data is None:
            checkout.files.remove(path)
        else:
            checkout.files.write(path, data)
    return list(made.pinned)


def _masters(checkout: Checkout, assets: Sequence[str]) -> set[str]:
    requests = (request for asset in assets for request in checkout.asked.locks.of(asset).request)
    return {each.master for request in requests for each in request.candidate if each.master}


def _are_back(checkout: Checkout, record: Record, assets: Sequence[str]) -> bool:
    after = Checkout(checkout.files.root)
    rows = [row for asset in assets for row in record.of(asset)]
    asked = [(row, node_of(after, row).request) for row in rows]
    return all(request is not None and request.model == row.before for row, request in asked)


def _facts(checkout: Checkout, asset: str, then: Accepted, find: Find) -> dict[str, bytes | None]:
    """The lock and the masters as they were: bytes by path, None for what was not there."""
    specs = f"{checkout.project.specs}/"
    found: dict[str, bytes | None] = {}
    for path, name in then.files.items():
        if path.startswith(specs) and path.endswith(".toml"):
            continue
        data = _bytes(checkout, path, name, find) if name else None
        if name and data is None:
            raise Damaged(
                f"{asset}: {path} as it was is neither in the store nor in git", hint="nothing was changed"
            )
        found[path] = data
    return found


def _bytes(checkout: Checkout, path: str, name: str, find: Find) -> bytes | None:
    try:
        return checkout.store.get(name)
    except Damaged:
        data = find(path, name)
        return data if data is not None and digest(data) == name else None


def _as_it_was(checkout: Checkout, record: Record, assets: Sequence[str], file: str, find: Find) -> str:
    """The text of a spec before it was accepted, "" if it has been edited since, or nobody has it."""
    current = checkout.files.read(file).decode()
    for asset in assets:
        name = record.accepted[asset].files.get(file, "")
        data = _bytes(checkout, file, name, find) if name else None
        if data is None:
            continue
        text = data.decode()
        for row in record.of(asset):
            with suppress(ValueError):
                made = with_value(text, key_of(row), record.to)
                for option, value in record.accepted[asset].set.items():
                    made = with_value(made, option_key(row, option), value)
                if made == current:
                    return text
    return ""


def conclude(checkout: Checkout, record: Record, assets: Sequence[str], said: Decision) -> Record:
    """Choose the old pictures again, take it down, and note that the assets are not accepted any more."""
    for asset in assets:
        then = record.accepted[asset]
        for row in record.of(asset):
            node = node_of(checkout, row)
            if chosen := then.selected.get(row.name):
                planner = checkout.planner()
                if chosen in (planner.results(node) or {}).values():
                    choose(checkout, node, chosen, said)
            took = msgspec.structs.replace(
                said, did=ROLL_BACK, step=row.step, variant=row.variant, digest=row.chosen, model=row.before
            )
            checkout.asked.decisions.add(asset, took)
    accepted = {asset: then for asset, then in record.accepted.items() if asset not in assets}
    record = msgspec.structs.replace(record, accepted=accepted)
    save(checkout.files, record)
    return record
