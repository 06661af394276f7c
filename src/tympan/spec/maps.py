"""`control.*` of a request: the plugins that draw control maps, with their options.

Reads the signatures of input files. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from tympan.model import Control, Params, sparse
from tympan.spec.locate import Key
from tympan.spec.mistakes import Mistake, read
from tympan.spec.resolved import Use
from tympan.spec.scope import Scope
from tympan.spec.uses import Run


def read_maps(run: Run, scope: Scope, control: Mapping[str, Control], key: Key) -> dict[str, Use]:
    """The use that draws each control's map, by the control's name; notes what is wrong with them.

    key: the table that `control` stands in.
    """
    maps: dict[str, Use] = {}
    for name, each in control.items():
        place = (*key, "control", name)
        if each.map:
            if use := _use(run, scope, each, place):
                maps[name] = use
        elif each.options:
            message = "these belong to a map, and none is named"
            scope.found.append(Mistake((*place, "options"), message, 'say which: map = "..."'))
    return maps


def _use(run: Run, scope: Scope, control: Control, place: Key) -> Use | None:
    plugin = run.plugin("map", control.map, (*place, "map"), scope.found)
    key = (*place, "options")
    words = tuple(map(str, key))
    if plugin is None:
        return None
    if isinstance(plugin, str):
        return Use(name=control.map, params=Params(), key=words, local=plugin)
    params = read(control.options, plugin.Params, key, scope.found)
    if params is None:
        return None
    inputs, _ = run.inputs.named_by(params, key, scope.found)
    return Use(name=control.map, params=params, key=words, inputs=inputs)


def with_options(control: Mapping[str, Control], maps: Mapping[str, Use]) -> dict[str, Control]:
    """The controls with their maps' options as checked, so that spelling out a default changes no key."""
    return {
        name: msgspec.structs.replace(each, options=sparse(maps[name].params))
        if name in maps and not maps[name].local
        else each
        for name, each in control.items()
    }


def inputs_of(maps: Mapping[str, Use]) -> tuple[str, ...]:
    """Every input that the maps' own options name."""
    return tuple(path for use in maps.values() for path in use.inputs)


def local_of(maps: Mapping[str, Use]) -> str:
    """The file of a map whose local plugin is not trusted, "" if there is none."""
    return next((use.local for use in maps.values() if use.local), "")
