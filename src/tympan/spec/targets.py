"""`[target]` and `[check]`: which files an asset becomes, where they go, and what judges them.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from typing import Any

import msgspec

from tympan.plugin import Check, Format
from tympan.spec.guess import did_you_mean
from tympan.spec.keys import CheckKeys, TargetKeys
from tympan.spec.locate import Key
from tympan.spec.mistakes import BROKEN, Mistake
from tympan.spec.outputs import NAMES, Pattern, PatternError, output_path
from tympan.spec.resolved import TargetUse, Use
from tympan.spec.scope import Scope
from tympan.spec.uses import Run, common_keys, table_of, tables_of

_TARGET_KEYS = TargetKeys.__struct_encode_fields__
_CHECK_KEYS = CheckKeys.__struct_encode_fields__


def read_targets(run: Run, scope: Scope, variant: str) -> list[TargetUse]:
    """Every entry of `[target]` that has no mistake, its checks with it."""
    table, found = table_of(scope, "target"), scope.found
    targets: list[TargetUse] = []
    proofs: dict[str, str] = {}
    for_all = _required(scope)
    for target, value in tables_of(table, ("target",), found):
        key: Key = ("target", target)
        keys = common_keys(scope, value, key, TargetKeys)
        name = keys.format or target if keys else ""
        place = (*key, "format") if "format" in value else key
        plugin = run.plugin("format", name, place, found) if name else None
        use = run.use("format", name, value, key, scope, _TARGET_KEYS) if plugin else None
        if use is None or keys is None:
            continue
        if keys.proof:
            proofs[target] = keys.proof
        outputs = _outputs(run, scope, keys, variant, plugin, use) if isinstance(plugin, Format) else {}
        targets.append(
            TargetUse(
                name=name, params=use.params, key=use.key, inputs=use.inputs, profiles=use.profiles,
                local=use.local, target=target, outputs=outputs, marks=keys.marks,
                requires=keys.requires if "requires" in value else for_all,
            )
        )  # fmt: skip
    if all(value is False for value in table.values()) and scope.table.get("target") is not BROKEN:
        own = "target" not in scope.table
        found.append(Mistake(("target",), "missing, nothing would come of this asset", own=own))
    targets = [_with_proof(target, targets, proofs, scope) for target in targets]
    checks = _checks(run, scope, {target.target: target.name for target in targets})
    return [_with_checks(target, checks) for target in targets]


def _required(scope: Scope) -> tuple[str, ...]:
    """What all targets wait for that do not say their own."""
    given = scope.table.get("requires", ())
    return tuple(given) if isinstance(given, list) else ()


def _outputs(
    run: Run, scope: Scope, keys: TargetKeys, variant: str, plugin: Format[Any], use: Use
) -> dict[str, str]:
    """Part name -> path from the root."""
    found = scope.found
    key: Key = (*use.key, "output") if keys.output else use.key
    pattern = run.pattern(keys.output or run.project.output, key, found)
    if pattern is None or not _names_known(run, scope, pattern, keys.output, key):
        return {}
    names = scope.cell | {
        "asset": scope.asset, "name": scope.asset.rpartition("/")[2], "variant": variant,
        "target": str(use.key[1]), "suffix": plugin.SUFFIX,
    }  # fmt: skip
    outputs: dict[str, str] = {}
    for part in plugin.parts(use.params):
        try:
            path = output_path(run.project.out, pattern, names | {"size": part})
        except PatternError as error:
            found.append(Mistake(key, str(error) if keys.output else f"output: {error}"))
            break
        if part in outputs or path in outputs.values():
            what = "a size is there twice" if part in outputs else "the pattern of the output needs {size}"
            found.append(Mistake(key, f"two files would be {path}: {what}"))
            break
        outputs[part] = path
    return outputs


def _names_known(run: Run, scope: Scope, pattern: Pattern, own: str, key: Key) -> bool:
    wrong = pattern.names.difference(NAMES, scope.cell, () if own else run.axes)
    for name in sorted(wrong) if own else ():
        hint = did_you_mean(name, (*NAMES, *scope.cell))
        scope.found.append(Mistake(key, f'unknown name "{{{name}}}" in the pattern', hint))
    return not (own and wrong)


def _checks(run: Run, scope: Scope, formats: dict[str, str]) -> list[tuple[Use, frozenset[str]]]:
    """Every check with the names of the targets that it judges."""
    found = scope.found
    checks: list[tuple[Use, frozenset[str]]] = []
    for name, value in tables_of(table_of(scope, "check"), ("check",), found):
        key: Key = ("check", name)
        plugin = run.plugin("check", name, key, found)
        keys = common_keys(scope, value, key, CheckKeys)
        use = run.use("check", name, value, key, scope, _CHECK_KEYS) if plugin else None
        if use is None or keys is None:
            continue
        accepted = plugin.FORMATS if isinstance(plugin, Check) else ()
        judged = {target for target, format in formats.items() if not accepted or format in accepted}
        if keys.targets:
            _check_targets(keys.targets, formats, judged, accepted, key, scope)
            judged &= set(keys.targets)
        checks.append((use, frozenset(judged)))
    return checks


def _check_targets(
    given: tuple[str, ...],
    formats: dict[str, str],
    judged: set[str],
    accepted: tuple[str, ...],
    key: Key,
    scope: Scope,
) -> None:
    known = table_of(scope, "target")
    for nth, target in enumerate(given):
        place = (*key, "targets", nth)
        if target not in known or known[target] is False:
            names = [name for name, value in known.items() if value is not False]
            scope.found.append(Mistake(place, f'no target "{target}"', did_you_mean(target, names)))
        elif target in formats and target not in judged:
            message = f'target "{target}" is {formats[target]}, this check judges {", ".join(accepted)}'
            scope.found.append(Mistake(place, message))


def _with_proof(
    target: TargetUse, targets: list[TargetUse], proofs: dict[str, str], scope: Scope
) -> TargetUse:
    """The target with the one put in that it is a proof of, if it is any."""
    wanted = proofs.get(target.target, "")
    if not wanted:
        return target
    others = {each.target: each for each in targets if each.target not in proofs}
    if wanted not in others:
        known = table_of(scope, "target")
        # One that has mistakes of its own is no second mistake here.
        if known.get(wanted) in (None, False) or wanted in proofs:
            what = "is a proof itself" if wanted in proofs else "is no target"
            message = f'"{wanted}" {what}, so there is nothing to show'
            scope.found.append(Mistake((*target.key, "proof"), message, did_you_mean(wanted, others)))
        return target
    return msgspec.structs.replace(target, proof=others[wanted])


def _with_checks(target: TargetUse, checks: list[tuple[Use, frozenset[str]]]) -> TargetUse:
    mine = tuple(use for use, targets in checks if target.target in targets)
    if not mine:
        return target
    return msgspec.structs.replace(target, checks=mine)
