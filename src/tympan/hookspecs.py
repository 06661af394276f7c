"""The hooks, as a table of contents. A plugin is a module that answers some of them with `@tympan.hookimpl`.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

import pluggy

from tympan.descriptor import Descriptor
from tympan.model import Profile
from tympan.plugin import Check, ControlMap, Format, Generator, PrepStep, Recaller

hookspec = pluggy.HookspecMarker("tympan")
hookimpl = pluggy.HookimplMarker("tympan")


@hookspec
def tympan_generators() -> Iterable[type[Generator]]:  # type: ignore[type-arg, empty-body]
    """Where pictures come from; NAME is the word in `source.generator`."""


@hookspec
def tympan_maps() -> Iterable[type[ControlMap]]:  # type: ignore[type-arg, empty-body]
    """How control maps are drawn from inputs; NAME is the word in `source.control.*.map`."""


@hookspec
def tympan_prep_steps() -> Iterable[type[PrepStep]]:  # type: ignore[type-arg, empty-body]
    """What is done to a picture; NAME is the word in `prep.steps`."""


@hookspec
def tympan_formats() -> Iterable[type[Format]]:  # type: ignore[type-arg, empty-body]
    """What files a picture becomes; NAME is the word in `target.*.format`."""


@hookspec
def tympan_checks() -> Iterable[type[Check]]:  # type: ignore[type-arg, empty-body]
    """What an output must pass; NAME is the word in `[check.*]`."""


@hookspec
def tympan_descriptors() -> Iterable[type[Descriptor]]:  # type: ignore[type-arg, empty-body]
    """What is measured of pictures to find drift; NAME is the aspect, and the word in `drift.gates`."""


@hookspec
def tympan_recallers() -> Iterable[type[Recaller]]:  # type: ignore[type-arg, empty-body]
    """Whose picture a foreign file is, and how it was made: PNG texts by their keyword (`parameters`), of all
    kinds `exif.<Tag>`, `xmp`, `xmp.<property>`, `c2pa.<word>`; of JPEG also `comment`."""


@hookspec
def tympan_profiles() -> Iterable[Profile]:  # type: ignore[empty-body]
    """ICC profiles by name, with their bytes and licence."""
