"""The notices that licences ask to be handed on with the files, as one text.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby

from tympan.model import Profile
from tympan.ship.manifest import Shipped

_SHOWN = 5


def notices(files: Iterable[Shipped], profile: Callable[[str], Profile]) -> str:
    """The text of LICENSES, "" if nothing asks for one. `profile` finds a profile by name."""
    files = sorted(files, key=lambda each: each.path)
    blocks = []
    for name in sorted({name for each in files for name in each.profiles}):
        found = profile(name)
        lines = [f"ICC profile {name}: {found.description or name}", f"Licence: {found.licence}"]
        lines.append(f"In: {_listed(each.path for each in files if name in each.profiles)}")
        blocks.append("\n".join(lines) + (f"\n\n{found.notice.strip()}" if found.notice else ""))
    told = sorted((each for each in files if each.license), key=lambda each: (str(each.license), each.path))
    for _, group in groupby(told, key=lambda each: str(each.license)):
        several = list(group)
        rights = [f"{key}: {value}" for key, value in several[0].license.items()]
        blocks.append(
            "\n".join(["Rights, as the specs say", *rights, f"In: {_listed(e.path for e in several)}"])
        )
    return f"\n\n{'-' * 72}\n\n".join(blocks) + "\n" if blocks else ""


def _listed(paths: Iterable[str]) -> str:
    paths = list(paths)
    more = f" and {len(paths) - _SHOWN} more; manifest.json names all" if len(paths) > _SHOWN else ""
    return ", ".join(paths[:_SHOWN]) + more
