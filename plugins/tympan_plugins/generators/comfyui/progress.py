"""How far a job is, from the messages of ComfyUI's WebSocket.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

# Messages after which the history has the job, as ComfyUI's execution.py sends them.
_ENDS = ("execution_success", "execution_error", "execution_interrupted")


class Progress:
    """What has been heard of a job. nodes: id and class of each.

    share: 0 to 1; text: the class of the node that runs; over: whether the job has ended.
    """

    def __init__(self, job: str, nodes: Iterable[tuple[str, str]]) -> None:
        self._job = job
        self._classes = dict(nodes)
        self._done: dict[str, float] = {}
        self.text = ""
        self.over = False

    @property
    def share(self) -> float:
        """How much of the job is done, by nodes: servers do not say how long a node takes."""
        return min(1.0, sum(self._done.values()) / max(1, len(self._classes)))

    def hear(self, message: str | bytes) -> bool:
        """Take in one message; whether it was of this job. Previews, which are bytes, change nothing."""
        if isinstance(message, bytes):
            return False
        try:
            found = msgspec.json.decode(message)
        except (ValueError, RecursionError):
            return False
        kind, data = (found.get("type"), found.get("data")) if isinstance(found, dict) else ("", None)
        if not isinstance(data, dict):
            return False
        if kind == "status" and _remaining(data) == 0:
            # Said to whoever comes: nothing waits and nothing runs, so that ours has ended too.
            self.over = True
        if data.get("prompt_id") != self._job:
            return False
        if kind in _ENDS or (kind == "executing" and data.get("node") is None):
            self.over = True
        elif kind == "executing":
            self._runs(str(data["node"]))
        elif kind == "execution_cached":
            self._done |= {str(node): 1.0 for node in data.get("nodes") or ()}
        elif kind == "executed":
            self._done[str(data.get("node"))] = 1.0
        elif kind == "progress":
            self._counts(str(data.get("node")), data)
        elif kind == "progress_state" and isinstance(data.get("nodes"), dict):
            for node, each in data["nodes"].items():
                self._counts(str(node), each)
        return True

    def _runs(self, node: str) -> None:
        # Nodes run one after the other: what ran before this one is done.
        if self.text:
            self._done |= dict.fromkeys((name for name, share in self._done.items() if name != node), 1.0)
        self._done.setdefault(node, 0.0)
        self.text = self._classes.get(node, "")

    def _counts(self, node: str, data: Any) -> None:
        value, most = (data.get("value"), data.get("max")) if isinstance(data, dict) else (None, None)
        if isinstance(value, int | float) and isinstance(most, int | float) and most > 0:
            self._done[node] = max(self._done.get(node, 0.0), min(1.0, value / most))
            if data.get("state") == "running":
                self.text = self._classes.get(node, "")


def _remaining(data: Any) -> Any:
    try:
        return data["status"]["exec_info"]["queue_remaining"]
    except (KeyError, TypeError):
        return None
