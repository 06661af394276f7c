"""Which folders may run their own code: asked once a folder, kept outside of it.

Reads and writes trusted.json in the user's configuration folder, or in $TYMPAN_HOME.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from tympan.errors import FilesError
from tympan.files import Files

_NAME = "trusted.json"


def _home() -> Files:
    if home := os.environ.get("TYMPAN_HOME"):
        return Files(Path(home))
    from platformdirs import user_config_path

    return Files(user_config_path("tympan", appauthor=False))


def path_of_list() -> str:
    """Where the list of trusted folders is kept."""
    return str(_home().path(_NAME))


def _listed(home: Files) -> list[str]:
    try:
        return msgspec.json.decode(home.read(_NAME), type=list[str])
    except (FilesError, ValueError, RecursionError):
        return []


def trusted(root: Path) -> bool:
    """Whether plugins/*.py of this project may run: TYMPAN_TRUST=1, or `tympan trust` was said here."""
    if os.environ.get("TYMPAN_TRUST") == "1":
        return True
    return os.path.realpath(root) in _listed(_home())


def trust(root: Path, *, revoke: bool = False) -> None:
    """Trust the folder, or take trust back."""
    home = _home()
    listed = set(_listed(home)) - {os.path.realpath(root)}
    if not revoke:
        listed.add(os.path.realpath(root))
    home.write(_NAME, msgspec.json.format(msgspec.json.encode(sorted(listed))) + b"\n")
