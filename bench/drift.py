"""How well drift is judged: false alarms, drifts found, what is harmless, time and size.

Libraries of 40 assets are drawn from seeds (`bench/drift_scenes.py`): `flat`, as a brand draws, with a word each;
`shapes`, whose scenes differ more from each other; `sketch`, icons of the built-in generator. In `none` old and new
pictures are drawn alike: shares of assets, and of runs, that are said to have drifted. Each drift is then put on all
assets with 2 pictures a side (is the library's verdict right?) and on 5 of 40 with 8 a side (how many of them are
found in the right aspect, and how many of those found are none?). Lettering is judged if the extra `ocr` is there.
`--report 60` measures a report of 60 assets with 8 pictures a side of 1 megapixel, in workers.
Usage: python bench/drift.py [--libraries 11,12] [--scenes shapes,sketch] [--runs 200] [--groups 8] [--quick] [--report 60] [--cache FOLDER]
"""

from __future__ import annotations

import argparse
import os
import pickle
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

# As in a worker: threads of a busy machine wait for each other longer than they compute.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))
from drift_scenes import DRIFTS, HARMLESS, SCENES, Pixels, shapes, sketch, word_of

from tympan.drift import Drift, judge
from tympan.drift.measure import Description, describe, installed
from tympan.model import Picture

ASSETS, SEEDS, NEW, HIT = 40, 20, 8, 5
PROBES = 20
SIX = ("composition", "contrast", "line", "palette", "sharpness", "texture")
Key = tuple[str, int]
Pool = dict[Key, list[Description]]


def picture(pixels: Pixels) -> Picture:
    image = Image.fromarray(pixels).convert("RGBA")
    return Picture(size=image.size, pixels=image.tobytes())


def pool(scene: str, library: int, cache: Path) -> Pool:
    """Descriptions of all pictures of a library: 20 seeds as they are, 8 of each drift and harmless change."""
    kept = cache / f"{scene}-{library}.pickle"
    if kept.exists():
        return pickle.loads(kept.read_bytes())
    draw, found = SCENES[scene], {}
    six = {name: each for name, each in installed().items() if name in SIX}
    for asset in range(ASSETS):
        own = [draw(library, asset, seed) for seed in range(SEEDS)]
        found["none", asset] = [describe(picture(each), "", six) for each in own]

        def again(library: int, asset: int, seed: int, own: list[Pixels] = own, **change: Any) -> Pixels:
            return draw(library, asset, seed, **change) if change else own[seed]

        changes = {name: change for name, (aspect, change) in DRIFTS.items() if aspect != "text"} | HARMLESS
        for name, change in changes.items():
            new = [change(again, library, asset, seed) for seed in range(SEEDS - NEW, SEEDS)]
            found[name, asset] = [describe(picture(each), "", six) for each in new]
    kept.write_bytes(pickle.dumps(found))
    return found


def judged(old: list[list[Description]], new: list[list[Description]], seed: int = 0) -> Drift:
    names = [f"{nth:02d}" for nth in range(len(old))]
    named = (dict(zip(names, side, strict=True)) for side in (old, new))
    every = {name: each for name, each in installed().items() if name in {a for d in old[0] for a in d}}
    return judge(*named, descriptors=every, seed=seed)


def none(found: Pool, runs: int, count: int, seed: int) -> tuple[float, float]:
    """Shares of assets, and of libraries, that are said to have drifted where nothing has."""
    rng = np.random.default_rng((seed, count))
    assets = libraries = 0
    for run in range(runs):
        old, new = [], []
        for asset in range(ASSETS):
            order = rng.permutation(SEEDS)
            old.append([found["none", asset][each] for each in order[:count]])
            new.append([found["none", asset][each] for each in order[count : 2 * count]])
        drift = judged(old, new, run)
        assets += len(drift.drifted)
        libraries += drift.verdict in ("noticeable", "strong")
    return assets / runs / ASSETS, libraries / runs


def probed(found: Pool, name: str, aspect: str, runs: int, seed: int) -> tuple[int, int, Counter[str]]:
    """Two pictures of each asset a side, all changed: runs, right ones, and what was said."""
    said: Counter[str] = Counter()
    for run in range(runs):
        rng = np.random.default_rng((seed, run, 2))
        old, new = [], []
        for asset in range(ASSETS):
            # No seed is on both sides.
            old.append([found["none", asset][each] for each in rng.permutation(SEEDS - NEW)[:2]])
            new.append([found[name, asset][each] for each in rng.permutation(NEW)[:2]])
        said.update(each for each, told in judged(old, new, run).aspects.items() if told.drifted)
    return runs, said[aspect], said


def topped(found: Pool, name: str, aspect: str, groups: int, seed: int) -> tuple[int, int, int, int]:
    """Eight pictures a side, 5 of 40 assets changed: hits, found in the right aspect, main aspect right, false."""
    right = main = false = 0
    for group in range(groups):
        hit = {(HIT * group + nth) % ASSETS for nth in range(HIT)}
        rng = np.random.default_rng((seed, group, 5))
        old, new = [], []
        for asset in range(ASSETS):
            # What did not drift is drawn anew in each group; what did has its own seeds.
            order = rng.permutation(SEEDS - NEW if asset in hit else SEEDS)
            own = found["none", asset]
            old.append([own[each] for each in order[:8]])
            new.append(found[name, asset] if asset in hit else [own[each] for each in order[8:16]])
        drift = judged(old, new, group)
        for asset, told in enumerate(drift.assets.values()):
            if asset in hit:
                right += aspect in told.aspects and told.aspects[aspect].drifted
                main += told.main == aspect
            else:
                false += bool(told.main)
    return HIT * groups, right, main, false


def lettering(library: int, groups: int) -> tuple[str, str]:
    """The same for words that are misspelt; on 20 assets, since reading takes time."""
    text = {"text": installed()["text"]}
    change = DRIFTS["text garbled"][1]

    def read(asset: int, seeds: range, *, wrong: bool) -> list[Description]:
        word = word_of(library, asset)
        drawn = (change(shapes, library, asset, s) if wrong else shapes(library, asset, s) for s in seeds)
        return [describe(picture(each), word, text) for each in drawn]

    count = ASSETS // 2
    old = [read(asset, range(8), wrong=False) for asset in range(count)]
    same = [read(asset, range(8, 16), wrong=False) for asset in range(count)]
    new = [read(asset, range(8, 10), wrong=True) for asset in range(count)]
    probe = judged([each[:2] for each in old], new)
    right = found = false = 0
    for group in range(min(groups, 2)):
        hit = {3 * group, 3 * group + 1, 3 * group + 2}
        mixed = [read(a, range(8, 16), wrong=True) if a in hit else same[a] for a in range(count)]
        for asset, told in enumerate(judged(old, mixed).assets.values()):
            found += asset in hit
            right += asset in hit and bool(told.main)
            false += asset not in hit and bool(told.main)
    return str(probe.aspects["text"].verdict), f"{right} of {found}, {false} false"


def main() -> None:
    reader = argparse.ArgumentParser()
    reader.add_argument("--libraries", default="11,12")
    reader.add_argument("--scenes", default=",".join(SCENES))
    reader.add_argument("--runs", type=int, default=200)
    reader.add_argument("--groups", type=int, default=8)
    reader.add_argument(
        "--quick", action="store_true", help="Without lettering, which takes minutes to read."
    )
    reader.add_argument("--report", type=int, default=0, metavar="ASSETS", help="Time a report of so many.")
    reader.add_argument("--cache", type=Path)
    given = reader.parse_args()
    cache = given.cache or Path(tempfile.mkdtemp())
    libraries = [
        (scene, int(each)) for each in given.libraries.split(",") for scene in given.scenes.split(",")
    ]
    pools = {each: pool(*each, cache) for each in libraries}
    _none(pools, given.runs)
    _harmless(pools)
    _drifts(pools, given.groups)
    if "text" in installed() and not given.quick:
        told = lettering(libraries[0][1], given.groups)
        print(f"{'text garbled':17} {'shapes':7} probe {told[0]}; 3 of 20: {told[1]}")
    _cost()
    if given.report:
        from drift_report import measure

        measure(given.report)


def _none(pools: dict[tuple[str, int], Pool], runs: int) -> None:
    share = max(1, runs // (2 * len(pools)))
    print(f"no change, {2 * share * len(pools)} library runs")
    for (scene, library), found in pools.items():
        for count in (2, 8):
            assets, whole = none(found, share, count, library)
            print(
                f"  {scene:7} {library:3} K={count}: {100 * assets:5.2f} % of assets, {100 * whole:4.1f} % of runs",
                flush=True,
            )


def _harmless(pools: dict[tuple[str, int], Pool]) -> None:
    for name in HARMLESS:
        for (scene, library), found in pools.items():
            told = []
            for count in (2, 8):
                # The same seeds, as a pipeline step would bring them, and others.
                for first in (0, SEEDS - NEW):
                    old = [found["none", asset][first : first + count] for asset in range(ASSETS)]
                    drift = judged(old, [found[name, asset][:count] for asset in range(ASSETS)])
                    told.append(f"K={count} {drift.verdict} {len(drift.drifted)}/{len(drift.undecided)}")
            print(f"{name:17} {scene:7} {library:3} drifted/undecided: {'; '.join(told)}", flush=True)


def _drifts(pools: dict[tuple[str, int], Pool], groups: int) -> None:
    for name, (aspect, _) in DRIFTS.items():
        if aspect == "text":
            continue
        whole: Counter[str] = Counter()
        for (scene, library), found in pools.items():
            runs, right, said = probed(found, name, aspect, PROBES, library)
            hits, caught, main, false = topped(found, name, aspect, groups, library)
            whole.update(runs=runs, right=right, hits=hits, caught=caught, main=main, false=false)
            others = ", ".join(f"{each} {count}" for each, count in said.most_common() if each != aspect)
            print(
                f"{name:17} {scene:7} {library:3} probe right {right}/{runs} (also {others or 'none'}); "
                f"5 of 40: {caught}/{hits} found, main aspect {main}, false {false}",
                flush=True,
            )
        rate = 100 * whole["false"] / max(1, whole["false"] + whole["caught"])
        print(
            f"{name:17} {'all':7}     probe {whole['right']}/{whole['runs']}, found {whole['caught']}/{whole['hits']} "
            f"({100 * whole['caught'] / whole['hits']:.0f} %), false {whole['false']} ({rate:.1f} %)",
            flush=True,
        )


def _cost() -> None:
    """Processor time of the six descriptors for one megapixel."""
    from tympan.context import JobContext

    six = {name: each for name, each in installed().items() if name in SIX}
    pixels = np.asarray(Image.fromarray(sketch(1, 1, 1)).resize((1024, 1024), Image.Resampling.LANCZOS))
    taken: dict[str, list[float]] = {}
    for _ in range(7):
        seen = picture(pixels)
        for name, each in six.items():
            began = time.process_time()
            each.measure(seen, "", each.Params(), JobContext())
            taken.setdefault(name, []).append(time.process_time() - began)
    least = {name: 1000 * min(each) for name, each in taken.items()}
    print(
        f"six descriptors, 1 megapixel: {sum(least.values()):.0f} ms ({', '.join(f'{n} {t:.0f}' for n, t in least.items())})"
    )


if __name__ == "__main__":
    main()
