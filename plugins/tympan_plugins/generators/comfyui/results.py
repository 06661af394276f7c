"""What a ComfyUI server's history says of a job: its pictures, or why there are none.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from tympan import Answer, BadAnswer, CallFailed, Fault


class Image(dict[str, str]):
    """A file of the server: "node", "index" among that node's, "filename", "type", and "subfolder" if any."""

    @property
    def path(self) -> str:
        """Where the server shows it."""
        return "/view?" + urlencode({name: self.get(name, "") for name in ("filename", "subfolder", "type")})


def raise_if_failed(entry: Mapping[str, Any]) -> None:
    """CallFailed if a job ended without success: the node, and what it said, without the server's paths."""
    status = entry.get("status") or {}
    for kind, data in messages_of(entry):
        if kind == "execution_error":
            where = f"node {data.get('node_id')} ({data.get('node_type')})"
            name = str(data.get("exception_type", "")).rpartition(".")[2]
            said = " ".join(str(data.get("exception_message", "")).split())[:500]
            memory = "OutOfMemory" in name
            hint = "a smaller size or fewer candidates at once need less memory" if memory else ""
            raise CallFailed(f"{where}: {name}: {said}", hint=hint)
        if kind == "execution_interrupted":
            raise CallFailed("somebody interrupted the job at the server", hint="ask again")
    if status.get("status_str") not in (None, "success"):
        raise CallFailed(f"the job ended with {status.get('status_str')!r}, and the server does not say why")


def messages_of(entry: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The messages on record for a job, those that can be read."""
    for message in (entry.get("status") or {}).get("messages") or ():
        if isinstance(message, list) and len(message) == 2 and isinstance(message[1], dict):
            yield str(message[0]), message[1]


def cached_nodes(entry: Mapping[str, Any]) -> set[str]:
    """The nodes whose results the server took from an earlier job."""
    lists = [data.get("nodes") for kind, data in messages_of(entry) if kind == "execution_cached"]
    return {str(node) for nodes in lists for node in nodes or ()}


def images_of(entry: Mapping[str, Any], only: str) -> list[Image]:
    """A job's pictures by node and index: of the node `only`; else the saved ones, else previews."""
    found = []
    outputs = entry.get("outputs")
    if not isinstance(outputs, dict):
        raise BadAnswer("the server's history has a job without outputs")
    for node in sorted(outputs, key=_in_order):
        listed = outputs[node].get("images") if isinstance(outputs[node], dict) else None
        for index, each in enumerate(listed or ()):
            if not isinstance(each, dict) or not isinstance(each.get("filename"), str):
                raise BadAnswer(f"the server's history has a picture of node {node} without a name")
            words = {name: str(each[name]) for name in ("filename", "subfolder", "type") if each.get(name)}
            found.append(Image(words, node=node, index=str(index)))
    if only:
        return [image for image in found if image["node"] == only]
    return [image for image in found if image.get("type") == "output"] or found


def _in_order(node: str) -> tuple[bool, int, str]:
    return (False, int(node), "") if node.isdecimal() else (True, 0, node)


def refused(answer: Answer) -> str:
    """What a server leaves out of a job that it has taken, node by node; "" if it runs all of it."""
    found = answer.json()
    return "; ".join(_node_errors(found.get("node_errors"))) if isinstance(found, dict) else ""


def fault_of(answer: Answer) -> Fault:
    """A refusal of POST /prompt in one line: the error, then each node's errors. Tracebacks stay out."""
    try:
        body = answer.json()
    except ValueError:
        body = None
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, str):
        return Fault("failed", f"{answer.status}: {error}")
    if not isinstance(error, dict):
        text = " ".join(answer.body[:300].decode(errors="replace").split())
        return Fault("failed", f"{answer.status}: {text}" if text else str(answer.status))
    parts = list(_node_errors(body.get("node_errors")))
    if not parts:
        # The message of an error with nodes is only "Prompt outputs failed validation".
        parts = [_joined(error)]
    return Fault("failed", "; ".join(parts))


def _node_errors(errors: Any) -> Iterator[str]:
    for node, about in errors.items() if isinstance(errors, dict) else ():
        for each in about.get("errors") or ():
            yield f"node {node} ({about.get('class_type')}): {_joined(each)}"


def _joined(error: Mapping[str, Any]) -> str:
    message, details = str(error.get("message") or error.get("type") or ""), str(error.get("details") or "")
    return f"{message} ({details})" if details and details != message else message
