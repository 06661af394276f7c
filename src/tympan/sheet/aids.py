"""Aids for the eye: brand colours kept, near duplicates. They are shown and decide nothing.

Reads token files. Writes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from tympan import looks
from tympan.spec.tokens import TokenError, Tokens
from tympan.views import Seen

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_HEX = re.compile(r"#([0-9a-fA-F]{6})")
# How many of 64 bits may differ, and how far miniatures may lie apart, in pictures that look almost the same.
_NEAR_BITS, _NEAR_APART = 8, 9.0
# Linear sRGB to cone responses, and their cube roots to OKLab: B. Ottosson, A perceptual color space for
# image processing, 2020.
_CONES = ((0.4122214708, 0.5363325363, 0.0514459929), (0.2119034982, 0.6806995451, 0.1073969566),
          (0.0883024619, 0.2817188376, 0.6299787005))  # fmt: skip
_LAB = ((0.2104542553, 0.7936177850, -0.0040720468), (1.9779984951, -2.4285922050, 0.4505937099),
        (0.0259040371, 0.7827717662, -0.8086757660))  # fmt: skip


def brand_colours(tokens: Tokens) -> dict[str, str]:
    """All colours among the tokens, name -> #rrggbb."""
    found: dict[str, str] = {}
    for name in tokens.names():
        with suppress(TokenError):
            token = tokens.find(tuple(name.split(".")))
            if token.type in ("color", "") and isinstance(token.value, str) and _HEX.fullmatch(token.value):
                found[name] = token.value.lower()
    return found


def brand_ground(colours: Mapping[str, str]) -> str:
    """The colour that stands for the brand: a token called brand, accent or primary; "" without one."""
    for word in ("brand", "primary", "accent"):
        for name, value in colours.items():
            if name.rpartition(".")[2] == word:
                return value
    return ""


def colour_distance(seen: Seen, brand: Sequence[str]) -> float | None:
    """Mean distance of a picture's colours to the nearest brand colour each, weighed by area.

    Euclid in OKLab, times 100: some 2 is just noticeable, 10 is another colour. None without brand colours,
    or if nothing of the picture is opaque.
    """
    import numpy as np

    if not brand or not seen.colours:
        return None
    own = oklab(np.array([colour for colour, _ in seen.colours], dtype=np.float64))
    ours = oklab(np.array([[int(text[at : at + 2], 16) for at in (1, 3, 5)] for text in brand], np.float64))
    apart = np.linalg.norm(own[:, None, :] - ours[None, :, :], axis=2).min(axis=1)
    shares = np.array([share for _, share in seen.colours])
    return round(float(100 * (apart * shares).sum() / shares.sum()), 1)


def oklab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """sRGB of 0 to 255, shape (n, 3), as OKLab."""
    import numpy as np

    scaled = rgb / 255
    linear = np.where(scaled <= 0.04045, scaled / 12.92, ((scaled + 0.055) / 1.055) ** 2.4)
    found: NDArray[np.float64] = np.cbrt(linear @ np.array(_CONES).T) @ np.array(_LAB).T
    return found


def near_groups(seen: Sequence[Seen]) -> list[list[int]]:
    """For each picture the places of others that look almost the same: links of links count."""
    import numpy as np

    rows = [(at, view) for at, each in enumerate(seen) for view in each.look.views]
    if not rows:
        return [[] for _ in seen]
    owners = np.array([at for at, _ in rows], dtype=int)
    phash = np.array([view.phash for _, view in rows], dtype=np.uint64)
    group = list(range(len(seen)))
    small = np.frombuffer(b"".join(view.miniature for _, view in rows), np.uint8).reshape(len(rows), -1)
    for at, view in rows:
        wanted = np.flatnonzero(looks.distances(phash, view.phash) <= _NEAR_BITS)
        own = np.frombuffer(view.miniature, np.uint8).astype(np.float32)
        apart = np.sqrt(np.mean((small[wanted] - own) ** 2, axis=1))
        for other in owners[wanted[apart <= _NEAR_APART]].tolist():
            if group[other] != group[at]:
                old, new = group[other], group[at]
                group = [new if each == old else each for each in group]
    return [
        [other for other in range(len(seen)) if other != at and group[other] == group[at]]
        for at in range(len(seen))
    ]
