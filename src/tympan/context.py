"""What the core lends a plugin for one call: inputs, profiles, rendering, intake.

Reads only what the job brought along. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from tympan.errors import StepFailed
from tympan.model import Picture, Profile


class JobContext:
    """The `tympan.Context` of one job.

    inputs: name (path or digest) -> bytes. profiles: name -> Profile. said: the packet of marks.
    """

    def __init__(
        self,
        inputs: Mapping[str, bytes] | None = None,
        profiles: Mapping[str, Profile] | None = None,
        said: bytes = b"",
    ) -> None:
        self._inputs = inputs or {}
        self._profiles = profiles or {}
        self._said = said

    def input(self, name: str) -> bytes:
        """See `Context.input`."""
        try:
            return self._inputs[name]
        except KeyError:
            raise StepFailed(
                f"input {name!r} was not declared", hint="type the key as tympan.InputPath in Params"
            ) from None

    def profile(self, name: str) -> Profile:
        """See `Context.profile`."""
        try:
            return self._profiles[name]
        except KeyError:
            raise StepFailed(
                f"profile {name!r} was not declared", hint="type the key as tympan.ProfileName in Params"
            ) from None

    def raster(self, picture: Picture, size: tuple[int, int] | None = None) -> Picture:
        """See `Context.raster`."""
        from tympan.render import raster

        return raster(picture, size)

    def intake(self, data: bytes) -> Picture:
        """See `Context.intake`."""
        from tympan.intake import intake

        return intake(data)

    def marks(self) -> bytes:
        """See `Context.marks`."""
        return self._said
