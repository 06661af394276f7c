"""Whose picture a downloaded file is: by Job ID, prompt and seed, or the words of its name.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from tympan import Claim, Recalled, Request
from tympan_plugins.generators.midjourney.asking import Asked, asked
from tympan_plugins.generators.midjourney.grammar import Prompt, parse
from tympan_plugins.generators.midjourney.rules import Known, known
from tympan_plugins.generators.midjourney.tables import FollowUp

# As the website names a download: user, words of the prompt, Job ID, and which of the four.
JOB_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
FILE_NAME = re.compile(
    rf"(?P<words>.*?)_?(?P<job>{JOB_ID.pattern})(?:_(?P<index>[0-3]))?(?:\s?\(\d+\))?\.(?:png|webp|jpe?g)"
)
_DESCRIPTION = re.compile(rf"\s*Job ID:\s*({JOB_ID.pattern})\s*$")
# Fewer words than this say nothing, unless they are the whole prompt.
_WORDS = 4
# Share of words that an edited prompt must have in common with ours.
_ALIKE = 0.8


def claim(file: Recalled, name: str, request: Request) -> Claim | None:
    """How sure it is that a file is of this job; None if it is not, or if nothing speaks for it."""
    found = FILE_NAME.fullmatch(name)
    job = file.job or (found["job"] if found else "")
    if job and job in request.options.get("job_ids", ()):
        return Claim(3, f"its Job ID {job} is in the spec", file.index)
    one = asked(request)
    if not isinstance(one.version, Known):
        return None
    if text := described(file.chunks)[0]:
        return _by_prompt(file, parse(text), one, one.version)
    return _by_name(found["words"], one.prompt, file.index) if found else None


def _by_prompt(file: Recalled, theirs: Prompt, one: Asked, version: Known) -> Claim | None:
    ours, follow = one.prompt, one.follow_up
    if not _ran_on(theirs, version, follow):
        return None
    seeded = file.seed is not None
    if seeded and str(file.seed) != ours.params["seed"]:
        return None
    mine, there = ours.drawn(), theirs.drawn()
    if mine.get("ar") != there.get("ar") or ("sd" in ours.params and "hd" in there):
        return None
    # A default that the spec names is meant as much as another value.
    if any(name in there for name in ours.params if name not in mine):
        return None
    if not all(_is_meant(name, value, there.get(name)) for name, value in mine.items()):
        return None
    # The account's own settings are added to every prompt there.
    more = " ".join(f"--{name} {value}".strip() for name, value in there.items() if name not in mine)
    alike = _likeness(ours.text, theirs.text)
    if alike == 1 and not more:
        return Claim(2, "prompt and seed" if seeded else "prompt (its seed is not in the file)", file.index)
    if alike == 1:
        return Claim(1, f"prompt{' and seed' * seeded}, but it also has {more}", file.index)
    if seeded and alike >= _ALIKE:
        return Claim(1, "seed, and almost the prompt", file.index)
    return None


def _is_meant(name: str, ours: str, theirs: str | None) -> bool:
    """Whether a value in a file is what was asked for; Midjourney puts the code for `--p` and `random`."""
    if theirs is not None and (name, ours) in (("profile", ""), ("sref", "random")):
        return True
    return ours == theirs


def _ran_on(theirs: Prompt, version: Known, follow: FollowUp | None) -> bool:
    """Whether the file's version is the one that was asked for, or the one that this follow-up runs on."""
    said = version_of(theirs)
    return not said or said in (
        version.name,
        follow.on_v8 if follow and version.number >= 8 else version.name,
    )


def version_of(prompt: Prompt) -> str:
    """The version that a prompt names, such as "7" or "niji 7"; "" if it names none."""
    said = f"niji {prompt.params['niji']}" if "niji" in prompt.params else prompt.params.get("version", "")
    found = known(said)
    return found.name if isinstance(found, Known) else said


def _likeness(ours: str, theirs: str) -> float:
    if _bare(ours) == _bare(theirs):
        return 1.0
    mine, there = set(_tokens(ours)), set(_tokens(theirs))
    shared = len(mine & there) / len(mine | there) if mine | there else 0.0
    return min(shared, 0.99)


def _bare(text: str) -> str:
    return " ".join(text.lower().split()).rstrip(" .,")


def _by_name(words: str, ours: Prompt, index: int | None) -> Claim | None:
    """Words of a name: a user's name of one to three words, then the prompt, cut off somewhere."""
    theirs, mine = _tokens(words), _tokens(ours.render())
    whole = len(_tokens(ours.text))
    for start in range(1, min(4, len(theirs))):
        rest = theirs[start:]
        *full, last = rest
        fits = len(rest) <= len(mine) and full == mine[: len(full)] and mine[len(full)].startswith(last)
        if fits and (len(rest) >= _WORDS or len(rest) >= whole):
            return Claim(1, f"words of its name: {' '.join(rest)}", index)
    return None


def _tokens(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower().replace(":", "").replace("'", ""))


def described(chunks: Mapping[str, str]) -> tuple[str, str]:
    """The prompt with its parameters, and the Job ID, as Midjourney writes them into a file; else "", ""."""
    for name in ("Description", "exif.ImageDescription", "xmp.description"):
        found = _DESCRIPTION.search(chunks.get(name, ""))
        if found:
            return chunks[name][: found.start()].strip(), found[1]
    return "", ""


def named(name: str) -> tuple[str, int | None]:
    """The Job ID and the index that a download's name has; else "", None."""
    found = FILE_NAME.fullmatch(name)
    return (found["job"], int(found["index"]) if found["index"] else None) if found else ("", None)
