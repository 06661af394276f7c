"""What a descriptor is: the plugin interface for what is measured of pictures to find drift.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from tympan.model import Measured, Picture
from tympan.plugin import Context, P, Plugin


class Descriptor(Plugin[P]):
    """What is measured of pictures to find drift: one aspect, which NAME says.

    GATE: the effect from which on a drift is worth telling, where the project does not say another; 1 is as
    far as two seeds of one request are apart. FLOOR: the distance between two vectors that nobody would
    see; effects are never measured in less. RANGES: whether sets are told apart by what lies outside the
    other's range, not by distances: right where seeds choose among things, such as colours.
    """

    GATE: ClassVar[float] = 0.6
    FLOOR: ClassVar[float] = 0.0
    RANGES: ClassVar[bool] = False

    def absent(self) -> str:
        """Why nothing can be measured here, such as a library that is not installed; "" if it can."""
        return ""

    def measure(self, picture: Picture, text: str, params: P, ctx: Context) -> Measured | None:
        """The aspect of a picture with pixels; None if it has none, such as an opaque picture no cut-out.

        text: what the spec says is to be read in the picture, "" if nothing.
        """
        raise NotImplementedError

    def say(self, pairs: Sequence[tuple[Sequence[Measured], Sequence[Measured]]]) -> str:
        """How new pictures differ from old ones in a few words: "hue +14 degrees, warmer".

        pairs: old and new pictures of one asset, or of each asset of a library.
        """
        raise NotImplementedError
