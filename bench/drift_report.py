"""Time and size of a report of so many assets with 8 pictures a side, of 1 megapixel each, as `bench/drift.py` asks for.

The pictures are drawn first, by the built-in generator, with colours and places of their own; measured is what
follows: taking the files in, describing them in two workers, judging, and writing the page.
"""

from __future__ import annotations

import io
import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tympan.drift import Measurer, Shown, Sides, judge, report, side_for
from tympan.files import Files, digest
from tympan.plugins import Plugins
from tympan.store import Store
from tympan.worker.pool import Pool

COUNT, SIDE = 8, 1024


def _files(asset: int) -> list[bytes]:
    """Sixteen pictures of one request: a scene of the built-in generator, each moved and tinted on its own."""
    from tympan.context import JobContext
    from tympan.model import Picture, Request
    from tympan_plugins.generators.sketch.generator import Sketch

    made = []
    for seed in range(2 * COUNT):
        request = Request(
            generator="sketch",
            model="sketch-2",
            prompt="a harbour with boats",
            size=(SIDE, SIDE),
            seed=100 * asset + seed,
        )
        svg = Sketch()._draw(request, request.seed, JobContext()).data.decode()
        image = JobContext().raster(Picture(size=(SIDE, SIDE), svg=svg)).image().convert("RGB")
        held = io.BytesIO()
        image.save(held, "PNG", compress_level=1)
        made.append(held.getvalue())
    return made


def measure(assets: int) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder)
        for asset in range(assets):
            for nth, data in enumerate(_files(asset)):
                (kept / f"{asset:02d}-{nth:02d}.png").write_bytes(data)
        began = time.monotonic()
        files = Files(kept)
        store, pool = Store(files), Pool(2)
        measurer = Measurer(Plugins(files, "plugins", trusted=False), store, pool)
        side = side_for(2 * COUNT * assets)
        try:
            names = sorted(path.name for path in kept.glob("*.png"))
            with ThreadPoolExecutor(2) as threads:
                told = dict(
                    zip(
                        names,
                        threads.map(lambda name: _told(measurer, files.read(name), side), names),
                        strict=True,
                    )
                )
        finally:
            pool.close()
            store.close()
        sides = {
            f"scene/{asset:02d}": [
                [told[f"{asset:02d}-{nth:02d}.png"] for nth in range(first, first + COUNT)]
                for first in (0, COUNT)
            ]
            for asset in range(assets)
        }
        drift = judge(
            *({name: [each.description for each in pair[n]] for name, pair in sides.items()} for n in (0, 1)),
            descriptors=measurer.descriptors,
        )
        page = report(
            drift,
            {name: Sides(old=tuple(pair[0]), new=tuple(pair[1])) for name, pair in sides.items()},
            title=f"{assets} assets",
        )
        wall = time.monotonic() - began
    print(
        f"report of {assets} assets x {COUNT} a side: {wall:.0f} s with 2 workers (load {os.getloadavg()[0]:.0f}), {len(page.encode()) / 1e6:.1f} MB"
    )


def _told(measurer: Measurer, data: bytes, side: int) -> Shown:
    return Shown(digest=digest(data), view=measurer.view(data, side), description=measurer.describe(data))


if __name__ == "__main__":
    measure(60)
