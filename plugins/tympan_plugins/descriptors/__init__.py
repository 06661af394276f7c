"""First-party descriptors: palette, contrast, line, texture, sharpness, composition, cut-out, text.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from typing import Any

from tympan import Descriptor, hookimpl


@hookimpl
def tympan_descriptors() -> tuple[type[Descriptor[Any]], ...]:
    """The aspects of this room."""
    from tympan_plugins.descriptors.composition import Composition
    from tympan_plugins.descriptors.contrast import Contrast
    from tympan_plugins.descriptors.cutout import Cutout
    from tympan_plugins.descriptors.line import Line
    from tympan_plugins.descriptors.palette import Palette
    from tympan_plugins.descriptors.sharpness import Sharpness
    from tympan_plugins.descriptors.text import Text
    from tympan_plugins.descriptors.texture import Texture

    return Composition, Contrast, Cutout, Line, Palette, Sharpness, Text, Texture
