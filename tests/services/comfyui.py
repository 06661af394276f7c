"""A ComfyUI server on a real socket: its queue, its cache, its WebSocket, and strict about graphs.

Reads what its clients send. Writes nothing: its folders are in memory.
"""

from __future__ import annotations

import json
import queue
import threading
import uuid
from typing import Any

from tests.services.comfyui_draw import Graph, batch, below, key_of, png
from tests.services.comfyui_nodes import INFO, error, missing_node, node_errors
from tests.services.fake import Fake, Reply, Seen
from tests.services.frames import frame, upgraded

_NO_OUTPUTS = error("prompt_no_outputs", "Prompt has no outputs")
_FAILED = error("prompt_outputs_failed_validation", "Prompt outputs failed validation")


class ComfyFake(Fake):
    """files: (type, subfolder, name) -> bytes. go: jobs run while it is set. fail: message of the next failure."""

    def __init__(self, *, websocket: bool = True, metadata: bool = True) -> None:
        super().__init__()
        self.files: dict[tuple[str, str, str], bytes] = {}
        self.go = threading.Event()
        self.go.set()
        self.fail: tuple[str, str] | None = None
        self.interrupt = False
        self.seconds = 0.0
        self.ran: list[str] = []
        self._pending: list[list[Any]] = []
        self._running: list[list[Any]] = []
        self._history: dict[str, Any] = {}
        self._cache: dict[str, list[dict[str, str]]] = {}
        self._sockets: dict[str, list[queue.Queue[bytes | None]]] = {}
        self._wake = threading.Condition(self.lock)
        self._number = 0
        self._closed = False
        get, post = "GET", "POST"
        self.route(post, "/prompt", self._prompt)
        self.route(get, "/history/([^/]+)", lambda seen: Reply(200, self._entry(seen.match[0])))
        self.route(get, "/queue", lambda seen: Reply(200, self._queue()))
        self.route(get, "/object_info", lambda seen: Reply(200, INFO))
        self.route(get, "/system_stats", lambda seen: Reply(200, STATS))
        self.route(get, "/view", self._view)
        self.route(post, "/upload/image", self._upload)
        self.route(post, "/free", lambda seen: self._free())
        if metadata:
            self.route(get, "/view_metadata/([a-z_]+)", self._metadata)
        if websocket:
            self.route(get, "/ws", self._ws)

    def __enter__(self) -> Any:
        threading.Thread(target=self._work, daemon=True).start()
        return super().__enter__()

    def __exit__(self, *ignored: object) -> None:
        self._closed = True
        self.go.set()
        with self._wake:
            self._wake.notify_all()
        super().__exit__()

    def restart(self) -> None:
        """What a restart forgets: queue, history and cache; the folders stay."""
        with self.lock:
            self._pending, self._history, self._cache = [], {}, {}

    def lose_outputs(self) -> None:
        """Somebody empties the output folder."""
        with self.lock:
            self.files = {key: data for key, data in self.files.items() if key[0] != "output"}

    def _inputs(self) -> list[str]:
        return [
            f"{folder}/{name}" if folder else name for kind, folder, name in self.files if kind == "input"
        ]

    def _input(self, name: str) -> bytes:
        folder, _, file = name.rpartition("/")
        return self.files["input", folder, file]

    def _prompt(self, seen: Seen) -> Reply:
        body = seen.json()
        if "prompt" not in body:
            return Reply(
                400,
                {"error": error("no_prompt", "No prompt provided", "No prompt provided"), "node_errors": {}},
            )
        job, graph = body.get("prompt_id", str(uuid.uuid4())), body["prompt"]
        if str(uuid.UUID(job)) != job:
            return Reply(
                400,
                {"error": error("invalid_prompt_id", "prompt_id must be a valid UUID"), "node_errors": {}},
            )
        if wrong := missing_node(graph):
            return Reply(400, {"error": wrong, "node_errors": {}})
        outputs = [name for name, node in graph.items() if INFO[node["class_type"]]["output_node"]]
        if not outputs:
            return Reply(400, {"error": _NO_OUTPUTS, "node_errors": {}})
        wrongs = node_errors(graph, self._inputs())
        good = [name for name in outputs if not set(below(graph, name)) & set(wrongs)]
        if not good:
            return Reply(400, {"error": _FAILED, "node_errors": wrongs})
        extra = {**body.get("extra_data", {}), "client_id": body.get("client_id")}
        with self._wake:
            # The same id twice is two jobs: the real server does not look.
            self._pending.append([self._number, job, graph, extra, good])
            self._number += 1
            self.charge(job, 0.0)
            self._wake.notify_all()
        self._tell("", "status", self._status())
        return Reply(200, {"prompt_id": job, "number": self._number - 1, "node_errors": wrongs})

    def _status(self) -> dict[str, Any]:
        return {"status": {"exec_info": {"queue_remaining": len(self._pending) + len(self._running)}}}

    def _queue(self) -> dict[str, Any]:
        with self.lock:
            return {"queue_running": list(self._running), "queue_pending": list(self._pending)}

    def _entry(self, job: str) -> dict[str, Any]:
        with self.lock:
            return {job: self._history[job]} if job in self._history else {}

    def _work(self) -> None:
        while not self._closed:
            self.go.wait()
            with self._wake:
                if not self._pending:
                    self._wake.wait(0.2)
                    continue
                job = self._pending.pop(0)
                self._running.append(job)
            entry = self._run(job)
            with self.lock:
                self._history[job[1]] = entry
                self._running.remove(job)
            self._tell("", "status", self._status())

    def _run(self, job: list[Any]) -> dict[str, Any]:
        _, name, graph, extra, outputs = job
        said: list[Any] = []
        client = extra.get("client_id") or ""

        def say(kind: str, **data: Any) -> None:
            if kind.startswith("execution_"):
                said.append([kind, {"prompt_id": name, **data}])
            self._tell(client, kind, {"prompt_id": name, **data})

        say("execution_start")
        keys = {node: key_of(graph, node) for node in graph}
        cached = [node for node in graph if keys[node] in self._cache]
        say("execution_cached", nodes=cached)
        found: dict[str, Any] = {}
        for node in [each for each in _ordered(graph, outputs) if each not in cached]:
            say("executing", node=node)
            if self.fail or self.interrupt:
                return {**_ended(job, found, said), "status": self._broken(job, node, say, said)}
            self._step(node, say)
            self.ran.append(f"{node}:{graph[node]['class_type']}")
            self._cache[keys[node]] = self._saved(graph, node) if node in outputs else []
        for node in outputs:
            found[node] = {"images": self._cache[keys[node]]}
            if node not in cached:
                say("executed", node=node, output=found[node])
        say("execution_success")
        say("executing", node=None)
        return _ended(job, found, said)

    def _step(self, node: str, say: Any) -> None:
        for value in (1, 2, 3):
            threading.Event().wait(self.seconds / 3)
            say("progress", node=node, value=value, max=3)
            state = {"value": value, "max": 3, "state": "finished" if value == 3 else "running"}
            say("progress_state", nodes={node: state})

    def _broken(self, job: list[Any], node: str, say: Any, said: list[Any]) -> dict[str, Any]:
        where = {"node_id": node, "node_type": job[2][node]["class_type"], "executed": []}
        if self.interrupt:
            say("execution_interrupted", **where)
        elif self.fail:
            kind, message = self.fail
            trace = ['  File "/srv/comfy/execution.py", line 496\n']
            say("execution_error", **where, exception_message=message, exception_type=kind, traceback=trace)
        self.fail, self.interrupt = None, False
        return {"status_str": "error", "completed": False, "messages": said}

    def _saved(self, graph: Graph, node: str) -> list[dict[str, str]]:
        saves = graph[node]["class_type"] == "SaveImage"
        prefix, kind = (
            (graph[node]["inputs"]["filename_prefix"], "output") if saves else ("ComfyUI_temp_x", "temp")
        )
        folder, _, stem = prefix.rpartition("/")
        found = []
        for index in range(batch(graph, node)):
            number = 1 + sum(
                key[:2] == (kind, folder) and key[2].startswith(stem + "_") for key in self.files
            )
            file = f"{stem}_{number:05}_.png"
            self.files[kind, folder, file] = png(graph, node, index, self._input)
            found.append({"filename": file, "subfolder": folder, "type": kind})
        return found

    def _view(self, seen: Seen) -> Reply:
        key = (
            seen.query.get("type", "output"),
            seen.query.get("subfolder", ""),
            seen.query.get("filename", ""),
        )
        if ".." in key[2] or key[2].startswith("/"):
            return Reply(400)
        data = self.files.get(key)
        return Reply(200, data, {"content-type": "image/png"}) if data is not None else Reply(404)

    def _upload(self, seen: Seen) -> Reply:
        parts = {part.name: part for part in seen.parts()}
        if "image" not in parts or not parts["image"].filename:
            return Reply(400)
        fields = {name: part.text for name, part in parts.items() if name != "image"}
        assert set(fields) <= {"type", "subfolder", "overwrite"}, fields
        kind, folder, name = fields.get("type", "input"), fields.get("subfolder", ""), parts["image"].filename
        data, n = parts["image"].data, 1
        stem, dot, suffix = name.rpartition(".")
        while (
            fields.get("overwrite") not in ("true", "1")
            and self.files.get((kind, folder, name), data) != data
        ):
            name, n = f"{stem} ({n}){dot}{suffix}", n + 1
        self.files[kind, folder, name] = data
        return Reply(200, {"name": name, "subfolder": folder, "type": kind})

    def _metadata(self, seen: Seen) -> Reply:
        name = seen.query.get("filename", "")
        known = {
            "sd_xl_base_1.0.safetensors": {"modelspec.hash_sha256": "0x31e3"},
            "icons-v3.safetensors": {"ss_steps": "9"},
        }
        return Reply(200, known[name]) if name in known else Reply(404)

    def _free(self) -> Reply:
        self._cache = {}
        return Reply(200)

    def _ws(self, seen: Seen) -> Reply:
        client, mine = seen.query.get("clientId", ""), queue.Queue[bytes | None]()
        with self.lock:
            self._sockets.setdefault(client, []).append(mine)
            mine.put(_message("status", {**self._status(), "sid": client}))

        def talk(connection: Any) -> None:
            while not self._closed:
                try:
                    data = mine.get(timeout=0.2)
                except queue.Empty:
                    continue
                connection.sendall(data)

        return upgraded(seen, talk)

    def _tell(self, client: str, kind: str, data: dict[str, Any]) -> None:
        with self.lock:
            for name, listening in self._sockets.items():
                for mine in listening if client in ("", name) else ():
                    if kind == "progress":
                        # A preview: type of event and of picture, then a picture.
                        mine.put(frame(b"\0\0\0\1\0\0\0\1" + b"\xff\xd8\xff"))
                    mine.put(_message(kind, data))


STATS = {
    "system": {
        "os": "posix", "comfyui_version": "0.3.64", "python_version": "3.12.3 (main, Jun 1 2026)",
        "pytorch_version": "2.9.0+cu128", "argv": ["main.py", "--listen", "secret-host"],
    },
    "devices": [{"name": "cuda:0 NVIDIA RTX 4090 : native", "type": "cuda", "index": 0, "vram_total": 1}],
}  # fmt: skip


def _message(kind: str, data: dict[str, Any]) -> bytes:
    return frame(json.dumps({"type": kind, "data": data}))


def _ended(job: list[Any], outputs: dict[str, Any], said: list[Any]) -> dict[str, Any]:
    status = {"status_str": "success", "completed": True, "messages": said}
    return {"prompt": job, "outputs": outputs, "status": status, "meta": {}}


def _ordered(graph: Graph, outputs: list[str]) -> list[str]:
    return list(dict.fromkeys(each for node in outputs for each in reversed(below(graph, node))))
