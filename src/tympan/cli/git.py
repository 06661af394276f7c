"""What git knows of a project's files, asked of the git on this machine.

Reads the repository around the project. Writes nothing: git's own index is left alone too.
"""

from __future__ import annotations

import os
import subprocess
from functools import cached_property
from pathlib import Path

from tympan.errors import UsageError

# Another repository's variables would lead git away from the project, as they do inside a git hook.
_NOT_PASSED = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"})
# No lock of the index for a reading verb; no program of the repository's choice.
_SETTINGS = {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}
_OPTIONS = ("--literal-pathspecs", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false")


class Revision:
    """One commit of the repository that a project lies in. Paths are relative to the project.

    Raises UsageError if there is no git, no repository, or no such commit.
    """

    def __init__(self, root: Path, name: str) -> None:
        self._root = root
        inside, _ = self._ask("rev-parse", "--show-prefix")
        if inside is None:
            raise UsageError(f"{root} is not in a git repository", hint="git init, and commit the specs")
        self._prefix = inside.decode().rstrip("\n")
        found, _ = self._ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        if found is None:
            hint = "a branch, tag or commit; a shallow clone lacks older ones: git fetch --unshallow"
            raise UsageError(f"git knows no revision {name!r}", hint=hint)
        self._commit = found.decode().strip()

    @cached_property
    def files(self) -> frozenset[str]:
        """Paths of all files that the commit has below the project."""
        listed = self._must("ls-tree", "-r", "-z", "--name-only", self._commit, "--", ".")
        return frozenset(_names(listed))

    @cached_property
    def changed(self) -> frozenset[str]:
        """Paths whose bytes now differ from the commit's, those deleted since among them."""
        options = ("-z", "--name-only", "--no-renames", "--no-ext-diff", "--no-textconv", "--relative")
        return frozenset(_names(self._must("diff", *options, self._commit, "--", ".")))

    def differs(self, path: str) -> bool:
        """Whether a file that is there now has other bytes than in the commit, or is new since."""
        return path in self.changed or path not in self.files

    def read(self, path: str) -> bytes | None:
        """The bytes of a file in the commit, None if it has none of this name."""
        if path not in self.files:
            return None
        return self._must("cat-file", "blob", f"{self._commit}:{self._prefix}{path}")

    def _must(self, *arguments: str) -> bytes:
        out, err = self._ask(*arguments)
        if out is None:
            raise UsageError(f"git {arguments[0]} failed: {err}")
        return out

    def _ask(self, *arguments: str) -> tuple[bytes | None, str]:
        """What git said, None with its reason if it refused."""
        environment = {name: text for name, text in os.environ.items() if name not in _NOT_PASSED}
        command = ["git", *_OPTIONS, *arguments]
        try:
            ran = subprocess.run(
                command, cwd=self._root, env=environment | _SETTINGS, capture_output=True, check=False
            )
        except FileNotFoundError:
            hint = "--changed-since asks git; install it, or leave the option out"
            raise UsageError("there is no git on this machine", hint=hint) from None
        return (ran.stdout if ran.returncode == 0 else None), ran.stderr.decode(errors="replace").strip()


def _names(listed: bytes) -> list[str]:
    return [os.fsdecode(name) for name in listed.split(b"\0") if name]
