"""What the state machine's project may look like, and what its plans must keep.

Reads and writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.faults.press import LARGE

IDS = ("icon/home", "icon/bell", "icon/star", "sign/exit", "sign/stop")
PLATE = "assets/refs/plate.txt"
TOKENS = "tokens/brand.tokens.json"
# The last letter is a comment to `tint`: another key, the same bytes, and the rebuild stops there.
COLOURS = ("{token.color.brand}", "#c8102e", "#c8102e/")
TARGETS = (
    "",
    "[target.press]\nsizes = [10]\n",
    f"[target.press]\nsizes = [10, {LARGE}]\n",
    f'[target.slip]\nformat = "press"\nsizes = [{LARGE}]\n',
    '[target.tag]\nformat = "press"\nplate = "refs/plate.txt"\n[target]\npress = false\n',
)
LABELS = ("a", "b", "c")
PLATES = ("M1 1h5", "M1 1h7", "M1 1h55")
PATHS = ("M0 0h1", "M0 0h2", PLATE)
MEMORY = (
    ".tympan/state.db",
    ".tympan/store/index.db",
    ".tympan/journal",
    ".tympan/fresh",
    ".tympan/lock.pid",
    ".tympan/trees",
    ".tympan/store",
)
# A build may not ask this one: its targets are held, before and after.
HELD = "specs/sign/dice.toml"
DICE = '''"""Never the same twice."""
from tympan import Generator, hookimpl

class Dice(Generator):
    NAME = "dice"

@hookimpl
def tympan_generators():
    return (Dice,)
'''


class Spec:
    """What a spec file says; equal fields, equal text."""

    def __init__(
        self, label: str = "a", colour: str = COLOURS[0], path: str = PATHS[0], targets: str = ""
    ) -> None:
        self.label, self.colour, self.path, self.targets = label, colour, path, targets

    def text(self) -> str:
        source = f'options.path = "{self.path}"' if self.path != PLATE else 'options.plate = "refs/plate.txt"'
        return f'subject = "{self.label}"\n[source]\n{source}\n[prep]\ntint.colour = "{self.colour}"\n{self.targets}'


def after(words: tuple[str, ...], word: str) -> str:
    return words[(words.index(word) + 1) % len(words)]


def spec_texts(sources: dict[str, str]) -> Iterator[tuple[str, str]]:
    for path, text in sources.items():
        if path.startswith("specs/") and "/_" not in path and path != HELD:
            yield path.removeprefix("specs/").removesuffix(".toml"), text


def parsed(text: str) -> Spec:
    for label in LABELS:
        for colour in COLOURS:
            for path in PATHS:
                for targets in TARGETS:
                    if (spec := Spec(label, colour, path, targets)).text() == text:
                        return spec
    raise AssertionError(text)


def check_plan(plan: dict[str, Any], events: list[dict[str, Any]]) -> None:
    """A hit in the plan is a hit in the run. What was to be computed may turn out to be there already.

    Two assets may need equal bytes: the second one then finds what the first has made.
    """
    did = {event["node"]: event["did"] for event in events if event["did"] in ("computed", "restored")}
    verdicts = {row["task"]: row["verdict"] for row in plan["targets"]}
    before = {row["task"] for row in plan["actions"]}
    for task, what in did.items():
        if task.startswith("_"):
            assert task in before, f"{task} ran, and the plan had not said so"
        else:
            assert task in verdicts, f"{task} was {what}, and the plan called it fresh"
            assert what == "restored" or verdicts[task] != "restore", f"{task} was to be restored, not {what}"
    for task, verdict in verdicts.items():
        if verdict == "held":
            assert task not in did, f"{task} was held, and it was {did[task]}"
        else:
            assert task in did or verdict == "waits", f"{task} was planned as {verdict}, and nothing happened"
    assert events[-1]["blocked"].get("held", 0) == list(verdicts.values()).count("held")
