"""One cell of one spec as a checked variant.

Reads the signatures of input files. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec

from tympan.marks import MarksKeys
from tympan.spec.keys import PrepKeys
from tympan.spec.mistakes import Mistake, expected, read, unknown
from tympan.spec.request import read_refine, read_select, read_source, read_train
from tympan.spec.resolved import Use, Variant
from tympan.spec.scope import Scope
from tympan.spec.targets import read_targets
from tympan.spec.uses import NOTHING, Run, table_of


def read_variant(run: Run, scope: Scope, name: str) -> Variant | None:
    """The variant of a scope's cell, or None after noting what is wrong with it."""
    before = len(scope.found)
    source = read_source(run, scope)
    select = read_select(scope, source)
    refine, branches = read_refine(run, scope)
    prep = _prep(run, scope)
    targets = read_targets(run, scope, name)
    marks = _marks(run, scope)
    if len(scope.found) > before or source is None or select is None:
        return None
    return Variant(
        asset=scope.asset,
        name=name,
        cell=scope.cell,
        source=msgspec.structs.replace(source, select=select),
        refine=tuple(refine),
        prep=tuple(prep),
        targets=tuple(targets),
        marks=marks,
        branches=tuple(branches),
    )


def read_style(run: Run, scope: Scope, own: Collection[str]) -> Variant | None:
    """The one variant of a style: its training, and no targets. own: keys of the spec itself."""
    before = len(scope.found)
    for name in ("source", "target", "prep", "refine", "branch"):
        if name in own:
            scope.found.append(Mistake((name,), "a style with [train] has no picture, so nothing of it"))
    training = read_train(run, scope)
    if training is None or len(scope.found) > before:
        return None
    return Variant(asset=scope.asset, name="", cell={}, source=training, prep=(), targets=())


def _marks(run: Run, scope: Scope) -> MarksKeys:
    """`[marks]` of the spec over that of the project; what is wrong with it is noted."""
    table = table_of(scope, "marks")
    if not table:
        return run.project.marks
    before = len(scope.found)
    given = scope.resolve(table, ("marks",))
    keys = read(given, MarksKeys, ("marks",), scope.found, noted=len(scope.found) > before)
    if keys is None:
        return run.project.marks
    return msgspec.structs.replace(run.project.marks, **{name: getattr(keys, name) for name in given})


def _prep(run: Run, scope: Scope) -> list[Use]:
    table = table_of(scope, "prep")
    found = scope.found
    for name, value in table.items():
        if name != "steps":
            if not _known_step(run, name):
                found.append(unknown(("prep", name), ("steps", *run.catalogue.names("prep_step"))))
            elif not isinstance(value, dict):
                found.append(expected(value, "a table", ("prep", name)))
    uses: list[Use] = []
    for nth, name in enumerate(_steps(scope, table["steps"]) if "steps" in table else ()):
        options = table.get(name, NOTHING)
        if run.plugin("prep_step", name, ("prep", "steps", nth), found) and isinstance(options, dict):
            use = run.use("prep_step", name, options, ("prep", name), scope)
            uses += [use] if use else []
    return uses


def _steps(scope: Scope, given: Any) -> tuple[str, ...]:
    key, before = ("prep", "steps"), len(scope.found)
    steps = scope.resolve(given, key)
    if isinstance(steps, dict):
        for name, value in steps.items():
            right = name == "add"
            scope.found.append(
                expected(value, "an array", (*key, name)) if right else unknown((*key, name), ("add",))
            )
        return ()
    keys = read({"steps": steps}, PrepKeys, ("prep",), scope.found, noted=len(scope.found) > before)
    return keys.steps if keys else ()


def _known_step(run: Run, name: str) -> bool:
    return run.plugin("prep_step", name, (), []) is not None
