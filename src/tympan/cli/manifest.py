"""Writing down that everything is fresh, and what an edit since then can have touched.

Reads the checkout. Writes .tympan/fresh.
"""

from __future__ import annotations

import os
import sys
from array import array
from collections.abc import Iterable

from tympan import fresh
from tympan.checkout import PROJECT_FILES, Checkout
from tympan.files import RelPath, Signature
from tympan.ledger import LEDGER
from tympan.plan.graph import Node
from tympan.state import RACY_NS, STATE

Group = tuple[str, list[str]]


def affected(root: str, manifest: fresh.Manifest, folder: str) -> frozenset[str] | None:
    """The assets that edits since the manifest can have touched; None if they may be any.

    An edit of what assets share (defaults, tokens, plugins, tympan itself), or a spec that came or went,
    may touch any. `folder` is where the specs are.
    """
    edited = set(fresh.changed(manifest, fresh.sign(root, manifest.paths)))
    groups = manifest.groups()
    assets = set()
    for owner, paths in groups:
        mine = edited.intersection(paths)
        if owner:
            if mine:
                assets.add(owner)
        elif any(not _same_names(root, path, folder, manifest.paths) for path in mine):
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
    kept: dict[str, array[int]] = {}
    if checkout.only is not None and before is not None:
        shared = next((own for owner, own in before.groups() if not owner), [])
        mine = {"": shared} | {owner: own for owner, own in mine.items() if owner}
        kept = {owner: numbers for owner, numbers in _signatures(before).items() if owner not in mine}
        others = {owner: own for owner, own in before.groups() if owner in kept}
    else:
        others = {}
    signed = {owner: fresh.sign(str(checkout.files.root), own) for owner, own in mine.items()}
    if not all(_settled(checkout, own, signed[owner], began_ns) for owner, own in mine.items()):
        drop(checkout)
        return
    groups = sorted((mine | others).items())
    signatures = array("q")
    for owner, _ in groups:
        # What was not touched looks as it did when this build began: that is how it was found untouched.
        signatures.extend(kept[owner] if owner in kept else signed[owner])
    checkout.files.write(fresh.NAME, fresh.written(summary, groups, signatures))


def _signatures(manifest: fresh.Manifest) -> dict[str, array[int]]:
    found, at = {}, 0
    for owner, own in manifest.groups():
        found[owner] = manifest.signatures[at : at + 3 * len(own)]
        at += 3 * len(own)
    return found


def drop(checkout: Checkout) -> None:
    """Forget the manifest: something is not done."""
    if checkout.files.sign(fresh.NAME) is not None:
        checkout.files.remove(fresh.NAME)


def _groups(checkout: Checkout) -> Iterable[Group]:
    folder = checkout.project.specs
    specs = {asset.id: asset.file for asset in checkout.library.assets}
    shared = [name for name in checkout.library.files if name not in set(specs.values())]
    # The state too: should it be lost, plan and build still agree on what that means.
    shared += [
        *PROJECT_FILES,
        STATE,
        *_ledger(checkout),
        *_folders(checkout, folder),
        *_plugins(checkout),
        *_made_of(),
    ]
    yield "", list(dict.fromkeys(shared))
    by_asset: dict[str, dict[str, None]] = {}
    for node in checkout.graph.nodes.values():
        paths = by_asset.setdefault(node.asset, {specs[node.asset]: None})
        paths.update(dict.fromkeys(_inputs(checkout, node)))
        paths.update(dict.fromkeys(node.outputs.values()))
    yield from ((asset, list(paths)) for asset, paths in by_asset.items())


def _inputs(checkout: Checkout, node: Node) -> Iterable[str]:
    if node.use is not None:
        paths = [checkout.input_path(path) for path in node.use.inputs]
        several = node.use.request.candidates > 1
        return [*paths, *checkout.asked.files_of(node.asset)] if node.asked or several else paths
    uses = (node.target, *node.target.checks) if node.target else node.variant.prep
    return [checkout.input_path(path) for use in uses for path in use.inputs]


def _ledger(checkout: Checkout) -> list[str]:
    return [LEDGER] if any(node.asked for node in checkout.graph.nodes.values()) else []


def _folders(checkout: Checkout, folder: str) -> list[str]:
    found = []
    for path, below, _ in os.walk(checkout.files.path(folder)):
        below[:] = [name for name in below if not name.startswith(".")]
        found.append(os.path.relpath(path, checkout.files.root).replace(os.sep, "/"))
    return found


def _plugins(checkout: Checkout) -> list[str]:
    folder = checkout.project.plugins
    return [
        folder,
        *(name for name in checkout.files.walk(folder, ".py") if "/" not in name[len(folder) + 1 :]),
    ]


def _made_of() -> list[str]:
    # Installing or upgrading a distribution changes its folder; an editable checkout changes its files.
    folders = [path for path in sys.path if path and os.path.isdir(path)]
    modules = [
        file
        for name, module in sorted(sys.modules.items())
        if name.partition(".")[0].startswith("tympan") and (file := getattr(module, "__file__", None))
    ]
    from tympan.trust import path_of_list

    return [sys.executable, *folders, *modules, path_of_list()]


def _settled(checkout: Checkout, paths: list[str], signatures: array[int], began_ns: int) -> bool:
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
    others = {
        RelPath(path).twin for owner, own in manifest.groups() if owner not in checkout.only for path in own
    }
    outputs = [path for node in checkout.graph.writes() for path in node.outputs.values()]
    return any(RelPath(path).twin in others for path in outputs)
