"""A branch made the main direction, in the text of its spec; comments and order stay.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import copy
import re
from typing import Any

import tomli

from tympan.errors import UsageError

_HEADER = re.compile(r"^(\s*)(\[\[?)\s*([A-Za-z0-9_.\- \t]+?)\s*(\]\]?)(.*)$", re.DOTALL)
_BY_HAND = "move the [[refine]] tables by hand, then tympan check"


def promoted(text: str, branch: str, former: str) -> str:
    """The spec in which `branch` is what `[[refine]]` says, and what that said is the branch `former`.

    What both share stays. If nothing of the main direction is left over, there is no `former`. UsageError if
    the text cannot be rewritten so that it says this and nothing else.
    """
    data = tomli.loads(text)
    own = data.get("branch", {}).get(branch)
    if own is None:
        known = ", ".join(data.get("branch", {})) or "none"
        raise UsageError(f"there is no branch {branch!r} in this spec", hint=f"it has: {known}")
    if former in data["branch"] and former != branch:
        raise UsageError(
            f"there is a branch {former!r} already", hint="--as gives the other direction a name"
        )
    fork = int(str(own.get("from", "source")).partition(".")[2] or 0)
    wanted = _swapped(data, branch, former, fork)
    leaves = former in wanted.get("branch", {})
    made = "".join(_lines(text.splitlines(keepends=True), branch, former, fork, leaves))
    try:
        says = tomli.loads(made)
    except tomli.TOMLDecodeError:
        says = {}
    if says != wanted:
        raise UsageError("this spec is written in a way that cannot be turned round", hint=_BY_HAND)
    return made


def _swapped(data: dict[str, Any], branch: str, former: str, fork: int) -> dict[str, Any]:
    """What the spec has to say afterwards."""
    found = copy.deepcopy(data)
    own = found["branch"].pop(branch)
    main = found.pop("refine", [])
    refine = [*main[:fork], *own.pop("refine", [])]
    if refine:
        found["refine"] = refine
    if main[fork:]:
        found["branch"][former] = {**own, "refine": main[fork:]}
    if not found["branch"]:
        del found["branch"]
    return found


def _lines(lines: list[str], branch: str, former: str, fork: int, leaves: bool) -> list[str]:
    """The lines with other headers; leaves: whether a branch `former` is left over."""
    made, count, drop = [], 0, False
    for line in lines:
        found = _HEADER.match(line)
        words = tuple(word.strip() for word in found[3].split(".")) if found else ()
        if found:
            drop = False
            count += words == ("refine",) and found[2] == "[["
            if words[:1] == ("refine",) and count > fork:
                words = ("branch", former, *words)
            elif words[:3] == ("branch", branch, "refine"):
                words = words[2:]
            elif words == ("branch", branch):
                words, drop = ("branch", former), not leaves
            if words and not drop:
                line = f"{found[1]}{found[2]}{'.'.join(words)}{found[4]}{found[5]}"
        # Comments of a table that goes may be about what comes after it.
        if not drop or line.lstrip().startswith("#") or not line.strip():
            made.append(line)
    return made
