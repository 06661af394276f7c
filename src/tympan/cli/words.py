"""What several verbs share: which assets a person means, and JSON for scripts.

Reads the checkout. Writes to standard output.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any

import click
import msgspec

from tympan.checkout import Checkout
from tympan.errors import UsageError


def assets_of(checkout: Checkout, wanted: Iterable[str]) -> set[str]:
    """Ids of the assets that names or patterns mean. UsageError if one means none."""
    known = [asset.id for asset in checkout.library.assets]
    found: set[str] = set()
    for word in wanted:
        meant = {id for id in known if fnmatchcase(id, word)}
        if not meant:
            near = difflib.get_close_matches(word, known, 1)
            hint = f'did you mean "{near[0]}"?' if near else "tympan list names them all"
            raise UsageError(f"no asset is called {word!r}", hint=hint)
        found |= meant
    return found


def one_asset(checkout: Checkout, word: str) -> str:
    """The id of the one asset that a name or pattern means. UsageError if it means none, or several."""
    found = assets_of(checkout, [word])
    if len(found) > 1:
        some = ", ".join(sorted(found)[:3])
        more = f" and {len(found) - 3} more" if len(found) > 3 else ""
        raise UsageError(f"{word!r} means {len(found)} assets: {some}{more}", hint="name one of them")
    return found.pop()


def print_json(value: Any) -> None:
    """A value as indented JSON on standard output."""
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())
