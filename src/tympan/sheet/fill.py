"""A gathered sheet with what its pictures' pixels say put in.

Reads token files. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from tympan.checkout import Checkout
from tympan.sheet.aids import brand_colours, brand_ground, colour_distance, near_groups
from tympan.sheet.model import Aids, Part, Sheet, Shown, Step, Target
from tympan.sheet.shelf import Shelf
from tympan.spec.tokens import Tokens
from tympan.views import Seen

_NO_TEXT = "text is not read from pictures: its spelling is for your eyes"
_NO_TOKENS = "colours are not compared with the brand's: the project names no colour tokens"


def filled(checkout: Checkout, sheet: Sheet, shelf: Shelf) -> Sheet:
    """The sheet with sizes, aids and grounds; views are made of what has none."""
    colours = brand_colours(Tokens(checkout.files, checkout.project.tokens))
    filling = _Filling(shelf.fill(sheet.pictures), shelf.troubles, colours, sheet.inside)
    grounds = {"light": "#ffffff", "dark": "#17181a"}
    if brand := brand_ground(colours):
        grounds["brand"] = brand
    absent = (_NO_TEXT, *(() if colours else (_NO_TOKENS,)))
    return msgspec.structs.replace(
        sheet,
        parts=tuple(map(filling.part, sheet.parts)),
        grounds=grounds,
        absent=absent if sheet.inside and any(part.steps for part in sheet.parts) else (),
    )


class _Filling:
    def __init__(
        self, seen: Mapping[str, Seen], troubles: Mapping[str, str], colours: Mapping[str, str], inside: bool
    ) -> None:
        self._seen, self._troubles, self._inside = seen, troubles, inside
        self._brand = sorted(set(colours.values()))

    def part(self, part: Part) -> Part:
        return msgspec.structs.replace(
            part,
            steps=tuple(map(self._step, part.steps)),
            targets=tuple(map(self._target, part.targets)),
        )

    def _step(self, step: Step) -> Step:
        pictures = tuple(map(self._picture, step.pictures))
        if not self._inside:
            return msgspec.structs.replace(step, pictures=pictures)
        known = [each for each in pictures if each.digest in self._seen]
        near = near_groups([self._seen[each.digest] for each in known])
        by_digest = {
            each.digest: tuple(known[other].number for other in others)
            for each, others in zip(known, near, strict=True)
        }
        return msgspec.structs.replace(
            step, pictures=tuple(self._aided(each, by_digest.get(each.digest, ())) for each in pictures)
        )

    def _aided(self, shown: Shown, near: Iterable[int]) -> Shown:
        seen = self._seen.get(shown.digest)
        if seen is None:
            return shown
        aids = Aids(
            sharpness=seen.sharpness or None,
            colour=colour_distance(seen, self._brand),
            near=tuple(near),
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
