"""Whether `tympan who` knows a delivered file again: right, unknown and wrong answers, and how long one takes.

A library of many similar icons (two themes each, on a transparent ground) and of posters, drawn by the built-in
generator: a tenth of the outputs is built, the others are these mirrored, turned and with other colours. Of those
that were built 200 (webp, png, jpeg, avif) are renamed, recompressed (quality 70), halved, halved and recompressed,
and cropped by 5 %, all of it without the marks that tympan writes, as most tools drop them; and once more cropped with
the marks kept, and with the marks of another asset. Pages (pdf) are renamed, and changed by a line.
Bars: at least 98 % right and none wrong, but a cropped file may be unknown; 50 ms a file.
Usage: python bench/who.py [OUTPUTS] [FOLDER] [-v], 10 000 outputs unless said otherwise
"""

from __future__ import annotations

import io
import itertools
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import msgspec
import numpy as np
from PIL import Image

from tympan.appearance import appearance
from tympan.checkout import Checkout
from tympan.marks import Marks, packet, read_marks
from tympan.seen import Seen
from tympan.worker.pool import Pool

VERB = str(Path(sys.executable).parent / "tympan")
FILES = 200
OTHER = Marks(asset="icon/house-0000")
ICONS = """[source]
generator = "sketch"
model = "sketch-1"
prompt = "{subject}"
size = [96, 96]
options.background = "none"
options.palette = ["{paint}", "#f4a259", "{line}", "#fbf7ef"]
[matrix]
theme = ["light", "dark"]
[vars]
paint = { light = "#1f4fd8", dark = "#9db8ff" }
line = { light = "#14213d", dark = "#f2f4ff" }
[target.webp]
sizes = [24, 32, 48, 64, 96]
[target.svg]
[target.png]
"""
POSTERS = """[source]
generator = "sketch"
model = "sketch-1"
prompt = "{subject}"
size = [600, 800]
[target.webp]
sizes = [300]
[target.jpeg]
sizes = [600]
[target.avif]
sizes = [450]
[target.pdf]
profile = "srgb"
compression = "jpeg"
"""
THINGS = [
    "house",
    "bell",
    "heart",
    "star",
    "tree",
    "cloud",
    "sun",
    "moon",
    "fish",
    "bird",
    "cat",
    "dog",
    "boat",
    "car",
    "train",
    "plane",
    "bicycle",
    "key",
    "lock",
    "book",
    "cup",
    "lamp",
    "chair",
    "flower",
    "leaf",
    "mountain",
    "umbrella",
    "apple",
    "clock",
    "camera",
]
SCENES = "a lighthouse by the sea|a city at night|a forest in the morning|a desert|a harbour|a village in the hills"
TIMES = "morning|noon|evening|night|rain|snow"


def write(root: Path, outputs: int) -> None:
    """The specs: fourteen outputs for each icon, two for each poster."""
    (root / "specs/icon").mkdir(parents=True)
    (root / "specs/poster").mkdir()
    (root / "tympan.toml").write_text("")
    (root / "specs/icon/_defaults.toml").write_text(ICONS)
    (root / "specs/poster/_defaults.toml").write_text(POSTERS)
    for n in range(outputs * 7 // 100):
        thing = THINGS[n % len(THINGS)]
        text = f'subject = "a {thing}"\nsource.seed = {n // len(THINGS)}\n'
        (root / f"specs/icon/{thing}-{n:04}.toml").write_text(text)
    scenes, times = SCENES.split("|"), TIMES.split("|")
    for n in range(outputs // 100):
        subject = f"{scenes[n % len(scenes)]}, {times[n // len(scenes) % len(times)]}"
        (root / f"specs/poster/p{n:04}.toml").write_text(f'subject = "{subject}"\nsource.seed = {n}\n')


def encoded(image: Image.Image, form: str, marks: bytes = b"") -> bytes:
    """A picture as JPEG on white, or as lossy WebP if it is transparent; or as PNG."""
    file = io.BytesIO()
    image = image.copy()
    image.info = {}
    if form == "png":
        image.save(file, "PNG")
    elif form == "webp":
        image.save(file, "WEBP", quality=70, xmp=marks)
    else:
        ground = Image.new("RGBA", image.size, "white")
        Image.alpha_composite(ground, image.convert("RGBA")).convert("RGB").save(
            file, "JPEG", quality=70, xmp=marks
        )
    return file.getvalue()


def changed(data: bytes) -> dict[str, bytes]:
    """What becomes of a delivered file on its way through other hands."""
    image = Image.open(io.BytesIO(data))
    image = image.convert("RGBA" if image.mode != "RGB" else "RGB")
    width, height = image.size
    half = image.resize((max(1, width // 2), max(1, height // 2)), Image.Resampling.LANCZOS)
    left, top = width // 40 or 1, height // 40 or 1
    cropped = image.crop((left, top, width - left, height - top))
    lossy = "webp" if image.mode == "RGBA" else "jpeg"
    return {
        "renamed": data,
        "q70": encoded(image, lossy),
        "q70 jpeg on white": encoded(image, "jpeg"),
        "halved": encoded(half, "png"),
        "halved, q70": encoded(half, lossy),
        "cropped 5 %": encoded(cropped, lossy),
        "cropped, marks kept": encoded(cropped, lossy, packet(read_marks(data).marks)),
        "marks of another": encoded(image, lossy, packet(OTHER)),
        "marks of another, cropped": encoded(cropped, lossy, packet(OTHER)),
    }


def asset_of(file: Path, root: Path) -> str:
    """The asset of an output: icons are called thing-number, posters by number."""
    folder, name = file.relative_to(root / "assets/out").parts
    return f"{folder}/{'-'.join(name.split('.')[0].split('-')[: 2 if folder == 'icon' else 1])}"


def looks_like_others(root: Path, wanted: int) -> None:
    """Fill the index up to `wanted` outputs: real ones mirrored, turned by 180 degrees, their channels swapped."""
    from tympan import looks
    from tympan.database import Database
    from tympan.files import Files
    from tympan.intake import intake
    from tympan.seen import TABLES

    base = Database(Files(root), ".tympan/looks.db", TABLES)
    files = outputs_of(root)
    others = [(turn, swap) for turn in (1, 2, 3) for swap in itertools.permutations(range(3))]
    others += [(0, swap) for swap in itertools.permutations(range(3)) if swap != (0, 1, 2)]
    rows: list[tuple[str, int, bytes]] = []
    for (turn, swap), file in itertools.product(others, files):
        if len(rows) >= wanted - len(files):
            break
        picture = intake(file.read_bytes())
        pixels = picture.array()[:: -1 if turn & 1 else 1, :: -1 if turn & 2 else 1]
        found = looks.look(picture.with_array(np.ascontiguousarray(pixels[..., [*swap, 3]])))
        name = f"other/{file.stem}-{turn}{''.join(map(str, swap))}"
        rows.append((name, looks.VERSION, msgspec.msgpack.encode(found)))
    base.change(
        ("INSERT OR REPLACE INTO look VALUES (?, ?, ?)", rows),
        ("INSERT OR REPLACE INTO place VALUES (?, ?, ?)", [(row[0], row[0], row[0]) for row in rows]),
    )
    base.close()
    print(f"{len(rows)} outputs of other assets put into the index")


def outputs_of(root: Path) -> list[Path]:
    """The outputs that are pixels."""
    return sorted(
        path for path in (root / "assets/out").rglob("*") if path.suffix in (".webp", ".png", ".jpg", ".avif")
    )


def chosen_of(root: Path) -> list[Path]:
    """The files that are asked about. Nobody can tell whose a picture is that two assets have to the pixel."""
    owners: dict[str, set[str]] = {}
    for file in outputs_of(root):
        owners.setdefault(appearance(file.read_bytes()), set()).add(asset_of(file, root))
    twins = {asset for each in owners.values() if len(each) > 1 for asset in each}
    print(f"{len(twins)} assets have a twin and are not asked about")
    files = [file for file in outputs_of(root) if asset_of(file, root) not in twins]
    return random.Random(5).sample(files, min(FILES, len(files)))


def ask(seen: Seen, root: Path) -> tuple[dict[str, Counter[str]], list[float]]:
    """How many answers are right, unknown or wrong, by what became of the file; seconds of each answer."""
    tally: dict[str, Counter[str]] = {}
    took: list[float] = []
    for file in chosen_of(root):
        asset = asset_of(file, root)
        for how, data in changed(file.read_bytes()).items():
            if how.startswith("marks of another") and asset == OTHER.asset:
                continue
            began = time.perf_counter()
            found = seen.who(data)
            took.append(time.perf_counter() - began)
            names = [near.place.asset for near in found.near]
            word = "unknown" if found.verdict == "unknown" else "right" if names == [asset] else "wrong"
            if how.startswith("marks of another") and found.verdict in ("contradiction", "marked"):
                word = "right" if found.verdict == "contradiction" else "wrong"
            tally.setdefault(how, Counter())[word] += 1
            if word != "right" and "-v" in sys.argv:
                print(how, file.relative_to(root), word, found.near[:3])
    for file in sorted((root / "assets/out").rglob("*.pdf")):
        for how, data in (
            ("page renamed", file.read_bytes()),
            ("page with a line more", file.read_bytes() + b"\n"),
        ):
            found = seen.who(data)
            word = (
                "right"
                if [each.place.asset for each in found.near] == [asset_of(file, root)]
                else found.verdict
            )
            tally.setdefault(how, Counter())[word] += 1
    return tally, sorted(took)


def main(outputs: int, root: Path) -> int:
    """Build, index, ask, print; 1 if a bar is missed."""
    if not (root / "specs").is_dir():
        write(root, outputs // 10)
    began = time.perf_counter()
    subprocess.run([VERB, "-C", str(root), "build"], check=True, capture_output=True)
    print(f"{len(outputs_of(root))} outputs in pixels built in {time.perf_counter() - began:.0f} s")
    with Pool(2) as pool:
        began = time.perf_counter()
        views = Seen(Checkout(root), pool).refresh()
        print(f"{views} views of them looked at in {time.perf_counter() - began:.0f} s")
        looks_like_others(root, outputs)
        began = time.perf_counter()
        seen = Seen(Checkout(root), pool)
        views = seen.refresh()
        print(f"index of {views} views opened in {(time.perf_counter() - began) * 1000:.0f} ms")
        tally, took = ask(seen, root)
    sums: Counter[str] = Counter()
    for how, counts in tally.items():
        share = counts["right"] / sum(counts.values())
        print(f"{how:<26} right {share:6.1%}  unknown {counts['unknown']:>3}  wrong {counts['wrong']}")
        sums += counts if not how.startswith(("cropped", "marks", "page")) else Counter()
    right, wrong = sums["right"] / sum(sums.values()), sum(counts["wrong"] for counts in tally.values())
    middle, mean, late = took[len(took) // 2], sum(took) / len(took), took[len(took) * 99 // 100]
    print(f"all but cropped: right {right:.1%} (bar 98 %), wrong {wrong} with cropped (bar 0)")
    print(f"a file: {mean * 1e3:.1f} ms (bar 50 ms), median {middle * 1e3:.1f} ms, 99 % {late * 1e3:.1f} ms")
    return int(right < 0.98 or wrong > 0 or mean > 0.05)


if __name__ == "__main__":
    os.environ.setdefault("TYMPAN_TRUST", "1")
    words = [word for word in sys.argv[1:] if word != "-v"]
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(words[1]) if len(words) > 1 else Path(temporary)
        sys.exit(main(int(words[0]) if words else 10_000, place))
