"""Going back to what was built before: a project that is again as a kept tree needs no plan.

Reads .tympan/fresh, .tympan/trees and what changed since. Writes through `tympan.putback`, and .tympan/log.

Like `tympan.fresh` this runs before anything else is imported. What is done is what the plan would do.
Whatever is not as expected is left to the plan: an interrupted build, a lost object, an output that another
hand changed and that no target writes any more.
"""

from __future__ import annotations

import os
import sys

from tympan import disk as _disk
from tympan import fresh, trees
from tympan.clock import monotonic, now
from tympan.likeness import Unlike, Was
from tympan.putback import PutBack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from tympan.fresh import Look

# Of the events that leave the process; docs/reference/events.md. New fields do not raise it.
VERSION = 1
LOG, LOGS = ".tympan/log", 20
INTERRUPTED = 130


def switched(folder: str, *, as_json: bool) -> bool:
    """Put back what the project at or above a folder had, and say so; False if the plan must decide."""
    root, began = fresh.find_root(folder), monotonic()
    seen = fresh.look(root) if root else None
    if root is None or seen is None:
        return False
    try:
        back = _found(root, seen)
        if back is None:
            fresh.keep_look(root, seen)
            return False
        back.run()
    except (Unlike, OSError, ValueError):
        return False
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; what was finished is kept\n")
        sys.exit(INTERRUPTED)
    if not back.restored and not back.removed and not as_json:
        sys.stdout.write(f"{back.there.manifest.summary}\n")
        return True
    events = list(_events(back, monotonic() - began))
    _log(root, back, events)
    if as_json:
        sys.stdout.writelines(f"{line}\n" for line in events)
    elif not sys.stderr.isatty():
        # At once: each write of a line is one to the pipe, and wakes who reads it.
        sys.stderr.write("".join(f"{line}\n" for line in _lines(back)))
    if not as_json:
        sys.stdout.write(f"{_sentence(back)}\n")
    return True


def _found(root: str, seen: Look) -> PutBack | None:
    # Annotations of a run in GitHub Actions are made where the plan is.
    if os.name != "posix" or not seen.manifest.tree or os.environ.get("GITHUB_ACTIONS"):
        return None
    here = trees.find(root, seen.manifest.tree)
    if here is None or here.manifest.paths != seen.manifest.paths:
        return None
    try:
        was = Was(root, seen, here)
        there = next(filter(was.like, was.candidates()), None)
    except (Unlike, OSError):
        return None
    return PutBack(was, there) if there else None


def _lines(back: PutBack) -> Iterator[str]:
    for node, paths in back.restored:
        yield f"restored {node} -> {', '.join(paths)} (0.00 s)"
    for path in back.removed:
        yield f"removed {path}"


def _sentence(back: PutBack) -> str:
    count = sum(len(paths) for _, paths in back.restored)
    parts = [f"{n} {word}" for n, word in ((count, "restored"), (len(back.removed), "removed")) if n]
    return f"{len(back.restored)} tasks, {len(back.there.outputs)} outputs: {', '.join(parts)}"


def _events(back: PutBack, seconds: float) -> Iterator[str]:
    """As docs/reference/events.md has them. No name of a target or an output needs to be escaped in JSON."""
    for node, paths in back.restored:
        yield f'{{"v":{VERSION},"did":"restored","node":"{node}","outputs":[{_names(paths)}]}}'
    for path in back.removed:
        yield f'{{"v":{VERSION},"did":"removed","node":"","outputs":[{_names([path])}]}}'
    count = sum(len(paths) for _, paths in back.restored)
    yield (
        f'{{"v":{VERSION},"did":"summary","outputs":{len(back.there.outputs)},"tasks":{len(back.restored)},'
        f'"computed":0,"restored":{count},"removed":{len(back.removed)},"drafts":0,"failed":[],"blocked":{{}}}}'
    )


def _names(paths: list[str]) -> str:
    return ",".join(f'"{path}"' for path in paths)


def _log(root: str, back: PutBack, events: list[str]) -> None:
    """The run log, as `tympan.cli.runlog` writes it; one that cannot be written fails no build."""
    head = (
        f'{{"v":{VERSION},"did":"began","time":"{now()}","tympan":"{back.there.version}",'
        '"arguments":{"verb":"build"},"jobs":0}'
    )
    try:
        folder = back.folder(LOG)
        taken = sorted(int(name[:-6]) for name in os.listdir(os.path.join(root, LOG)) if _is_log(name))
        for old in taken[: len(taken) - LOGS + 1]:
            _disk.DISK.unlink(folder, f"{old}.jsonl")
        text = "\n".join([head, *events, ""]).encode()
        _disk.DISK.append(folder, f"{taken[-1] + 1 if taken else 1}.jsonl", text, sync=False)
    except OSError:
        pass


def _is_log(name: str) -> bool:
    number = name.removesuffix(".jsonl")
    return name != number and number.isascii() and number.isdigit() and len(number) < 10 and number[0] != "0"
