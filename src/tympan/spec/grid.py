"""`[explore]`: one request for each combination of some values, and for each further generator.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import msgspec

from tympan import limits
from tympan.plugin import Plugin
from tympan.spec.guess import did_you_mean
from tympan.spec.locate import Key
from tympan.spec.mistakes import Mistake, expected, name_of
from tympan.spec.resolved import Cell, SourceUse
from tympan.spec.scope import Scope

# Keys of [source] that may be an axis; the others are the generator's own.
_OF_SOURCE = ("model", "prompt", "negative_prompt", "seed", "size")
_GRID: Key = ("explore", "grid")
_MOST_CANDIDATES = 256
# What a further generator is asked for if it does not say otherwise.
_HANDED_ON = ("prompt", "size", "candidates")


def with_cells(
    source: SourceUse,
    table: dict[str, Any],
    scope: Scope,
    generator: Plugin[Any] | str | None,
    one: Callable[[dict[str, Any]], SourceUse | None],
) -> SourceUse:
    """The source with a cell for each combination, as it is without a grid; mistakes are noted.

    table: `[source]`. one: reads a table like it as a request.
    """
    axes = _axes(scope, generator)
    if not axes:
        return source
    names, cells = list(axes), []
    count = 1
    for values in axes.values():
        count *= len(values)
    each = source.request.candidates
    if count > limits.GRID_CELLS or count * each > _MOST_CANDIDATES:
        message = f"{count} combinations of {each} candidates each, at most {limits.GRID_CELLS} combinations"
        scope.found.append(Mistake(_GRID, f"{message} and {_MOST_CANDIDATES} candidates", "take values out"))
        return source
    told: set[tuple[Key, str]] = set()
    for picks in product(*(range(len(values)) for values in axes.values())):
        cell = {name: axes[name][pick] for name, pick in zip(names, picks, strict=True)}
        before = len(scope.found)
        use = one(_overlaid(table, cell))
        _at_the_grid(scope.found, before, dict(zip(names, picks, strict=True)), told)
        if use is not None:
            cells.append(Cell(values=cell, use=use))
    return msgspec.structs.replace(source, cells=tuple(cells))


def with_others(
    source: SourceUse,
    table: dict[str, Any],
    scope: Scope,
    one: Callable[[dict[str, Any], Key], SourceUse | None],
    is_asked: Callable[[str], bool],
) -> SourceUse:
    """The source with a cell for each generator of `[explore.also]`, as it is without; mistakes are noted.

    one: reads a table like `[source]` that stands at a key. is_asked: whether only verbs ask a generator.
    """
    if not (also := _also(scope)):
        return source
    first = {"generator": source.name}
    cells = [Cell(values={**cell.values, **first}, use=cell.use) for cell in source.cells]
    cells = cells or [Cell(values=first, use=source)]
    inputs, local = list(source.inputs), source.local
    for name, own in also.items():
        key: Key = ("explore", "also", name)
        handed = {word: table[word] for word in _HANDED_ON if word in table}
        use = one({**handed, "generator": name, **own}, key)
        if use is None:
            continue
        # What draws for nothing leaves no record by which a picture would be known to be its own.
        if free := [each for each in (use.name, source.name) if not is_asked(each)]:
            scope.found.append(
                Mistake(key, f"{free[0]} draws for nothing, and stands beside no other generator")
            )
        cells.append(Cell(values={"generator": name}, use=use))
        inputs, local = [*inputs, *use.inputs], local or use.local
    made = msgspec.structs.replace(
        source, cells=tuple(cells), inputs=tuple(dict.fromkeys(inputs)), local=local
    )
    if made.count > _MOST_CANDIDATES:
        scope.found.append(Mistake(("explore",), f"{made.count} candidates, at most {_MOST_CANDIDATES}"))
    return made


def _also(scope: Scope) -> dict[str, dict[str, Any]]:
    """The tables of `[explore.also]`; what is none is noted, `false` drops one."""
    explore = scope.table.get("explore", {})
    also = explore.get("also") if isinstance(explore, dict) else None
    also = also if isinstance(also, dict) else {}
    for name, own in also.items():
        if not isinstance(own, dict) and own is not False:
            scope.found.append(expected(own, "a table, or false", ("explore", "also", name)))
    return {name: own for name, own in also.items() if isinstance(own, dict)}


def _axes(scope: Scope, generator: Plugin[Any] | str | None) -> dict[str, list[Any]]:
    """The axes with their values; mistakes are noted, and none then comes back."""
    found, before = scope.found, len(scope.found)
    explore = scope.table.get("explore", {})
    for name, value in explore.items() if isinstance(explore, dict) else ():
        if name not in ("grid", "also"):
            found.append(Mistake(("explore", name), "unknown key", did_you_mean(name, ("grid", "also"))))
        elif not isinstance(value, dict) and value is not False:
            found.append(expected(value, "a table", ("explore", name)))
    grid = explore.get("grid", {}) if isinstance(explore, dict) else {}
    if len(found) > before or not grid:
        return {}
    resolved = scope.resolve(grid, _GRID)
    known = _known(generator)
    for name, values in resolved.items() if isinstance(resolved, dict) else ():
        key = (*_GRID, name)
        if known is not None and name not in known:
            what = "no key of [source] or [source.options] that can be an axis"
            found.append(Mistake(key, what, did_you_mean(name, known)))
        elif not isinstance(values, list) or not values:
            what = name_of(values) if values != [] else "an empty one"
            found.append(Mistake(key, f"expected an array of values, got {what}"))
        elif any(value in values[:nth] for nth, value in enumerate(values)):
            found.append(Mistake(key, "a value is there twice"))
    return {} if len(found) > before else dict(resolved)


def _known(generator: Plugin[Any] | str | None) -> tuple[str, ...] | None:
    """What may be an axis; None if nobody knows, since the plugin may not run here."""
    if not isinstance(generator, Plugin):
        return None
    return (*_OF_SOURCE, *generator.Params.__struct_encode_fields__)


def _overlaid(table: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """`[source]` with a cell's values put in."""
    own = {name: value for name, value in values.items() if name in _OF_SOURCE}
    options = {name: value for name, value in values.items() if name not in _OF_SOURCE}
    given = table.get("options", {})
    return {**table, **own, **({"options": {**given, **options}} if options else {})}


def _at_the_grid(found: list[Mistake], start: int, picks: dict[str, int], told: set[tuple[Key, str]]) -> None:
    """Move what is wrong with a cell to the value of the grid that it is about; each mistake once."""
    new = found[start:]
    del found[start:]
    for mistake in new:
        words = [word for word in mistake.key if word in picks]
        key: Key = (*_GRID, words[0], picks[str(words[0])]) if words else mistake.key
        if (key, mistake.message) not in told:
            told.add((key, mistake.message))
            found.append(mistake._replace(key=key))
