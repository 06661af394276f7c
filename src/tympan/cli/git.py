"""What git knows of a project's files, asked of the git on this machine.

Reads the repository around the project. Writes nothing: git's own index is left alone too.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from collections.abc import Collection, Iterable
from functools import cached_property
from pathlib import Path

import msgspec

from tympan.errors import UsageError
from tympan.files import Files

# Another repository's variables would lead git away from the project, as they do inside a git hook.
_NOT_PASSED = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"})
# No lock of the index for a reading verb; no program of the repository's choice.
_SETTINGS = {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "TZ": "UTC"}
_OPTIONS = ("--literal-pathspecs", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false")

# https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
_POINTER = b"version https://git-lfs.github.com/spec/v1\n"

_COMMIT = "%x1e%H%x1f%ad%x1f%an%x1f%s"
_DATE = "--date=format-local:%Y-%m-%dT%H:%M:%SZ"


class Commit(msgspec.Struct, frozen=True):
    """One commit: its id, when it was written (RFC 3339, UTC), by whom, its first line.

    files: path -> git's id of the bytes it gave the file, "" if it removed it.
    """

    id: str
    at: str
    by: str
    subject: str
    files: dict[str, str]


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

    def log(self, paths: Collection[str]) -> list[Commit]:
        """The commits up to this one that touched these files or folders, newest first."""
        options = ("--raw", "--no-renames", "--no-abbrev", "-z", "--relative", _DATE, f"--format={_COMMIT}")
        told = os.fsdecode(self._must("log", *options, self._commit, "--", *paths))
        return [_commit(each) for each in told.split("\x1e")[1:]]

    def tree(self) -> dict[str, str]:
        """Regular files of the commit below the project: path -> git's id of the bytes."""
        listed = _names(self._must("ls-tree", "-r", "-z", self._commit, "--", "."))
        rows = [line.partition("\t") for line in listed]
        return {path: head.split(" ")[2] for head, _, path in rows if head.startswith("100")}

    def blobs(self, names: Iterable[str]) -> dict[str, bytes]:
        """The bytes that git has under these ids, all asked for at once; what it lacks is left out."""
        wanted = list(dict.fromkeys(names))
        out = self._must("cat-file", "--batch", given="".join(f"{name}\n" for name in wanted).encode())
        found, start = {}, 0
        for name in wanted:
            head, _, _ = out[start:].partition(b"\n")
            start += len(head) + 1
            if head.endswith(b" missing"):
                continue
            size = int(head.rsplit(b" ", 1)[1])
            found[name] = out[start : start + size]
            start += size + 1
        return found

    def fetched(self, pointer: bytes) -> bytes:
        """The file that a pointer of Git LFS stands for; the pointer itself if it has not been fetched."""
        oid = re.search(rb"^oid sha256:([0-9a-f]{64})$", pointer, re.M)
        if not oid:
            return pointer
        name = oid[1].decode()
        place = self._must("rev-parse", "--git-path", f"lfs/objects/{name[:2]}/{name[2:4]}/{name}")
        try:
            data = (self._root / os.fsdecode(place.rstrip(b"\n"))).read_bytes()
        except OSError:
            return pointer
        return data if hashlib.sha256(data).hexdigest() == name else pointer

    def _must(self, *arguments: str, given: bytes = b"") -> bytes:
        out, err = self._ask(*arguments, given=given)
        if out is None:
            raise UsageError(f"git {arguments[0]} failed: {err}")
        return out

    def _ask(self, *arguments: str, given: bytes = b"") -> tuple[bytes | None, str]:
        """What git said, None with its reason if it refused."""
        environment = {name: text for name, text in os.environ.items() if name not in _NOT_PASSED}
        command = ["git", *_OPTIONS, *arguments]
        try:
            ran = subprocess.run(
                command,
                cwd=self._root,
                env=environment | _SETTINGS,
                input=given,
                capture_output=True,
                check=False,
            )
        except FileNotFoundError:
            hint = "--changed-since asks git; install it, or leave the option out"
            raise UsageError("there is no git on this machine", hint=hint) from None
        return (ran.stdout if ran.returncode == 0 else None), ran.stderr.decode(errors="replace").strip()


def _names(listed: bytes) -> list[str]:
    return [os.fsdecode(name) for name in listed.split(b"\0") if name]


def exported(root: Path, name: str, to: Path) -> None:
    """Write the files of a revision, as far as they lie below the project, into an empty folder.

    A pointer of Git LFS becomes the file it stands for, if that has been fetched.
    """
    revision = Revision(root, name)
    tree = revision.tree()
    data = revision.blobs(tree.values())
    files = Files(to)
    for path, blob in tree.items():
        found = data.get(blob, b"")
        files.write(path, revision.fetched(found) if is_pointer(found) else found)


def is_pointer(data: bytes) -> bool:
    """Whether these bytes are a pointer of Git LFS instead of a file."""
    return data.startswith(_POINTER)


def _commit(told: str) -> Commit:
    head, _, rest = told.partition("\0")
    id, at, by, subject = head.split("\x1f", 3)
    words = rest.strip("\n\0").split("\0")
    files = {}
    # ":mode mode old new letter", then the path.
    for line, path in zip(words[::2], words[1::2], strict=False):
        new, letter = line.split(" ")[3:5]
        files[path] = "" if letter == "D" else new
    return Commit(id, at, by, subject, files)
