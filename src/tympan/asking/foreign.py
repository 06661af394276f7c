"""Foreign picture files: how they were made, as far as the plugins can tell.

Reads files of a folder. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from tympan import limits
from tympan.chunks import textual
from tympan.errors import IntakeError, PluginError
from tympan.files import Files, digest
from tympan.inbox import Dropped
from tympan.outside import Recalled
from tympan.plugin import Recaller
from tympan.plugins import Plugins

_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF", b"II*\x00", b"MM\x00*", b"<")
_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".svg")
# A text of this length and more is not repeated in a lock: the picture itself has it.
_LONG = 2_000


def pictures(files: Files, folder: str = "") -> list[str]:
    """Names of the files of a folder that are pictures by their names, in natural order of names."""
    return [name for name in files.walk(folder) if name.lower().endswith(_SUFFIXES)]


def look(plugins: Plugins, files: Files, name: str) -> tuple[Dropped, bytes]:
    """A file as the inbox sees it, its name fit to be shown, and its bytes.

    IntakeError if it is no picture or holds absurd texts.
    """
    data = files.read(name, limits.PICTURE_BYTES)
    if not data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_PICTURES):
        raise IntakeError("no picture: PNG, JPEG, WebP, TIFF and SVG are taken")
    # Control characters would act on a terminal, and bytes that are no text trouble the record.
    shown = "".join(c if c.isprintable() else "?" for c in name)
    return Dropped(shown, digest(data), recalled(plugins, textual(data), shown.rpartition("/")[2])), data


def recalled(plugins: Plugins, chunks: dict[str, str], name: str) -> Recalled:
    """What the first recaller that knows a picture says of it; all its texts in any case."""
    for recaller in _recallers(plugins):
        try:
            found = recaller.recall(chunks, name)
        except Exception as error:
            raise PluginError(f"the recaller {recaller.NAME!r} raised {error!r} for {name}") from error
        if found is not None:
            return msgspec.structs.replace(found, chunks=chunks)
    return Recalled(chunks=chunks)


def _recallers(plugins: Plugins) -> Iterable[Recaller[Any]]:
    found = [each.cls for each in plugins.all() if each.kind == "recaller"]
    kept = [cls for cls in found if issubclass(cls, Recaller)]
    return [cls() for cls in sorted(kept, key=lambda cls: (cls.ORDER, cls.NAME))]


def facts_of(file: Dropped, why: str) -> dict[str, str]:
    """What the record says of a picture that came by hand: where from, how made, every text inside."""
    made = file.recalled
    facts = {
        "file": file.name,
        "matched": why,
        "tool": made.tool,
        "tool_job": made.job,
        "index": "" if made.index is None else str(made.index),
        "model": made.model,
        "prompt": made.prompt,
        "negative_prompt": made.negative_prompt,
        "size": "x".join(map(str, made.size or ())),
    }
    facts |= {f"option.{name}": _written(value) for name, value in made.options.items()}
    facts |= {f"text.{name}": _short(text) for name, text in made.chunks.items()}
    return {name: text for name, text in facts.items() if text}


def _written(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _short(text: str) -> str:
    return text if len(text) < _LONG else f"{len(text)} characters, in the picture itself"
