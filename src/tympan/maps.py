"""Control maps: drawn in a worker from tracked inputs, kept in the store, and put in the inputs' place.

Reads inputs and the store. Writes the store.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from tympan.errors import Damaged, StepFailed, TaskError
from tympan.files import digest
from tympan.model import Control, Request, canonical, sparse
from tympan.plugin import Plugin
from tympan.plugins import Plugins
from tympan.spec.inputs import marked
from tympan.store import Store
from tympan.versions import version_of
from tympan.worker.jobs import Draw
from tympan.worker.load import Call
from tympan.worker.pool import Pool

Read = Callable[[str], bytes]


def _nothing(name: str) -> bytes:
    raise StepFailed(f"input {name!r} is not at hand")


class Maps:
    """Draws control maps for the requests of a checkout. read: an input's bytes by its digest."""

    def __init__(self, plugins: Plugins, store: Store, pool: Pool, read: Read = _nothing) -> None:
        self._plugins = plugins
        self._store = store
        self._pool = pool
        self._read = read

    def draw(self, request: Request) -> Request:
        """The request as it is sent: each control's image is the drawn map, by digest, and no map is named.

        The store has the drawn maps. Raises TaskError, naming the control, if a map cannot be drawn;
        PluginError if there is no such map.
        """
        if not any(each.map for each in request.control.values()):
            return request
        drawn = {}
        for name, each in request.control.items():
            try:
                drawn[name] = self._drawn(each) if each.map else each
            except TaskError as error:
                raise type(error)(f"control {name!r}: {error.message}", hint=error.hint) from error
        return msgspec.structs.replace(request, control=drawn)

    def into(self, request: Request, inputs: dict[str, bytes]) -> Request:
        """As `draw`, from `inputs` by digest; the drawn maps' bytes join them."""
        self._read = inputs.__getitem__
        request = self.draw(request)
        for control in request.control.values():
            if control.image not in inputs:
                inputs[control.image] = self._store.get(control.image)
        return request

    def preview(self, control: Control) -> bytes:
        """The PNG that `draw` would put in place of a control's image; nothing is kept. Raises as `draw`."""
        found = self._plugins.found("map", control.map)
        params = msgspec.convert(control.options, found.cls.Params)
        inputs = {each: self._read(each) for _, each in _inputs(params)}
        call = Call(found.ref, control.map, msgspec.to_builtins(params))
        return self._pool.ask(Draw(call, self._read(control.image), inputs)).results["map"]

    def _drawn(self, control: Control) -> Control:
        found = self._plugins.found("map", control.map)
        plugin = found.cls()
        params = msgspec.convert(control.options, found.cls.Params)
        reads = {
            "input": control.image,
            "params": sparse(params),
            "map": _identity(plugin, params) | ({"code": found.code} if found.code else {}),
        }
        key = digest(canonical([1, "map", reads]))
        name = self._known(key)
        if name is None:
            name = self._store.keep(key, reads, {"map": self.preview(control)}, {})["map"]
        return msgspec.structs.replace(control, image=name, map="", options={})

    def _known(self, key: str) -> str | None:
        """The digest of a map that is in the store, whole."""
        action = self._store.action(key)
        if action is None or "map" not in action.results:
            return None
        try:
            self._store.get(action.results["map"])
        except Damaged:
            return None
        return action.results["map"]


def _identity(plugin: Plugin[Any], params: Any) -> dict[str, str]:
    try:
        shaped_by = plugin.fingerprint(params)
    except Exception as error:
        raise StepFailed(f"{plugin.NAME}: fingerprint raised {type(error).__name__}: {error}") from error
    core = {"with pillow": version_of("pillow"), "name": plugin.NAME, "version": plugin.VERSION}
    return core | {f"with {name}": text for name, text in sorted(shaped_by.items())}


def _inputs(params: msgspec.Struct) -> list[tuple[str, str]]:
    return [(mark, name) for mark, _, name in marked(params, type(params), ()) if mark == "input"]
