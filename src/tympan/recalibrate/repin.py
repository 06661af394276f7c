"""Putting another model into specs: which files change, and how their texts read then.

Reads specs. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from tympan.checkout import Checkout
from tympan.errors import UsageError
from tympan.recalibrate.edit import with_value
from tympan.spec.locate import Key, dotted
from tympan.spec.toml import parse_toml


class Repinned(msgspec.Struct, frozen=True, kw_only=True):
    """texts: what these files say then. pinned: assets that inherited the old value from one of them, and now
    say it themselves, so that nothing changes for them."""

    texts: dict[str, str]
    pinned: tuple[str, ...]


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """A value that an asset is to have at a key of its spec."""

    asset: str
    key: Key
    value: Any


def repinned(checkout: Checkout, wishes: Iterable[Wish]) -> Repinned:
    """The texts of specs after wishes have come true.

    A value stays where it is written if everyone who inherits it wants the new one; else each asset that
    wants it says so itself. UsageError if a value cannot be set without touching anything else.
    """
    edit = _Edit(checkout)
    for wish in wishes:
        edit.add(wish)
    edit.finish()
    return Repinned(texts=edit.texts, pinned=tuple(sorted(edit.pinned)))


class _Edit:
    def __init__(self, checkout: Checkout) -> None:
        self._checkout = checkout
        self._wishes: dict[tuple[str, Key], Any] = {}
        self.texts: dict[str, str] = {}
        self.pinned: set[str] = set()

    def add(self, wish: Wish) -> None:
        self._wishes[wish.asset, wish.key] = wish.value

    def finish(self) -> None:
        for (asset, key), value in self._wishes.items():
            own, file = self._own(asset), self._written(asset, key)
            sharing = self._sharing(file, key) if file else []
            others = [each for each in sharing if self._wishes.get((each, key)) != value]
            if file and (file == own or not others):
                self._set(file, key, value)
                # Who extends this very spec did not ask for another model.
                for each in others:
                    if (each, key) not in self._wishes:
                        self._set(self._own(each), key, self._value(file, key))
                        self.pinned.add(each)
            else:
                self._set(own, key, value)

    def _set(self, file: str, key: Key, value: Any) -> None:
        text = self.texts.get(file) or self._read(file)
        try:
            self.texts[file] = with_value(text, key, value)
        except ValueError as error:
            hint = f"write it by hand: {dotted(key)} = {value!r}"
            raise UsageError(f"{file}: {error}", hint=hint) from None

    def _own(self, asset: str) -> str:
        return f"{self._checkout.project.specs}/{asset}.toml"

    def _read(self, file: str) -> str:
        return self._checkout.files.read(file).decode()

    def _written(self, asset: str, key: Key) -> str:
        """The file that says the value an asset has at a key, "" if none does."""
        file = self._checkout.origins(asset, key).file
        return file if self._value(file, key) is not None else ""

    def _value(self, file: str, key: Key) -> Any:
        value: Any = parse_toml(file, self._checkout.files.read(file))
        for part in key:
            if isinstance(part, int):
                value = value[part] if isinstance(value, list) and part < len(value) else None
            else:
                value = value.get(part) if isinstance(value, dict) else None
        return value

    def _sharing(self, file: str, key: Key) -> list[str]:
        assets = [each.id for each in self._checkout.library.assets]
        return [each for each in assets if self._checkout.origins(each, key).file == file]
