"""Whatever is done to a project between builds, an incremental build is a clean build.

A state machine edits, breaks, kills and builds one small project. After each whole build: outputs are, byte for
byte, those of a build of the same sources in an empty folder, no other file is among them, the plan made just
before told what would run, and a second build runs nothing.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from tests.faults.disk import FaultyDisk
from tests.faults.press import DEFAULTS, LINKED, NIGHTLY, SPECS, Press, Ran, own_pool, run_here
from tests.props.machine_specs import (
    COLOURS,
    DICE,
    HELD,
    IDS,
    LABELS,
    MEMORY,
    PATHS,
    PLATE,
    PLATES,
    TARGETS,
    TOKENS,
    Spec,
    after,
    check_plan,
    parsed,
    spec_texts,
)

EXAMPLES = int(os.environ.get("TYMPAN_EXAMPLES", "300" if NIGHTLY else "60"))
operations = st.integers(1, 50)
nths = st.integers(0, len(IDS) - 1)
# Which of some files: how many there are may depend on the clock, and what is drawn must not.
which = st.integers(0, 99)

clean_builds: dict[str, dict[str, bytes]] = {}


class Machine(RuleBasedStateMachine):
    """A person, a careless machine, and a build system."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="tympan-machine-"))
        self.press = Press(self.folder / "project", {})
        self.specs: dict[str, Spec] = {}
        self.other: dict[str, str] = {}
        # A plan trusts the bytes it has not read: what was damaged, not deleted, may surprise a build.
        self.damaged = False
        # Files that may stay where no spec names them: another hand changed them, or nothing remembers them.
        self.excused: dict[str, bytes] = {}

    @initialize(links=st.booleans())
    def begin(self, links: bool) -> None:
        for name in ("tympan.toml", TOKENS, "plugins/plot.py", "plugins/tint.py", "plugins/press.py", PLATE):
            self.press.write(name, SPECS[name])
        if links:
            # Who writes into a large output writes into the store.
            self.press.write("tympan.toml", LINKED["tympan.toml"])
        self.press.write("plugins/dice.py", DICE)
        for folder in ("icon", "sign"):
            self.press.write(f"specs/{folder}/_defaults.toml", DEFAULTS)
        for asset in ("icon/home", "sign/exit"):
            self.specs[asset] = Spec(targets=TARGETS[2])
            self.save(asset)
        self.other = self.press.sources()

    # Edits. Each makes a difference: a word that is there already gives way to the next one.

    @rule(nth=nths, label=st.sampled_from(LABELS), colour=st.sampled_from(COLOURS))
    def edit_values(self, nth: int, label: str, colour: str) -> None:
        spec = self.specs[asset := self.asset(nth)]
        if (spec.label, spec.colour) == (label, colour):
            label = after(LABELS, label)
        spec.label, spec.colour = label, colour
        self.save(asset)

    @rule(nth=nths, path=st.sampled_from(PATHS))
    def edit_source(self, nth: int, path: str) -> None:
        spec = self.specs[asset := self.asset(nth)]
        spec.path = path if path != spec.path else after(PATHS, path)
        self.save(asset)

    @rule(nth=nths, table=st.sampled_from(TARGETS))
    def edit_targets(self, nth: int, table: str) -> None:
        spec = self.specs[asset := self.asset(nth)]
        spec.targets = table if table != spec.targets else after(TARGETS, table)
        self.save(asset)

    @rule(asset=st.sampled_from(IDS), table=st.sampled_from(TARGETS))
    def add_or_remove_asset(self, asset: str, table: str) -> None:
        if asset not in self.specs:
            self.specs[asset] = Spec(targets=table)
        elif len(self.specs) > 1:
            del self.specs[asset]
        self.save(asset)

    @rule(nth=nths, other=st.sampled_from(IDS))
    def swap_assets(self, nth: int, other: str) -> None:
        """Rename an asset, or two of them crosswise."""
        one = self.asset(nth)
        specs = {name: self.specs.pop(name) for name in {one, other} if name in self.specs}
        for old, new in ((one, other), (other, one)):
            if old in specs:
                self.specs[new] = specs[old]
        for name in (one, other):
            self.save(name)

    @rule()
    def add_or_remove_held(self) -> None:
        path = self.press.root / HELD
        if path.exists():
            path.unlink()
        else:
            self.press.write(HELD, 'subject = "dice"\n[source]\ngenerator = "dice"\noptions = {}\n')

    @rule()
    def edit_token(self) -> None:
        there = "0b5fff" if "c8102e" in self.press.read(TOKENS) else "c8102e"
        self.press.write(TOKENS, SPECS[TOKENS].replace("0b5fff", there))

    @rule(text=st.sampled_from(PLATES), keep_time=st.booleans(), in_place=st.booleans())
    def edit_input(self, text: str, keep_time: bool, in_place: bool) -> None:
        """Also with the same size, the same time of modification and the same inode."""
        file = self.press.root / PLATE
        before = file.stat()
        text = text if text != self.press.read(PLATE) else after(PLATES, text)
        if not in_place:
            file.unlink()
        self.press.write(PLATE, text)
        if keep_time:
            os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))

    @rule(name=st.sampled_from(["plot", "tint", "press"]))
    def edit_plugin(self, name: str) -> None:
        path = f"plugins/{name}.py"
        version = '"2"' if self.press.read(path) == SPECS[path] else '"1"'
        self.press.write(path, SPECS[path].replace('VERSION = "1"', f"VERSION = {version}"))

    @rule()
    def switch_branch(self) -> None:
        here, there = self.press.sources(), self.other
        for name in here.keys() - there.keys():
            (self.press.root / name).unlink()
        for name, text in there.items():
            if here.get(name) != text:
                self.press.write(name, text)
        self.other = here
        self.specs = {name: parsed(text) for name, text in spec_texts(there)}

    @rule(when=st.sampled_from([0, 2**31 - 1, 1_000_000_000]))
    def touch_everything(self, when: int) -> None:
        for path in self.press.root.rglob("*"):
            if path.is_file() and ".tympan" not in path.parts:
                os.utime(path, (when, when))

    # Accidents.

    @rule(data=st.data(), how=st.sampled_from(["delete", "same size", "truncate", "replace", "touch"]))
    def hurt_output(self, data: st.DataObject, how: str) -> None:
        outputs = self.press.outputs()
        if not outputs:
            return
        path = data.draw(st.sampled_from(sorted(outputs)))
        file, bytes_ = self.press.root / "assets/out" / path, outputs[path]
        if how == "delete":
            file.unlink()
            return
        if how == "replace":
            file.unlink()
        else:
            self.damaged |= file.stat().st_nlink > 1
            file.chmod(0o644)
        changed = {"same size": bytes_[:-1] + b"!", "truncate": b"", "replace": b"junk"}.get(how, bytes_)
        file.write_bytes(changed)
        self.excused[path] = changed

    @rule(name=st.sampled_from(MEMORY), how=st.sampled_from(["delete", "garbage", "half"]))
    def hurt_memory(self, name: str, how: str) -> None:
        path = self.press.root / name
        if path.is_dir():
            shutil.rmtree(path)
        elif path.exists() and how == "delete":
            path.unlink()
        elif path.exists():
            path.write_bytes(
                b"garbage" * 999 if how == "garbage" else path.read_bytes()[: path.stat().st_size // 2]
            )
        if name.endswith(("state.db", "journal")):
            self.excused |= self.press.outputs()
        self.damaged |= how != "delete"

    @rule(nth=which, how=st.sampled_from(["delete", "flip", "truncate"]))
    def hurt_blob(self, nth: int, how: str) -> None:
        blobs = sorted((self.press.root / ".tympan/store/cas").rglob("*/*"))
        if not blobs:
            return
        blob = blobs[nth % len(blobs)]
        if how == "delete":
            blob.unlink()
        else:
            before = self.press.outputs()
            blob.chmod(0o644)
            blob.write_bytes(b"?" + blob.read_bytes()[1:] if how == "flip" else b"")
            self.damaged = True
            # An output may be this very file, and be nobody's by the next build.
            self.excused |= {
                path: data for path, data in self.press.outputs().items() if data != before[path]
            }

    @rule(nth=which, how=st.sampled_from(["delete", "flip", "half"]))
    def hurt_tree(self, nth: int, how: str) -> None:
        trees = sorted((self.press.root / ".tympan/trees").glob("*"))
        if trees:
            path = trees[nth % len(trees)]
            bytes_ = path.read_bytes()
            middle = len(bytes_) // 2
            path.write_bytes(bytes_[:middle] + (b"?" + bytes_[middle + 1 :] if how == "flip" else b""))
            if how == "delete":
                path.unlink()
            if (self.press.root / ".tympan/journal").exists():
                # It may be the only one that knows which files are ours.
                self.excused |= self.press.outputs()

    @rule(n=operations, how=st.sampled_from(["kill-before", "kill-half", "kill-after"]), plain=st.booleans())
    def killed_build(self, n: int, how: str, plain: bool) -> None:
        """plain: as most people build; the tokens may be again as they were, and nothing is planned."""
        self.edit_token()
        words = ["build"] if plain else ["build", "-j", "1"]
        self.press.run(*words, disk=FaultyDisk(n, how), before=own_pool)

    @rule(n=operations, reason=st.sampled_from(["ENOSPC", "EIO"]), onwards=st.booleans())
    def refused_build(self, n: int, reason: str, onwards: bool) -> None:
        self.edit_token()
        ran = self.run("build", "-k", "-j", "1", disk=FaultyDisk(n, reason, onwards=onwards))
        assert ran.code in (0, 1), ran
        assert "Traceback" not in ran.err, ran.err

    # Builds.

    @rule(nth=nths)
    def partial_build(self, nth: int) -> None:
        ran = self.run("build", self.asset(nth))
        assert ran.code == 0, ran.err

    @rule(words=st.sampled_from([["--json", "-j", "1"], ["--json", "-j", "2"], ["--json"], []]))
    def build(self, words: list[str]) -> None:
        """Without -j as most people build: a build with nothing to do is answered before anything is read,
        and what was built before is put back without a plan.
        """
        plan = self.run("plan", "--json")
        assert plan.code == 0, plan.err
        ran = self.run("build", *words)
        assert ran.code == 0, ran
        if words and not self.damaged:
            check_plan(json.loads(plan.out), [json.loads(line) for line in ran.out.splitlines()])
        self.check_all()

    def teardown(self) -> None:
        try:
            if self.specs:
                self.build(["--json", "-j", "1"])
        finally:
            shutil.rmtree(self.folder)

    # What is always true.

    def check_all(self) -> None:
        clean = self.clean_outputs()
        outputs = self.press.outputs()
        assert {path: outputs.get(path) for path in clean} == clean
        for path in outputs.keys() - clean.keys():
            assert outputs[path] == self.excused.get(path), f"nobody declared {path}"
            (self.press.root / "assets/out" / path).unlink()
        for words in (["build"], ["build", "-j", "1"]):
            again = self.run(*words)
            assert again.out.startswith("nothing to do"), f"{words}: {again}"
        self.excused = {}

    def clean_outputs(self) -> dict[str, bytes]:
        sources = self.press.sources()
        key = json.dumps(sources, sort_keys=True)
        if key not in clean_builds:
            clean = Press(self.folder / "clean", sources)
            ran = run_here(["-C", str(clean.root), "build"])
            assert ran.code == 0, ran.err
            clean_builds[key] = clean.outputs()
            shutil.rmtree(clean.root)
        return clean_builds[key]

    def run(self, *arguments: str, disk: FaultyDisk | None = None) -> Ran:
        return run_here(["-C", str(self.press.root), *arguments], disk)

    def asset(self, nth: int) -> str:
        return sorted(self.specs)[nth % len(self.specs)]

    def save(self, asset: str) -> None:
        path = self.press.root / f"specs/{asset}.toml"
        if asset in self.specs:
            self.press.write(f"specs/{asset}.toml", self.specs[asset].text())
        elif path.exists():
            path.unlink()


@pytest.mark.usefixtures("shared_pool")
def test_an_incremental_build_is_a_clean_build() -> None:
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=40,
            deadline=None,
            derandomize=not NIGHTLY,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
