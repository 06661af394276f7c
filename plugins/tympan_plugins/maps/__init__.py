"""First-party control maps: canny, depth, skeleton.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tympan import ControlMap, hookimpl
from tympan_plugins.maps.canny import Canny
from tympan_plugins.maps.depth import Depth
from tympan_plugins.maps.skeleton import Skeleton


@hookimpl
def tympan_maps() -> Iterable[type[ControlMap[Any]]]:
    """The maps of this room."""
    return (Canny, Depth, Skeleton)
