"""First-party recallers: a1111, comfyui, invokeai, midjourney, xmp.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tympan import Recaller, hookimpl


@hookimpl
def tympan_recallers() -> Iterable[type[Recaller[Any]]]:
    """The recallers of this room."""
    from tympan_plugins.recall.a1111 import A1111
    from tympan_plugins.recall.comfyui import ComfyUI
    from tympan_plugins.recall.invokeai import InvokeAI
    from tympan_plugins.recall.midjourney import MidjourneyFiles
    from tympan_plugins.recall.xmp import Xmp

    return (A1111, ComfyUI, InvokeAI, MidjourneyFiles, Xmp)
