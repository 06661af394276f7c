"""Describing pictures: every descriptor's measures of a picture, in a worker, each kept by what it shows.

Reads the store. Writes the store.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import msgspec

from tympan.descriptor import Descriptor
from tympan.errors import Damaged
from tympan.files import Files, digest
from tympan.model import Measured, Picture, Request, canonical
from tympan.plugins import Found, Plugins
from tympan.store import Store
from tympan.versions import version_of
from tympan.worker.jobs import Describe, See
from tympan.worker.load import Call
from tympan.worker.measured import VIEW
from tympan.worker.pool import Pool

MEASURED = "measured"
# A picture by aspect.
Description = Mapping[str, Measured]
Descriptors = Mapping[str, Descriptor[Any]]


class Measurer:
    """Describes the pictures of a checkout, with all its plugins' descriptors, or those in `only`."""

    def __init__(
        self, plugins: Plugins, store: Store, pool: Pool, *, only: Collection[str] | None = None
    ) -> None:
        names = [name for name in plugins.names("descriptor") if only is None or name in only]
        self._found = {name: plugins.found("descriptor", name) for name in names}
        self._store = store
        self._pool = pool
        self._shown: dict[str, str] = {}

    @cached_property
    def _all(self) -> Descriptors:
        return {name: cast("Descriptor[Any]", found.cls()) for name, found in self._found.items()}

    @cached_property
    def absent(self) -> dict[str, str]:
        """Aspects that cannot be measured here, and why."""
        return {name: why for name, each in self._all.items() if (why := each.absent())}

    @cached_property
    def descriptors(self) -> Descriptors:
        """The descriptors that can measure here, by aspect."""
        return {name: each for name, each in self._all.items() if name not in self.absent}

    def describe(self, data: bytes, text: str = "") -> dict[str, Measured]:
        """A picture file's measures by aspect; an aspect that the picture does not have is left out.

        text: what is to be read in the picture. Raises TaskError if it is no picture that tympan takes.
        """
        shows = self._shows(data)
        keys = {name: self._key(name, shows, text) for name in self.descriptors}
        known = {name: self._known(key["key"], MEASURED) for name, key in keys.items()}
        wanted = [name for name in keys if known[name] is None]
        if wanted:
            calls = tuple(Call(self._found[name].ref, name) for name in wanted)
            brought = self._pool.ask(Describe(calls, data, text)).results
            for name in wanted:
                key = keys[name]
                self._store.keep(key["key"], key["reads"], {MEASURED: brought[name]}, {})
                known[name] = brought[name]
        found = {
            name: msgspec.json.decode(body, type=Measured | None) for name, body in known.items() if body
        }
        return {name: each for name, each in found.items() if each is not None}

    def view(self, data: bytes, side: int) -> bytes:
        """A WebP of a picture file to show in a page; its longer side has at most so many px."""
        reads = {"picture": self._shows(data), "side": side, "with pillow": version_of("pillow")}
        key = digest(canonical([1, "view", reads]))
        if (known := self._known(key, VIEW)) is not None:
            return known
        made = self._pool.ask(Describe((), data, side=side)).results[VIEW]
        self._store.keep(key, reads, {VIEW: made}, {})
        return made

    def _shows(self, data: bytes) -> str:
        name = digest(data)
        if name not in self._shown:
            self._shown[name] = self._pool.ask(See({"": data})).facts[""]
        return self._shown[name]

    def _key(self, name: str, shows: str, text: str) -> dict[str, Any]:
        reads = {"picture": shows, "text": text, "descriptor": _identity(self._all[name], self._found[name])}
        return {"key": digest(canonical([1, "descriptor", reads])), "reads": reads}

    def _known(self, key: str, result: str) -> bytes | None:
        action = self._store.action(key)
        if action is None or result not in action.results:
            return None
        try:
            return self._store.get(action.results[result])
        except Damaged:
            return None


def text_of(request: Request) -> str:
    """What is to be read in a request's pictures, as far as the request says it."""
    said = request.options.get("text", "")
    return said if isinstance(said, str) else ""


def describe(picture: Picture, text: str = "", descriptors: Descriptors | None = None) -> dict[str, Measured]:
    """The measures of one of our own pictures by aspect, here and now.

    descriptors: by aspect; all installed ones that can measure here if None.
    """
    from tympan.context import JobContext

    ctx = JobContext()
    picture = ctx.raster(picture)
    chosen = installed() if descriptors is None else descriptors
    found = {name: each.measure(picture, text, each.Params(), ctx) for name, each in sorted(chosen.items())}
    return {name: each for name, each in found.items() if each is not None}


def installed() -> Descriptors:
    """All installed descriptors that can measure here, by aspect."""
    plugins = Plugins(Files(Path()), ".tympan/no-local-plugins", trusted=False)
    names = plugins.names("descriptor")
    made = {name: cast("Descriptor[Any]", plugins.found("descriptor", name).cls()) for name in names}
    return {name: each for name, each in made.items() if not each.absent()}


def versions(descriptors: Descriptors) -> dict[str, str]:
    """What measures depend on beside the pictures: versions of descriptors and of their libraries."""
    found = {"numpy": version_of("numpy"), "pillow": version_of("pillow")}
    for name, each in sorted(descriptors.items()):
        found[f"descriptor {name}"] = each.VERSION
        found.update(each.fingerprint(each.Params()))
    return found


def _identity(descriptor: Descriptor[Any], found: Found) -> dict[str, str]:
    shaped_by = descriptor.fingerprint(descriptor.Params())
    own = {"with pillow": version_of("pillow"), "name": descriptor.NAME, "version": descriptor.VERSION}
    own |= {"code": found.code} if found.code else {}
    return own | {f"with {name}": text for name, text in sorted(shaped_by.items())}
