"""First-party generators: files, drawings, services that are asked over HTTP, and tools that people operate.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tympan import Generator, hookimpl


@hookimpl
def tympan_generators() -> Iterable[type[Generator[Any]]]:
    """The generators of this room."""
    from tympan_plugins.generators.comfyui.generator import ComfyUI
    from tympan_plugins.generators.file import FileSource
    from tympan_plugins.generators.ideogram.generator import Ideogram
    from tympan_plugins.generators.inbox import Inbox
    from tympan_plugins.generators.leonardo.generator import Leonardo
    from tympan_plugins.generators.midjourney.generator import Midjourney
    from tympan_plugins.generators.openai import Openai
    from tympan_plugins.generators.recraft import Recraft
    from tympan_plugins.generators.sketch.generator import Sketch

    return (ComfyUI, FileSource, Ideogram, Inbox, Leonardo, Midjourney, Openai, Recraft, Sketch)
