"""The descriptor `text`: what is to be read in a picture, and what is read there.

Reads the models that come with RapidOCR. Writes nothing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from typing import Any

from tympan import Context, Descriptor, Measured, Params, Picture, version_of
from tympan_plugins.descriptors.canvas import numbers
from tympan_plugins.descriptors.words import mean_of

_WRONG = "letters wrong, %"
# Longer side in px from which on a picture is scaled down before it is read; smaller lettering is not read.
_SIDE = 1280
# How sure RapidOCR is of words, 0 to 1, below which they are shapes that look like some.
_SURE = 0.6


class Text(Descriptor[Params]):
    """Lettering: what RapidOCR reads, beside the text that the spec says; not beside the old pictures.

    Needs the extra `tympan[ocr]`. The digit 0 and the letter O are the same to it. Without a text in the
    spec nothing is read, and further words beside it are not looked at.
    """

    NAME = "text"
    VERSION = "1"
    GATE = 0.6
    FLOOR = 0.1

    def absent(self) -> str:
        """Whether RapidOCR is installed."""
        known = find_spec("rapidocr") and find_spec("onnxruntime")
        return "" if known else "nothing can be read: pip install 'tympan[ocr]'"

    def fingerprint(self, params: Params) -> Mapping[str, str]:
        """RapidOCR, which brings its models, and what runs them."""
        return {name: version_of(name) for name in ("rapidocr", "onnxruntime", "opencv-python-headless")}

    def measure(self, picture: Picture, text: str, params: Params, ctx: Context) -> Measured | None:
        """The share of letters that are wrong, 0 to 1; in per cent; what was read."""
        if not text.strip():
            return None
        read = _read(picture)
        wrong = min(1.0, apart(_letters(text), _letters(read)) / max(1, len(_letters(text))))
        return Measured(vector=numbers([wrong]), named={_WRONG: round(100 * wrong, 3)}, text=read)

    def say(self, pairs: Sequence[tuple[Sequence[Measured], Sequence[Measured]]]) -> str:
        """How many letters are wrong, and what is read instead where it is one asset."""
        old, new = mean_of(pairs, _WRONG)
        words = f"{old:.0f} -> {new:.0f} % of letters wrong"
        worst = max(pairs[0][1], key=lambda each: each.vector, default=None) if len(pairs) == 1 else None
        return f'{words}: "{worst.text}"' if worst and any(worst.vector) else words


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(each for each in plain if each.isalnum())


def apart(wanted: str, read: str) -> int:
    """How many letters of a text are to be put in, left out or replaced to find it somewhere in another.

    Levenshtein's distance to the nearest stretch of it (P. Sellers, 1980): shapes are read as letters now and
    then, and what stands before and after the text is no fault of it.
    """
    row = [0] * (len(read) + 1)
    for nth, letter in enumerate(wanted, 1):
        before, row[0] = row[0], nth
        for at, mine in enumerate(read, 1):
            before, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, before + (letter != mine))
    return min(row)


def _read(picture: Picture) -> str:
    """Lines from the top, each from the left."""
    import numpy as np
    from PIL import Image

    image = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture.image()).convert("RGB")
    image.thumbnail((_SIDE, _SIDE))
    found = _engine()(np.asarray(image)[:, :, ::-1].copy())
    if found.txts is None:
        return ""
    words = zip(found.boxes, found.txts, found.scores, strict=True)
    lines = [
        (float(box[:, 1].mean()), float(box[:, 0].min()), text) for box, text, sure in words if sure >= _SURE
    ]
    return " ".join(text for _, _, text in sorted(lines))


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    threads = {f"EngineConfig.onnxruntime.{word}_op_num_threads": 1 for word in ("intra", "inter")}
    return RapidOCR(params={"Global.log_level": "critical", **threads})
