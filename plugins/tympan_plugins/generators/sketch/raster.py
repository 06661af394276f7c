"""Pixels: rendering, palettes of pictures, and drawing inside a region only.

Reads SVG text and pixels. Writes nothing.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from tympan import Context, Picture
from tympan_plugins.generators.sketch.palette import difference, lightness, vividness

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]


def render(svg: str, size: tuple[int, int], ctx: Context, ground: str = "") -> Pixels:
    """The SVG as RGBA pixels, shape (height, width, 4); on `ground` (#rrggbb) if it is given."""
    if ground:
        head, _, rest = svg.partition(">")
        svg = f'{head}><path fill="{ground}" d="M-99 -99H99999V99999H-99Z"/>{rest}'
    return ctx.raster(Picture(size=size, svg=svg), size).array()


def png(pixels: Pixels) -> bytes:
    """The pixels as a PNG file; RGB when nothing is transparent."""
    from PIL import Image

    opaque = bool((pixels[..., 3] == 255).all())
    image = Image.fromarray(pixels[..., :3] if opaque else pixels)
    target = BytesIO()
    image.save(target, "PNG", compress_level=6)
    return target.getvalue()


def colours_of(pixels: Pixels, count: int = 6) -> list[str]:
    """The colours that a picture is made of, as #rrggbb: lightest, darkest, the most vivid that differ."""
    found = _cut(pixels, 20)
    if len(found) <= count:
        return found
    ranked = sorted(found, key=lightness)
    chosen = [ranked[0], ranked[-1]]
    while len(chosen) < count:
        rest = [c for c in found if c not in chosen]
        chosen.append(
            max(rest, key=lambda c: (min(difference(c, d) for d in chosen) * (0.05 + vividness(c)), c))
        )
    return chosen


def _cut(pixels: Pixels, count: int) -> list[str]:
    import numpy as np

    solid = pixels[pixels[..., 3] > 127][:, :3].astype(np.int64)
    if not len(solid):
        return []
    boxes = [solid[:: max(1, len(solid) // 20_000)]]
    while len(boxes) < count:
        spans = [int(np.ptp(box, axis=0).max()) if len(box) > 1 else 0 for box in boxes]
        widest = max(range(len(boxes)), key=lambda i: spans[i])
        if spans[widest] < 12:
            break
        box = boxes.pop(widest)
        channel = int(np.ptp(box, axis=0).argmax())
        ranked = box[np.argsort(box[:, channel], kind="stable")]
        # Cut where the range halves, not the count: a small bright accent stays a colour of its own.
        middle = (int(ranked[0, channel]) + int(ranked[-1, channel])) / 2
        cut = min(max(int(np.searchsorted(ranked[:, channel], middle)), 1), len(ranked) - 1)
        boxes += [ranked[:cut], ranked[cut:]]
    means = [np.rint(box.mean(axis=0)).astype(int) for box in boxes]
    return ["#" + "".join(f"{int(v):02x}" for v in mean) for mean in means]


def box_of(region: Pixels) -> tuple[int, int, int, int]:
    """x0, y0, x1, y1 of what a region leaves white; all of it if nothing is."""
    import numpy as np

    rows, columns = np.nonzero(_white(region))
    if not rows.size:
        return (0, 0, region.shape[1], region.shape[0])
    return (int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1)


def _white(region: Pixels) -> NDArray[np.bool_]:
    grey = region[..., :3].astype("float64").mean(axis=2) * region[..., 3] / 255
    found: NDArray[np.bool_] = grey > 127
    return found


def inside(picture: Pixels, drawing: Pixels, region: Pixels) -> Pixels:
    """`drawing` where `region` is white, `picture` elsewhere; all of one size.

    The edge is soft towards the inside only: pixels that the region leaves black are exactly the picture's.
    """
    import numpy as np
    from PIL import Image, ImageFilter

    hard = _white(region)
    radius = max(1.0, min(hard.shape) / 200)
    blurred = Image.fromarray(np.where(hard, 255, 0).astype(np.uint8)).filter(
        ImageFilter.GaussianBlur(radius)
    )
    ramp = np.clip(np.asarray(blurred, np.float64) / 255 * 2 - 1, 0, 1)
    share = np.where(hard, ramp, 0.0)[..., None]
    mixed = picture * (1 - share) + drawing * share
    made: Pixels = np.where(share > 0, np.rint(mixed), picture).astype(np.uint8)
    return made
