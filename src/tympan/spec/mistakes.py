"""All mistakes of one table, each with its key; msgspec itself stops at the first.

Reads the types of `Params`. Writes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, get_args, get_origin

import msgspec

from tympan.model import Colour
from tympan.spec.guess import did_you_mean, listed
from tympan.spec.locate import Key

T = TypeVar("T")


class Mistake(NamedTuple):
    """What is wrong at a key of a merged spec. own: it is missing from the asset's own file."""

    key: Key
    message: str
    hint: str = ""
    own: bool = False


class Broken:
    """Stands for a value whose mistake has been noted already."""


BROKEN = Broken()

_NAMES = {
    "int": "an integer", "float": "a number", "str": "a string", "bool": "true or false", "array": "an array",
    "object": "a table", "list": "an array", "tuple": "an array", "dict": "a table",
}  # fmt: skip
_WORD = re.compile(r"[\w-]+")
_GOT = re.compile(r"Expected `([^`]+)`(.*?)(?:, got `([^`]+)`)?$")
_COLOUR = Colour.__metadata__[0].pattern  # type: ignore[attr-defined]


def read(
    value: Any,
    kind: type[T],
    key: Key,
    found: list[Mistake],
    *,
    also: Iterable[str] = (),
    noted: bool = False,
) -> T | None:
    """The value as a `kind`, or None after adding every mistake to `found`.

    also: keys that somebody else reads, offered in did-you-mean. noted: the value holds BROKEN.
    """
    if not noted:
        try:
            return msgspec.convert(value, kind)
        except msgspec.ValidationError as error:
            reason = str(error)
        before = len(found)
        _explain(value, kind, key, found, tuple(also))
        if len(found) == before:
            found.append(Mistake(key, reason.partition(" - at `$")[0]))
        return None
    _explain(value, kind, key, found, tuple(also))
    return None


def unknown(key: Key, known: Iterable[str]) -> Mistake:
    """A key that nobody reads."""
    return Mistake(key, "unknown key", did_you_mean(str(key[-1]), known))


def expected(value: Any, what: str, key: Key) -> Mistake:
    """A value of the wrong kind, in words of TOML."""
    return Mistake(key, f"expected {what}, got {name_of(value)}")


def name_of(value: Any) -> str:
    """What TOML calls the kind of a value."""
    return _NAMES.get(type(value).__name__, type(value).__name__)


def _explain(value: Any, kind: Any, key: Key, found: list[Mistake], also: tuple[str, ...] = ()) -> None:
    if value is BROKEN:
        return
    plain, metas = _bare(kind)
    origin, inner = get_origin(plain), get_args(plain)
    before = len(found)
    if isinstance(plain, type) and issubclass(plain, msgspec.Struct):
        if isinstance(value, dict):
            _explain_struct(value, plain, key, found, also)
        else:
            found.append(expected(value, "a table", key))
        return
    if origin is dict and isinstance(value, dict):
        for name, below in value.items():
            _explain(below, inner[1], (*key, name), found)
    elif origin in (tuple, list) and isinstance(value, list):
        kinds = [inner[0]] * len(value) if origin is list or inner[-1] is Ellipsis else list(inner)
        for nth, (below, one) in enumerate(zip(value, kinds, strict=False)):
            _explain(below, one, (*key, nth), found)
    if len(found) == before and not _has_broken(value):
        _explain_value(value, kind, plain, metas, key, found)


def _explain_struct(
    value: dict[str, Any], kind: type[msgspec.Struct], key: Key, found: list[Mistake], also: tuple[str, ...]
) -> None:
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    known = (*fields, *also)
    for name, below in value.items():
        if name in fields:
            _explain(below, fields[name].type, (*key, name), found)
        elif kind.__struct_config__.forbid_unknown_fields:
            found.append(unknown((*key, name), known))
    for name, field in fields.items():
        if field.required and name not in value:
            found.append(Mistake((*key, name), "missing"))


def _explain_value(
    value: Any, kind: Any, plain: Any, metas: list[msgspec.Meta], key: Key, found: list[Mistake]
) -> None:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        message, hint = _in_words(value, plain, metas, str(error).partition(" - at `$")[0])
        found.append(Mistake(key, message, hint))


def _in_words(value: Any, plain: Any, metas: list[msgspec.Meta], reason: str) -> tuple[str, str]:
    if get_origin(plain) is Literal:
        return _one_of(value, [str(word) for word in get_args(plain)])
    if isinstance(value, str):
        for meta in metas:
            if meta.pattern == _COLOUR:
                return f'expected a colour such as "#1a2b3c", got "{value}"', ""
            if meta.pattern:
                return _no_match(value, meta.pattern)
    if not (found := _GOT.match(reason)):
        return reason[:1].lower() + reason[1:], ""
    wanted, bound, got = found.groups()
    text = f"expected {_NAMES.get(wanted, wanted)}{bound}"
    if got:
        return f"{text}, got {_NAMES.get(got, got)}", ""
    return (f"{text}, got {value}" if isinstance(value, int | float) else text), ""


def _no_match(value: str, pattern: str) -> tuple[str, str]:
    inner = pattern.removeprefix("^").removesuffix("$")
    parts = inner[1:-1].split("|") if inner.startswith("(") and inner.endswith(")") else []
    words = [part for part in parts if _WORD.fullmatch(part)]
    others = [part for part in parts if part and part not in words]
    return _one_of(value, words, others) if words else (f'"{value}" does not match {pattern}', "")


def _one_of(value: Any, words: list[str], others: list[str] | None = None) -> tuple[str, str]:
    """others: patterns that would do as well."""
    got = f'"{value}"' if isinstance(value, str) else name_of(value)
    hint = did_you_mean(value, words) if isinstance(value, str) else ""
    also = f", or like {' or '.join(others)}" if others else ""
    return f"expected one of {listed(words)}{also}, got {got}", hint if hint.startswith("did") else ""


def _has_broken(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_broken, value.values()))
    if isinstance(value, list):
        return any(map(_has_broken, value))
    return value is BROKEN


def _bare(kind: Any) -> tuple[Any, list[msgspec.Meta]]:
    metas: list[msgspec.Meta] = []
    while get_origin(kind) is Annotated:
        kind, *more = get_args(kind)
        metas.extend(meta for meta in more if isinstance(meta, msgspec.Meta))
    return kind, metas
