"""Handing the plan to doit: one task an action, doit schedules, our record decides.

Reads the plan. Writes nothing: doit's own database is replaced by one that forgets.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from doit.cmd_base import TaskLoader2
from doit.doit_cmd import DoitMain
from doit.exceptions import TaskFailed
from doit.task import dict_to_task

from tympan import together
from tympan.build import Build
from tympan.errors import TympanError
from tympan.plan.decide import BLOCKED
from tympan.plan.graph import Node

# So many pictures for each worker keep all of them busy until the end.
_MANY = 8


class NoDatabase:
    """A doit back end that forgets: the record of tympan is the truth."""

    def __init__(self, name: str, codec: object, module_name: str | None = None) -> None:
        self.name = name
        self._values: dict[str, dict[str, Any]] = {}

    def dump(self) -> None:
        """Nothing is kept."""

    def set(self, task_id: str, dependency: str, value: Any) -> None:
        """Keep a value while this run lasts."""
        self._values.setdefault(task_id, {})[dependency] = value

    def get(self, task_id: str, dependency: str) -> Any:
        """A value of this run, else None."""
        return self._values.get(task_id, {}).get(dependency)

    def in_(self, task_id: str) -> bool:
        """Whether this run set anything for the task."""
        return task_id in self._values

    def remove(self, task_id: str) -> None:
        """Drop a task's values."""
        self._values.pop(task_id, None)

    def remove_all(self) -> None:
        """Drop all values."""
        self._values = {}


class _UpToDate:
    """doit's question about one action; its text is what `doit info` shows."""

    # doit looks every callable's signature up; told, it does not have to find out.
    __signature__ = inspect.Signature()

    def __init__(self, build: Build, node: Node, needed: Callable[[], set[str]]) -> None:
        self._build, self._node, self._needed = build, node, needed

    def __call__(self) -> bool:
        if self._node.kind != "write":
            return self._node.id not in self._needed()
        decision = self._build.planner.decide(self._node)
        return decision.verdict in BLOCKED or self._build.is_done(self._node)

    def __repr__(self) -> str:
        return "; ".join(self._build.planner.reasons(self._node)) or "an output needs it"


def _act(build: Build, node: Node) -> Callable[[], TaskFailed | None]:
    def perform() -> TaskFailed | None:
        try:
            build.perform(node)
        except TympanError as error:
            return TaskFailed(str(error), report=False)
        return None

    perform.__signature__ = inspect.Signature()  # type: ignore[attr-defined]
    return perform


def tasks_of(build: Build, nodes: Iterable[Node]) -> Iterator[dict[str, Any]]:
    """doit's tasks for these actions. Names: `icon:home:svg`, `icon:home.dark:svg`, `_source:icon/home`.

    An asset with variants also has a task without actions for each target, which stands for all of them.
    """
    nodes = list(nodes)
    here = {node.id for node in nodes}
    found: list[set[str]] = []

    def needed() -> set[str]:
        if not found:
            found.append({node.id for node in build.planner.runs(node for node in nodes if node.target)})
        return found[0]

    for node in nodes:
        folder, _, name = node.id.partition(":")
        blocked = build.planner.decide(node).verdict in BLOCKED if node.target else False
        yield {
            "basename": folder,
            "name": name,
            "doc": f"{node.target.name} of {node.asset}" if node.target else f"{node.kind} of {node.asset}",
            "actions": [] if blocked else [_act(build, node)],
            "uptodate": [_UpToDate(build, node, needed)],
            "targets": [] if blocked else list(node.outputs.values()),
            "task_dep": [node.upstream] if node.upstream in here else [],
            "clean": True,
            # Capturing would swap sys.stdout under the threads of a parallel run.
            "io": {"capture": False},
        }
    yield from _groups(node for node in nodes if node.target and node.variant.name)


def _groups(nodes: Iterable[Node]) -> Iterator[dict[str, Any]]:
    members: dict[str, list[Node]] = {}
    for node in nodes:
        members.setdefault(node.group, []).append(node)
    for group, several in members.items():
        folder, _, name = group.partition(":")
        first = several[0].target
        yield {
            "basename": folder,
            "name": name,
            "doc": f"{first.name if first else ''} of {several[0].asset}, all variants",
            "actions": None,
            "task_dep": [node.id for node in several],
        }


class _Loader(TaskLoader2):  # type: ignore[misc]
    def __init__(self, tasks: Iterable[dict[str, Any]], settings: dict[str, Any]) -> None:
        super().__init__()
        self._tasks, self._settings = tasks, settings

    def setup(self, opt_values: dict[str, Any]) -> None:
        """Nothing to set up."""

    def load_doit_config(self) -> dict[str, Any]:
        return self._settings

    def load_tasks(self, cmd: object, pos_args: object) -> list[Any]:
        tasks = []
        for task in self._tasks:
            name = f"{task.pop('basename')}:{task['name']}"
            tasks.append(dict_to_task({**task, "name": name}))
        return tasks


def batches_of(build: Build, nodes: Iterable[Node], *, keep_going: bool) -> Iterator[dict[str, Any]]:
    """doit's tasks for many targets: one for all targets of a prepared picture, which it makes first.

    With thousands of small targets the hand-over between doit's threads would cost more than the work.
    """
    batches: dict[str, list[Node]] = {}
    for node in nodes:
        if node.target:
            batches.setdefault(node.upstream, []).append(node)
    for name, targets in batches.items():
        yield {
            "basename": "_batch",
            "name": name,
            "actions": [_act_on_all(build, targets, keep_going)],
            "uptodate": [False],
            "io": {"capture": False},
        }


def _act_on_all(build: Build, nodes: list[Node], keep_going: bool) -> Callable[[], TaskFailed | None]:
    def perform() -> TaskFailed | None:
        error = together.perform(build, nodes, keep_going=keep_going)
        return TaskFailed(str(error), report=False) if error else None

    perform.__signature__ = inspect.Signature()  # type: ignore[attr-defined]
    return perform


def run(build: Build, nodes: Iterable[Node], settings: dict[str, Any], *, jobs: int, keep_going: bool) -> int:
    """Let doit run these actions in order of need; 0 if all went well, else doit's code."""
    nodes = list(nodes)
    pictures = {node.upstream for node in nodes if node.target}
    many = len(pictures) >= _MANY * jobs
    tasks = batches_of(build, nodes, keep_going=keep_going) if many else tasks_of(build, nodes)
    settings = {**settings, "num_process": jobs if jobs > 1 else 0}
    main = DoitMain(_Loader(tasks, settings), config_filenames=())
    return int(main.run(["run", *(["--continue"] if keep_going else [])]))
