"""One cell of one spec as a checked variant.

Reads the signatures of input files. Writes nothing.
"""

from __future__ import annotations

from tympan.spec.keys import PrepKeys
from tympan.spec.mistakes import expected, read, unknown
from tympan.spec.request import read_select, read_source
from tympan.spec.resolved import Use, Variant
from tympan.spec.scope import Scope
from tympan.spec.targets import read_targets
from tympan.spec.uses import NOTHING, Run, table_of

_DEFAULT_PREP = PrepKeys()


def read_variant(run: Run, scope: Scope, name: str) -> Variant | None:
    """The variant of a scope's cell, or None after noting what is wrong with it."""
    before = len(scope.found)
    source = read_source(run, scope)
    select = read_select(scope, source)
    prep = _prep(run, scope)
    targets = read_targets(run, scope, name)
    if len(scope.found) > before or source is None or select is None:
        return None
    return Variant(
        asset=scope.asset,
        name=name,
        cell=scope.cell,
        source=source,
        select=select,
        prep=tuple(prep),
        targets=tuple(targets),
    )


def _prep(run: Run, scope: Scope) -> list[Use]:
    table = table_of(scope, "prep")
    found = scope.found
    for name, value in table.items():
        if name != "steps":
            if not _known_step(run, name):
                found.append(unknown(("prep", name), ("steps", *run.catalogue.names("prep_step"))))
            elif not isinstance(value, dict):
                found.append(expected(value, "a table", ("prep", name)))
    given = table.get("steps")
    if isinstance(given, dict) and given.keys() == {"add"}:
        found.append(expected(given["add"], "an array", ("prep", "steps", "add")))
        return []
    before = len(found)
    steps = {"steps": scope.resolve(given, ("prep", "steps"))} if given else NOTHING
    keys = read(steps, PrepKeys, ("prep",), found, noted=len(found) > before) if given else _DEFAULT_PREP
    uses: list[Use] = []
    for nth, name in enumerate(keys.steps if keys else ()):
        options = table.get(name, NOTHING)
        if run.plugin("prep_step", name, ("prep", "steps", nth), found) and isinstance(options, dict):
            use = run.use("prep_step", name, options, ("prep", name), scope)
            uses += [use] if use else []
    return uses


def _known_step(run: Run, name: str) -> bool:
    return run.plugin("prep_step", name, (), []) is not None
