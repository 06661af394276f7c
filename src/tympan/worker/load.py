"""A plugin to call, found again by its module and name.

Reads local plugin files. Writes nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, TypeVar

import msgspec

from tympan.plugin import Plugin
from tympan.plugins import Ref, local_module

T = TypeVar("T", bound=Plugin[Any])


class Call(msgspec.Struct, frozen=True):
    """A plugin to call, its name in the spec, and the params as plain values."""

    ref: Ref
    name: str
    params: dict[str, Any] = {}


def load(call: Call, kind: type[T]) -> T:
    """The plugin of a call, which must be of a kind."""
    module = local_module(call.ref.file, call.ref.code) if call.ref.file else import_module(call.ref.module)
    cls: Any = module
    for word in call.ref.name.split("."):
        cls = getattr(cls, word)
    assert issubclass(cls, kind)
    return cls()  # type: ignore[no-any-return]
