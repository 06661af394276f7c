"""F4: any bytes as one of our own files on disk: what they say is used or forgotten, nothing is raised.

State, journals, the store's index, an object, the list of signatures, the lock's number.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from tympan import fresh
from tympan.errors import Damaged, FilesError
from tympan.files import Files, Signature, digest
from tympan.journal import Journal
from tympan.plan.records import Record
from tympan.state import State
from tympan.store import Store

NAMES = (
    ".tympan/state.db", ".tympan/journal", ".tympan/store/index.db", ".tympan/store/journal", ".tympan/fresh",
    ".tympan/state.db-wal", ".tympan/store/index.db-wal",
)  # fmt: skip
DICTIONARY = ["SQLite format 3\0", "end ", '["', "null", "[[", "tympan-fresh 2\n"]
KEY, LARGE = "k" * 64, bytes(range(256)) * 200


def _made() -> Path:
    root = Path(tempfile.mkdtemp(prefix="tympan-fuzz-"))
    (root / "tympan.toml").write_bytes(b"")
    files = Files(root)
    store = Store(files)
    results = store.keep(KEY, {"a": 1}, {"": b"small", "large": LARGE}, {"f": "x"})
    store.close()
    state = State(files)
    sign = Signature(1, 2, 3)
    record = Record(key=KEY, results=results, outputs={"assets/out/a.svg": results[""]})
    state.commit("icon:home:svg", "icon/home", record, {"assets/out/a.svg": (sign, results[""])})
    state.save()
    state.commit("icon:bell:svg", "icon/bell", record, {})
    groups = [("", ["tympan.toml"]), ("icon/home", ["specs/icon/home.toml", "assets/out/a.svg"])]
    paths = [path for _, own in groups for path in own]
    files.write(
        ".tympan/fresh", fresh.written(fresh.of_groups("nothing to do", groups, fresh.sign(str(root), paths)))
    )
    return root


_SOURCE = _made()
_ROOT = Path(tempfile.mkdtemp(prefix="tympan-fuzz-"))
SEEDS = [
    bytes([n]) + (_SOURCE / name).read_bytes()
    for n, name in enumerate(NAMES)
    if (_SOURCE / name).exists() and (_SOURCE / name).stat().st_size
]


def _journal(note: bytes) -> bytes:
    files = Files(Path(tempfile.mkdtemp(prefix="tympan-fuzz-")))
    Journal(files, "journal").add(note)
    return files.read("journal")


# What was found once: text that is not UTF-8, notes of another version, a list that lost its last lines.
SEEDS += [
    bytes([n]) + _journal(note)
    for n in (1, 3)
    for note in (b'["a\xff"]', b"\xa3\xff\xff\xff", b"[1]", b"[" * 5000)
]
SEEDS.append(b"\x04" + (_SOURCE / ".tympan/fresh").read_bytes()[:-30] + b"\xe8\n\nend\n")


def one(data: bytes) -> None:
    """The first byte says which file the rest becomes, beside good ones."""
    root = _ROOT / "project"
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(_SOURCE, root)
    name = NAMES[data[0] % len(NAMES)] if data else NAMES[0]
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_bytes(data[1:])
    if name.endswith("fresh"):
        manifest = fresh.read(str(root))
        if manifest is not None:
            fresh.changed(manifest, fresh.sign(str(root), manifest.paths))
            manifest.spans()
        fresh.nothing_to_do(str(root))
        return
    files = Files(root)
    store = Store(files)
    action = store.action(KEY)
    for result in action.results.values() if action else (digest(LARGE),):
        try:
            assert digest(store.get(result)) == result
        except (Damaged, FilesError):
            continue
    store.use([KEY])
    store.keep("n" * 64, {}, {"": b"new"}, {})
    store.close()
    state = State(files)
    state.load_all()
    for node in state.nodes():
        assert state.record(node) is None or isinstance(state.record(node), Record)
    state.digest_of("tympan.toml")
    state.commit("icon:new:svg", "icon/new", Record(key=KEY, results={}), {})
    state.save()
    assert State(files).record("icon:new:svg") == Record(key=KEY, results={})
