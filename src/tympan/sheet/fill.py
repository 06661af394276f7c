"""A gathered sheet with what its pictures' pixels say put in.

Reads token files. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from tympan.checkout import Checkout
from tympan.drift import Measurer
from tympan.errors import TympanError
from tympan.sheet.aids import brand_colours, brand_ground, colour_distance, near_groups
from tympan.sheet.model import Aids, Part, Sheet, Shown, Step, Target
from tympan.sheet.shelf import Shelf
from tympan.spec.tokens import Tokens
from tympan.views import Seen

# The descriptor that reads.
TEXT = "text"
_NO_TEXT = "lettering is not compared with the text asked for: its spelling is for your eyes"
_NO_TOKENS = "colours are not compared with the brand's: the project names no colour tokens"


def filled(checkout: Checkout, sheet: Sheet, shelf: Shelf) -> Sheet:
    """The sheet with sizes, aids and grounds; views are made of what has none."""
    colours = brand_colours(Tokens(checkout.files, checkout.project.tokens))
    reader = _Reader(checkout, shelf)
    filling = _Filling(shelf.fill(sheet.pictures), shelf.troubles, colours, reader if sheet.inside else None)
    grounds = {"light": "#ffffff", "dark": "#17181a"}
    if brand := brand_ground(colours):
        grounds["brand"] = brand
    absent = () if colours else (_NO_TOKENS,)
    if reader.absent and any(step.text for part in sheet.parts for step in part.steps):
        absent = (f"{_NO_TEXT} ({reader.absent})", *absent)
    return msgspec.structs.replace(
        sheet,
        parts=tuple(map(filling.part, sheet.parts)),
        grounds=grounds,
        absent=absent if sheet.inside and any(part.steps for part in sheet.parts) else (),
    )


class _Reader:
    """Reads what is written in pictures, if a descriptor here can: once, and kept by what they show."""

    def __init__(self, checkout: Checkout, shelf: Shelf) -> None:
        self._shelf = shelf
        self._measurer = Measurer(checkout.plugins, checkout.store, shelf.pool, only=(TEXT,))
        self.absent = self._measurer.absent.get(TEXT, "")

    def read(self, name: str, text: str) -> tuple[float | None, str]:
        """Per cent of a text's letters that are wrong in a picture, and what is read there."""
        if self.absent or not text:
            return None, ""
        try:
            found = self._measurer.describe(self._shelf.bytes_of(name), text).get(TEXT)
        except TympanError:
            return None, ""  # its views will say why
        return (round(100 * found.vector[0], 1), found.text) if found else (None, "")


class _Filling:
    """reader: for people of the house; a client is shown no aids."""

    def __init__(
        self,
        seen: Mapping[str, Seen],
        troubles: Mapping[str, str],
        colours: Mapping[str, str],
        reader: _Reader | None,
    ) -> None:
        self._seen, self._troubles, self._reader = seen, troubles, reader
        self._brand = sorted(set(colours.values()))

    def part(self, part: Part) -> Part:
        return msgspec.structs.replace(
            part,
            steps=tuple(map(self._step, part.steps)),
            targets=tuple(map(self._target, part.targets)),
        )

    def _step(self, step: Step) -> Step:
        pictures = tuple(map(self._picture, step.pictures))
        if self._reader is None:
            return msgspec.structs.replace(step, pictures=pictures)
        known = [each for each in pictures if each.digest in self._seen]
        near = near_groups([self._seen[each.digest] for each in known])
        by_digest = {
            each.digest: tuple(known[other].number for other in others)
            for each, others in zip(known, near, strict=True)
        }
        return msgspec.structs.replace(
            step,
            pictures=tuple(self._aided(each, step.text, by_digest.get(each.digest, ())) for each in pictures),
        )

    def _aided(self, shown: Shown, text: str, near: Iterable[int]) -> Shown:
        seen = self._seen.get(shown.digest)
        if seen is None or self._reader is None:
            return shown
        letters, read = self._reader.read(shown.digest, text)
        aids = Aids(
            sharpness=seen.sharpness or None,
            colour=colour_distance(seen, self._brand),
            near=tuple(near),
            letters=letters,
            read=read,
        )
        return msgspec.structs.replace(shown, aids=aids)

    def _target(self, target: Target) -> Target:
        return msgspec.structs.replace(target, pictures=tuple(map(self._picture, target.pictures)))

    def _picture(self, shown: Shown) -> Shown:
        seen = self._seen.get(shown.digest)
        if seen is None:
            return msgspec.structs.replace(shown, trouble=self._troubles.get(shown.digest, "not here"))
        facts = shown.facts + ((("shown through", seen.profile),) if seen.profile else ())
        return msgspec.structs.replace(shown, size=seen.size, clear=seen.clear, facts=facts)
