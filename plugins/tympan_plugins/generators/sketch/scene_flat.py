"""Pictures without depth: icons, patterns, posters.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import msgspec

from tympan_plugins.generators.sketch import geometry as g
from tympan_plugins.generators.sketch.glyphs import find, reach
from tympan_plugins.generators.sketch.lettering import headline
from tympan_plugins.generators.sketch.lexicon import PLACE_GLYPH
from tympan_plugins.generators.sketch.palette import mix
from tympan_plugins.generators.sketch.stage import Stage
from tympan_plugins.generators.sketch.words import Subject

# Glyphs that may have any colour of the palette.
COLOURFUL = {
    "leaf",
    "sprig",
    "tulip",
    "flower",
    "star",
    "heart",
    "fish",
    "butterfly",
    "bird",
    "tree",
    "mushroom",
}


def chosen(st: Stage) -> list[Subject]:
    """What to draw as glyphs: the subjects, or what stands for the places."""
    found = list(st.wish.subjects)
    if not found:
        found = [Subject(PLACE_GLYPH.get(place, place)) for place in sorted(st.wish.places)]
    if not found and st.wish.weather in ("rain", "snow", "storm"):
        found = [Subject({"rain": "rain", "snow": "snowflake", "storm": "lightning"}[st.wish.weather])]
    return found


def icon(st: Stage) -> None:
    """One glyph in the middle, on nothing."""
    p, w, h = st.pen, st.w, st.h
    if st.back.startswith("#"):
        st.cover(f'fill="{st.back}"')
    elif st.wish.ink_only and st.back != "none":
        st.cover(f'fill="{p.palette.paper}"')
    found = chosen(st)
    side = min(w, h) * 0.76
    p.weight = 3.2
    if not p.style.outline:
        # White walls and sails must show on a white page.
        p.palette = msgspec.structs.replace(p.palette, paper=mix(p.palette.paper, p.palette.c, 0.2))
    if not found:
        _mark(st, side)
        return
    s = found[0]
    kind = find(s.noun)
    # Centred by what is drawn, not by the box that stands on the ground in scenes.
    p.dice = st.dice.named("icon")
    x0, y0, x1, y1 = reach(kind, p)
    scale = min(side / (x1 - x0), side / (y1 - y0))
    main = st.named(s.colour) if s.colour else kind.main
    p.dice = st.dice.named("icon")
    with p.at(w / 2, h / 2, scale), p.at(-(x0 + x1) / 2, -(y0 + y1) / 2):
        kind.draw(p, main)


def _mark(st: Stage, side: float) -> None:
    """A seeded mark of quarters, when no word is known."""
    p, dice = st.pen, st.dice.named("mark")
    with p.at(st.w / 2, st.h / 2, side / 200):
        for i, colour in enumerate(dice.shuffled(["a", "b", "c", "d"])):
            with p.at(0, 0, 1, 90 * i):
                p.fill(
                    dice.pick(
                        (
                            "M6 -6 V-96 C56 -96 96 -56 96 -6 Z",
                            "M6 -96 C6 -40 40 -6 96 -6 V-96 Z",
                            "M6 -6 H96 V-96 H6 Z",
                            "M51 -6 C26 -6 6 -26 6 -51 C6 -76 26 -96 51 -96 C76 -96 96 -76 96 -51 "
                            "C96 -26 76 -6 51 -6 Z",
                        )
                    ),
                    colour,
                )


def pattern(st: Stage) -> None:
    """A tile that repeats without a seam: glyphs in half-drop rows, small marks between them."""
    p, pal, w, h, dice = st.pen, st.pen.palette, st.w, st.h, st.dice.named("pattern")
    light = dice.pick((pal.paper, mix(pal.c, pal.paper, 0.7), mix(pal.day, pal.paper, 0.5)))
    ground = mix(pal.ink, pal.b, 0.24) if p.light.dark or dice.chance(0.3) else light
    if st.back != "none":
        st.cover(f'fill="{st.back if st.back.startswith("#") else st.thin(ground)}"')
    names = chosen(st) or [Subject("leaf"), Subject("flower"), Subject("star")]
    columns, rows = 2 * max(1, round(w / 320)), max(2, round(h / 190))
    cw, ch = w / columns, h / rows
    tones = ["a", "b", "c", "d", p.lighter("a", 0.35), p.lighter("d", 0.3)]
    for column in range(columns):
        for row in range(rows):
            index = column * rows + row
            s = names[(column + row * (1 + column % 2)) % len(names)]
            x, y = (column + 0.5) * cw, (row + (0.5 if column % 2 else 0.0)) * ch + ch * 0.25
            free = find(s.noun).tall < 130 or len(names) == 1
            turn = dice.between(-34, 34) if free else dice.between(-8, 8)
            size = min(cw, ch) * dice.between(0.84, 0.98) * min(s.scale, 1.2)
            main = tones[(index * 5 + column) % 6] if s.noun in COLOURFUL else ""
            _wrapped(st, s.noun, x, y, size, turn, st.named(s.colour) if s.colour else main, f"cell{index}")
            mark, roll = tones[(index + 2) % 4], dice.unit()
            _filler(st, x + cw * 0.5, y + ch * 0.06, min(cw, ch) * 0.06, mark, roll, f"fill{index}")


def _copies(st: Stage, x: float, y: float, reach: float) -> list[tuple[float, float]]:
    return [
        (x + dx, y + dy)
        for dx in (-st.w, 0, st.w)
        for dy in (-st.h, 0, st.h)
        if -reach < x + dx < st.w + reach and -reach < y + dy < st.h + reach
    ]


def _wrapped(st: Stage, name: str, x: float, y: float, size: float, turn: float, main: str, key: str) -> None:
    kind = find(name)
    scale = size / max(kind.width, kind.height) * 1.12
    for cx, cy in _copies(st, x, y, size):
        st.pen.hand = st.dice.named(key)
        st.pen.dice = st.dice.named(key)
        with st.pen.at(cx, cy, scale, turn), st.pen.at(0, kind.height / 2):
            kind.draw(st.pen, main or kind.main)


def _filler(st: Stage, x: float, y: float, r: float, colour: str, roll: float, key: str) -> None:
    p = st.pen
    for cx, cy in _copies(st, x, y, 4 * r):
        p.hand = st.dice.named(key)
        if roll < 0.4:
            p.disc(cx, cy, r * 0.8, colour, line=False)
        elif roll < 0.7:
            for dx, dy in ((-1, 0.6), (1, 0.6), (0, -1)):
                p.disc(cx + dx * r * 0.9, cy + dy * r * 0.9, r * 0.42, colour, line=False)
        else:
            p.line([(cx - r, cy), (cx + r, cy)], colour, r * 0.42)
            p.line([(cx, cy - r), (cx, cy + r)], colour, r * 0.42)


def poster(st: Stage) -> None:
    """A bold ground, a great sun, the subject in a row from below, the headline above."""
    p, pal, w, h, dice = st.pen, st.pen.palette, st.w, st.h, st.dice.named("poster")
    ground, disc = dice.pick((
        (mix(pal.c, pal.paper, 0.25), pal.paper),
        (mix(pal.day, pal.paper, 0.25), p.lighter("c", 0.1)),
        (mix(pal.a, pal.paper, 0.66), p.lighter("c", 0.05)),
        (mix(pal.d, pal.paper, 0.6), pal.paper),
    ))  # fmt: skip
    if p.light.dark:
        ground, disc = mix(pal.ink, pal.b, 0.2), p.lighter("c", 0.3)
    fore = pal.paper if p.light.dark else pal.ink
    st.backdrop(h, ground)
    wide = w > h * 1.25
    cx, cy = w * (0.72 if wide else 0.5), h * (0.54 if wide else 0.66 if st.wish.text else 0.5)
    p.disc(cx, cy, min(w * 0.42, h * (0.32 if wide else 0.27)), disc, glow=True, line=p.style.empty > 0.5)
    st.halftone(h, h * 0.45, mix(ground, pal.ink, 0.12), gap=15, most=5)
    _swell(st, (0.9, 0.83, 0.93, 0.86), mix(pal.d, pal.ink, 0.12))
    _bed(st, cx, wide)
    _swell(st, (0.965, 0.93, 0.99, 0.945), mix(pal.d, pal.ink, 0.34))
    if st.wish.text:
        margin = min(w, h) * 0.085
        box = (margin, margin, w * 0.46 if wide else w - 2 * margin, h * (0.6 if wide else 0.29))
        headline(p, st.wish.text, box, fore)
    edge = min(w, h) * 0.03
    p.stroke(g.box(edge, edge, w - 2 * edge, h - 2 * edge, 4), fore, 3, glow=True)


def _swell(st: Stage, heights: tuple[float, float, float, float], colour: str) -> None:
    """A strip of ground: heights at the left edge, of two handles, and at the right edge, as shares."""
    w, (a, b, c, d) = st.w, (st.h * share for share in heights)
    st.pen.fill(
        f"M-20 {a:.2f} C{w * 0.3:.2f} {b:.2f} {w * 0.65:.2f} {c:.2f} {w + 20:.2f} {d:.2f} V{st.h + 30} "
        "H-20 Z",
        colour,
    )


def _bed(st: Stage, cx: float, wide: bool) -> None:
    """The poster's subject: one large, or many in a row that rises to the middle."""
    w, h, dice = st.w, st.h, st.dice.named("bed")
    names = chosen(st) or [Subject("tulip", 7)]
    main = names[0]
    room = h * (0.52 if st.wish.text and not wide else 0.66)
    kind = find(main.noun)
    slender = kind.width / kind.height < 0.62
    if main.count == 1 and main.noun not in ("tulip", "flower", "reed", "sprig"):
        tall = min(room, w * (0.44 if wide else 0.74) / kind.width * kind.height) * min(main.scale, 1.1)
        st.subject(main, cx, h * 0.93, tall / (kind.tall * st.unit * main.scale))
    else:
        count = max(main.count, 7 if slender else 3)
        span = (w * 0.5 if wide else w * 0.86) / count
        for i in sorted(range(count), key=lambda i: (i % 2, i)):
            arch = 1 - abs(i - (count - 1) / 2) / count
            tall = room * (0.5 + 0.5 * arch) * dice.between(0.9, 1.05) * (0.86 if i % 2 else 1)
            tall = min(tall, span * 2.3 / kind.width * kind.height)
            colour = (
                st.named(main.colour)
                if main.colour
                else (
                    ("a", "c", st.pen.lighter("a", 0.45), st.pen.darker("a", 0.14))[i % 4]
                    if main.noun in ("tulip", "flower")
                    else ""
                )
            )
            st.put(
                main.noun,
                cx + (i - (count - 1) / 2) * span,
                h * (0.955 if i % 2 == 0 else 0.93),
                tall,
                main=colour,
                shadow=False,
                lean=dice.between(-3, 3),
            )
    for i, s in enumerate(names[1:4]):
        st.subject(s, cx + (i - 1) * w * 0.22 + w * 0.1, h * 0.955, 0.9)
