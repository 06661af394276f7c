"""What an old request asked for, as keys of a new spec.

Reads the checkout. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from tympan.checkout import Checkout
from tympan.errors import PathRefused, UsageError
from tympan.files import RelPath
from tympan.lock import toml_key
from tympan.model import sparse
from tympan.spec.resolved import Asset, SourceUse, Variant

# Keys of [source] in the order in which they are written; the generator's own follow as `options.*`.
_KEYS = ("generator", "model", "prompt", "negative_prompt", "size", "candidates", "seed", "lora")
_LATER = ("operation", "region")
_TABLES = ("reference", "control")


def spec_path(checkout: Checkout, name: str) -> RelPath:
    """Where the spec of a new asset goes. PathRefused for no asset id, UsageError if it is there already."""
    path = RelPath.parse(f"{checkout.project.specs}/{name}.toml")
    if "." in name or any(part.startswith("_") for part in name.split("/")):
        raise PathRefused(f"{name!r} is no asset id", hint="letters, digits, - and _, folders with /")
    if checkout.files.sign(path) is not None:
        raise UsageError(f"{path} is already there", hint="give it another name")
    return path


def pinned(asset: Asset, seed: int | None, words: str) -> dict[str, Any]:
    """Values by dotted key below [source]. UsageError if there is no prompt, or no way to write them."""
    if asset.is_style or not asset.variants[0].source.request.prompt:
        raise UsageError(f"{asset.id} is not made from a prompt", hint="give it another source in a new spec")
    rows = [row(variant, seed, words) for variant in asset.variants]
    keys = dict.fromkeys(key for each in rows for key in each)
    return {key: _one(asset, key, [each.get(key) for each in rows]) for key in keys}


def row(variant: Variant, seed: int | None, words: str) -> dict[str, Any]:
    """Keys below [source] and their values, with words after the prompt, and another seed if one is given."""
    found = row_of(variant.source)
    found["prompt"] = f"{variant.source.request.prompt.rstrip().rstrip(',')}, {words.strip()}"
    if seed is not None:
        found["seed"] = seed
    return {key: each for key, each in found.items() if each != ""}


def row_of(use: SourceUse) -> dict[str, Any]:
    """Keys below [source] or [[refine]] and their values, as they were asked."""
    request = use.request
    found: dict[str, Any] = {key: getattr(request, key) for key in (*_KEYS, *_LATER)}
    found["lora"] = [sparse(each) for each in request.lora]
    for table in _TABLES:
        found |= {f"{table}.{toml_key(name)}": sparse(each) for name, each in getattr(request, table).items()}
    options = use.params if isinstance(use.params, Mapping) else sparse(use.params)
    found |= {f"options.{toml_key(name)}": each for name, each in options.items()}
    return {key: each for key, each in found.items() if each not in ("", [], (), None)}


def _one(asset: Asset, key: str, values: Sequence[Any]) -> Any:
    """One value for all variants, or a table of them by the value of the matrix' one axis."""
    if all(each == values[0] for each in values):
        return values[0]
    axes = list(asset.variants[0].cell)
    if len(axes) == 1 and None not in values:
        return {variant.cell[axes[0]]: each for variant, each in zip(asset.variants, values, strict=True)}
    raise UsageError(f"{asset.id}: its variants ask for several {key}", hint="copy its spec, and change that")


def plain(value: Any) -> Any:
    """As TOML has it: arrays are arrays."""
    return msgspec.json.decode(msgspec.json.encode(value))
