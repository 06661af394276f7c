"""A studio's project for the pages: one illustration that is explored, refined, and becomes a poster."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ASSET = "illustration/onboarding-hero"
SPEC = """title = "Onboarding hero"
subject = "a courier handing over a parcel at a blue door"

[source]
generator = "sketch"
model = "sketch-1"
prompt = "{subject}, morning, flat shapes, soft corners"
size = [960, 640]
candidates = CANDIDATES
seed = 17
options.palette = [
    "{token.palette.paper}", "{token.palette.ink}", "{token.palette.vermilion}",
    "{token.palette.sea}", "{token.palette.ochre}", "{token.palette.fir}",
]

[[refine]]
generator = "sketch"
operation = "variation"
prompt = "{subject}, a tree, evening"
candidates = 4
seed = 40

[target.svg]
title = "{title}"

[target.webp]
sizes = [640, 1280]

[target.poster]
format = "cmyk-tiff"
profile = "fogra39-300"
size_mm = [148, 105]
bleed_mm = 3
ppi = 150
"""
CUTOUT = """title = "Somebody thought of you"
subject = "a gift"

[source]
generator = "sketch"
prompt = "{subject}"
size = [480, 480]
options = { kind = "icon", background = "none" }

[prep]
steps = ["mask", "trim"]
trim = { padding = "4%", square = true }

[target.svg]
[target.png]
mask = true
sizes = [320]
"""


def studio(root: Path, candidates: int = 12) -> None:
    """Write the project's files."""
    tokens = (ROOT / "tokens/brand.tokens.json").read_text()
    files = {
        "tympan.toml": 'tokens = ["tokens/brand.tokens.json"]\n',
        "tokens/brand.tokens.json": tokens,
        f"specs/{ASSET}.toml": SPEC.replace("CANDIDATES", str(candidates)),
        "specs/illustration/gift.toml": CUTOUT,
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
