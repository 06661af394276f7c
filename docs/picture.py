"""Make README's picture from the outputs of the sample library.

Run `uv run doit`, then `uv run python docs/picture.py`. Reads assets/out/, writes docs/images/library.webp.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageCms

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "assets" / "out"
LIGHT, DARK = "#f8f3e9", "#12172b"
WIDE, GAP = 1600, 16


def picture(name: str, size: tuple[int, int], ground: str = LIGHT) -> Image.Image:
    """An output, filled into a tile of `size` px over a ground."""
    found = Image.open(OUT / name)
    if found.mode == "CMYK":
        found = _screen(found)
    found = found.convert("RGBA")
    scale = max(size[0] / found.width, size[1] / found.height)
    if found.getchannel("A").getextrema()[0] < 255:
        scale = min(size[0] / found.width, size[1] / found.height) * 0.92
    found = found.resize((round(found.width * scale), round(found.height * scale)), Image.Resampling.LANCZOS)
    tile = Image.new("RGBA", size, ground)
    layer = Image.new("RGBA", size)
    layer.paste(found, ((size[0] - found.width) // 2, (size[1] - found.height) // 2))
    tile.alpha_composite(layer)
    return tile.convert("RGB")


def _screen(found: Image.Image) -> Image.Image:
    import io

    ink = ImageCms.ImageCmsProfile(io.BytesIO(found.info["icc_profile"]))
    seen = ImageCms.profileToProfile(found, ink, ImageCms.createProfile("sRGB"), outputMode="RGB")
    assert seen
    return seen


def icons(theme: str, size: tuple[int, int]) -> Image.Image:
    """A board of icons on the ground of its theme."""
    board = Image.new("RGB", size, DARK if theme == "dark" else LIGHT)
    names = sorted(OUT.glob(f"icon/*-{theme}-96.webp"))
    across, cell = 6, size[0] // 6
    for n, name in enumerate(names[: across * (size[1] // cell)]):
        icon = Image.open(name).convert("RGBA").resize((cell // 2, cell // 2), Image.Resampling.LANCZOS)
        at = (n % across * cell + cell // 4, n // across * cell + cell // 4)
        board.paste(icon, at, icon)
    return board


def main() -> None:
    """Three rows: scenes, icons and print, more scenes."""
    half, third = (WIDE - 3 * GAP) // 2, (WIDE - 4 * GAP) // 3
    rows = [
        [
            picture("illustration/onboarding-hero-light-1280.webp", (half, 440)),
            picture("illustration/lighthouse-dark-1280.webp", (half, 440)),
        ],
        [
            icons("light", (third, third // 2)),
            icons("dark", (third, third // 2)),
            picture("photo/coffee-600.webp", (third, third // 2)),
        ],
        [
            *(picture(f"print/spring-poster-{each}.tif", (300, 424)) for each in ("en", "de", "fr")),
            picture("illustration/reading-corner-light-1280.webp", (WIDE - 3 * 300 - 5 * GAP, 424)),
        ],
    ]
    high = sum(row[0].height for row in rows) + GAP * (len(rows) + 1)
    sheet = Image.new("RGB", (WIDE, high), "#ffffff")
    y = GAP
    for row in rows:
        x = GAP
        for tile in row:
            sheet.paste(tile, (x, y))
            x += tile.width + GAP
        y += row[0].height + GAP
    target = ROOT / "docs" / "images" / "library.webp"
    target.parent.mkdir(exist_ok=True)
    sheet.save(target, quality=84, method=6)


if __name__ == "__main__":
    main()
