"""Writing down that everything is fresh, and what an edit since then can have touched.

Reads the checkout. Writes .tympan/fresh, and through `tympan.cli.remember`.
"""

from __future__ import annotations

import os
import sys
from bisect import bisect_right
from collections.abc import Iterable

from tympan import fresh
from tympan.checkout import PROJECT_FILES, Checkout
from tympan.cli.remember import remember
from tympan.files import RelPath, Signature
from tympan.ledger import LEDGER
from tympan.limits import RACY_NS
from tympan.plan.graph import Node
from tympan.trees import JOURNAL, STATE

Group = tuple[str, list[str]]


def affected(root: str, look: fresh.Look, folder: str) -> frozenset[str] | None:
    """The assets that edits since the manifest can have touched; None if they may be any.

    An edit of what assets share (defaults, tokens, plugins, tympan itself), or a spec that came or went,
    may touch any. `folder` is where the specs are.
    """
    manifest = look.manifest
    owners, ends = zip(*((owner, end) for owner, (_, end) in manifest.spans().items()), strict=True)
    assets = set()
    for place in fresh.changed(manifest, look.now):
        if owner := owners[bisect_right(ends, place)]:
            assets.add(owner)
        elif not _same_names(root, manifest.paths[place], folder, manifest.paths):
            return None
    return frozenset(assets)


def _same_names(root: str, path: str, folder: str, known: Iterable[str]) -> bool:
    """Whether a changed path is a folder of specs that holds the same specs as before."""
    if (path != folder and not path.startswith(f"{folder}/")) or not os.path.isdir(os.path.join(root, path)):
        return False
    below = f"{path}/"
    before = {name for each in known if each.startswith(below) and "/" not in (name := each[len(below) :])}
    now = set()
    for entry in os.scandir(os.path.join(root, path)):
        if not entry.name.startswith(".") and (entry.name.endswith(".toml") or entry.is_dir()):
            now.add(entry.name)
    return now == before


def keep(checkout: Checkout, began_ns: int, summary: str, before: fresh.Manifest | None) -> None:
    """Write the manifest of a checkout whose every target is done, if nothing changed while it was built.

    before: the manifest that a partial build came from; the groups of its other assets are kept.
    """
    mine = dict(_groups(checkout))
    if before is None:
        mine[""] = _shared(checkout)
    else:
        start, end = before.spans()[""]
        mine[""] = before.paths[start:end]
    signed = {owner: fresh.sign(str(checkout.files.root), own) for owner, own in mine.items()}
    if not all(_settled(checkout, own, signed[owner], began_ns) for owner, own in mine.items()):
        drop(checkout)
        return
    if before is None:
        groups = sorted(mine.items())
        signatures = fresh.numbers(b"".join(signed[owner] for owner, _ in groups))
        now = fresh.of_groups(summary, groups, signatures)
    else:
        now = _spliced(before, summary, mine, signed)
    remember(checkout, now, before)
    checkout.files.write(fresh.NAME, fresh.written(now))


def _spliced(
    before: fresh.Manifest, summary: str, mine: dict[str, list[str]], signed: dict[str, memoryview[int]]
) -> fresh.Manifest:
    """A manifest with other paths and signatures for some of its owners.

    What was not touched looks as it did when this build began: that is how it was found untouched.
    """
    lines = before.owners.splitlines(keepends=True)
    paths: list[str] = []
    signatures, owners = bytearray(), bytearray()
    place = line = 0

    def take(start: int, number: int) -> None:
        paths.extend(before.paths[place:start])
        signatures.extend(before.signatures_of((place, start)).tobytes())
        owners.extend(b"".join(lines[line:number]))

    for number, (owner, (start, end)) in enumerate(before.spans().items()):
        if owner in mine:
            take(start, number)
            paths.extend(mine[owner])
            signatures.extend(signed[owner].tobytes())
            owners.extend(f"{owner} {len(mine[owner])}\n".encode())
            place, line = end, number + 1
    take(len(before.paths), len(lines))
    return fresh.Manifest(summary, paths, fresh.numbers(signatures), bytes(owners))


def drop(checkout: Checkout) -> None:
    """Forget the manifest: something is not done."""
    if checkout.files.sign(fresh.NAME) is not None:
        checkout.files.remove(fresh.NAME)


def _shared(checkout: Checkout) -> list[str]:
    own = {asset.file for asset in checkout.library.assets}
    shared = [name for name in checkout.library.files if name not in own]
    # The state too: should it be lost, plan and build still agree on what that means. And its journal: what
    # is in it was done by a build that did not come to its end, or put back without a plan.
    shared += [
        *PROJECT_FILES,
        STATE,
        JOURNAL,
        *_ledger(checkout),
        *_folders(checkout, checkout.project.specs),
    ]
    return list(dict.fromkeys([*shared, *_plugins(checkout), *_made_of()]))


def _groups(checkout: Checkout) -> Iterable[Group]:
    specs = {asset.id: asset.file for asset in checkout.library.assets}
    by_asset: dict[str, dict[str, None]] = {}
    for node in checkout.graph.nodes.values():
        paths = by_asset.setdefault(node.asset, {specs[node.asset]: None})
        paths.update(dict.fromkeys(_inputs(checkout, node)))
        paths.update(dict.fromkeys(node.outputs.values()))
    yield from ((asset, list(paths)) for asset, paths in by_asset.items())


def _inputs(checkout: Checkout, node: Node) -> Iterable[str]:
    if node.use is not None:
        paths = [checkout.input_path(path) for path in node.use.inputs]
        several = node.use.count > 1
        return [*paths, *checkout.asked.files_of(node.asset)] if node.asked or several else paths
    uses = node.target.uses if node.target else node.variant.prep
    paths = [checkout.input_path(path) for use in uses for path in use.inputs]
    # An approval opens a gate, and a hold closes it.
    gated = node.target is not None and node.target.requires
    return [*paths, checkout.asked.decisions.file(node.asset)] if gated else paths


def _ledger(checkout: Checkout) -> list[str]:
    return [LEDGER] if any(node.asked for node in checkout.graph.nodes.values()) else []


def _folders(checkout: Checkout, folder: str) -> list[str]:
    found = []
    for path, below, _ in os.walk(checkout.files.path(folder)):
        below[:] = [name for name in below if not name.startswith(".")]
        found.append(os.path.relpath(path, checkout.files.root).replace(os.sep, "/"))
    # One that is not there yet is watched as well: git removes it with the last spec, and brings it back.
    return found or [folder]


def _plugins(checkout: Checkout) -> list[str]:
    folder = checkout.project.plugins
    return [
        folder,
        *(name for name in checkout.files.walk(folder, ".py") if "/" not in name[len(folder) + 1 :]),
    ]


def _made_of() -> list[str]:
    # Installing or upgrading a distribution changes its folder; an editable checkout changes its files.
    folders = [path for path in sys.path if path and _has_distributions(path)]
    modules = [
        file
        for name, module in sorted(sys.modules.items())
        if name.partition(".")[0].startswith("tympan") and (file := getattr(module, "__file__", None))
    ]
    from tympan.trust import path_of_list

    return [sys.executable, *folders, *modules, path_of_list()]


def _has_distributions(folder: str) -> bool:
    """Whether distributions are installed in a folder of sys.path. In the others are scripts, or a project's
    own files: what comes and goes there installs nothing.
    """
    if os.path.basename(folder) in {"site-packages", "dist-packages"}:
        return True
    try:
        return any(name.endswith((".dist-info", ".egg-info")) for name in os.listdir(folder))
    except OSError:
        return False


def _settled(checkout: Checkout, paths: list[str], signatures: memoryview[int], began_ns: int) -> bool:
    """Whether what was read is older than the build, and what was written is as it was written."""
    out = f"{checkout.project.out}/"
    for n, path in enumerate(paths):
        changed_ns, size, inode = signatures[3 * n : 3 * n + 3]
        if path.startswith(out):
            known = checkout.state.signature(path)
            if known is not None and known != Signature(changed_ns, size, inode):
                return False
        elif changed_ns > began_ns - RACY_NS and not path.startswith(("/", ".")):
            return False
    return True


def clash(checkout: Checkout, manifest: fresh.Manifest) -> bool:
    """Whether an asset of a partial build would write what belongs to one that was not read."""
    assert checkout.only is not None
    # Folded at once.
    folded = RelPath(_text_without(manifest, checkout.only)).twin
    outputs = [path for node in checkout.graph.writes() for path in node.outputs.values()]
    return any(f"\n{RelPath(path).twin}\n" in folded for path in outputs)


def others(manifest: fresh.Manifest, only: frozenset[str], out: str) -> int:
    """How many outputs belong to assets that are not among `only`; `out` is where outputs are."""
    return _text_without(manifest, only | {""}).count(f"\n{out}/")


def _text_without(manifest: fresh.Manifest, owners: frozenset[str]) -> str:
    """The paths that are not of these owners, each between two line breaks, which no path has."""
    spans = manifest.spans()
    left, at = [""], 0
    for start, end in sorted(spans[owner] for owner in owners if owner in spans):
        left += manifest.paths[at:start]
        at = end
    return "\n".join([*left, *manifest.paths[at:], ""])
