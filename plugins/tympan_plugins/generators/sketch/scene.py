"""From a wish to a picture: which composition, on which stage.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from zlib import crc32

import msgspec

from tympan_plugins.generators.sketch import scene_flat
from tympan_plugins.generators.sketch.canvas import Pen
from tympan_plugins.generators.sketch.dice import Dice
from tympan_plugins.generators.sketch.lettering import headline
from tympan_plugins.generators.sketch.palette import Palette, light_of
from tympan_plugins.generators.sketch.scene_city import city
from tympan_plugins.generators.sketch.scene_deep import space, under
from tympan_plugins.generators.sketch.scene_door import doorstep
from tympan_plugins.generators.sketch.scene_land import land
from tympan_plugins.generators.sketch.scene_room import room
from tympan_plugins.generators.sketch.scene_sea import sea
from tympan_plugins.generators.sketch.scene_things import abstract, things
from tympan_plugins.generators.sketch.stage import Guide, Stage
from tympan_plugins.generators.sketch.style import Style
from tympan_plugins.generators.sketch.words import Wish

INDOORS = {
    "lamp",
    "chair",
    "sofa",
    "stool",
    "shelf",
    "table",
    "desk-lamp",
    "cat",
    "plant",
    "monstera",
    "vase",
    "reader",
}
OUTDOORS = {
    "house",
    "cabin",
    "tent",
    "windmill",
    "fence",
    "tree",
    "pine",
    "bush",
    "tulip",
    "flower",
    "mushroom",
    "rock",
    "grass",
    "reed",
    "sun",
    "moon",
    "star",
    "cloud",
    "balloon",
    "bicycle",
    "car",
    "van",
    "train",
    "plane",
    "umbrella",
    "bird",
    "gull",
    "butterfly",
    "rabbit",
    "dog",
    "person",
    "mountain",
    "flag",
    "bridge",
    "fish",
    "boat",
}
LAND = {"hill", "lake", "river", "mountain", "forest", "garden", "desert"}


class Brief(msgspec.Struct, frozen=True, kw_only=True):
    """All that one drawing needs. size: px; back: "", "none" or #rrggbb; kind: "auto" or a kind's name."""

    wish: Wish
    style: Style
    palette: Palette
    size: tuple[int, int]
    seed: int
    kind: str = "auto"
    back: str = ""
    guide: Guide = Guide()


def frame_of(size: tuple[int, int]) -> tuple[float, float]:
    """Width and height in units: the short side is 600."""
    short = min(size)
    return size[0] * 600 / short, size[1] * 600 / short


def composition(wish: Wish, kind: str) -> Callable[[Stage], None]:
    """The drawing function for a wish."""
    flat = {"icon": scene_flat.icon, "pattern": scene_flat.pattern, "poster": scene_flat.poster}
    asked = kind if kind != "auto" else wish.kind
    if asked in flat:
        return flat[asked]
    places, nouns = wish.places, {s.noun for s in wish.subjects}
    wet = nouns & {"boat", "ship", "lighthouse"}
    if "underwater" in places or (nouns == {"fish"} and not places - {"sea"}):
        return under
    if "space" in places or nouns & {"rocket", "planet"}:
        return space
    if "door" in nouns or "courier" in nouns:
        return doorstep
    if "room" in places or (nouns & INDOORS and not nouns & OUTDOORS and not places - {"room"}):
        return room
    if (places & {"city", "street"} or "building" in nouns) and "mountain" not in places:
        return city
    if places & {"sea", "cliff", "island"} or "palm" in nouns or (wet and not places & LAND):
        return sea
    if nouns & OUTDOORS or places or wish.weather or wish.season or wish.time != "day":
        return land
    return things if nouns else abstract


def draw(brief: Brief) -> str:
    """The SVG text of a brief."""
    wish = brief.wish
    dice = Dice(brief.seed ^ crc32(wish.key.encode()), "scene")
    frame = frame_of(brief.size)
    light = light_of(wish.time, wish.weather or ("snow" if wish.season == "winter" else ""), brief.palette)
    compose = composition(wish, brief.kind)
    flat = compose in (scene_flat.icon, scene_flat.poster, scene_flat.pattern, abstract)
    if flat:
        light = msgspec.structs.replace(light, amount=0.0)
    pen = Pen(brief.style, brief.palette, light, dice)
    guided = brief.guide != Guide()
    if not flat and not guided and not wish.has("chart", "laptop") and dice.named("side").chance(0.4):
        pen.matrix, pen.side = (-1, 0, 0, 1, frame[0], 0), -1.0
    stage = Stage(pen, frame, wish, dice, brief.guide, "" if brief.back == "scene" else brief.back)
    compose(stage)
    if wish.text and compose is not scene_flat.poster:
        pen.matrix = (1, 0, 0, 1, 0, 0)
        w, h = frame
        colour = brief.palette.paper if light.dark else brief.palette.ink
        headline(pen, wish.text, (w * 0.06, h * 0.07, w * 0.6, h * 0.24), colour)
    return pen.document(brief.size, frame)
