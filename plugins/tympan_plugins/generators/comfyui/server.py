"""Talking to a ComfyUI server: what it is, which models it has, what it knows of a job.

Reads nothing. Writes nothing: all calls go through the context.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

import msgspec

from tympan import BadAnswer, CallContext, CallFailed

# What the header of a safetensors file may say of its own bytes (ModelSpec 1.0.0; kohya's trainer).
_HASHES = ("modelspec.hash_sha256", "sshs_model_hash")
_FACTS = ("comfyui", "pytorch", "python", "devices", "custom_nodes")


def about_server(ctx: CallContext) -> dict[str, str]:
    """Versions and devices, as facts for the record; a server that does not say is no reason to stop."""
    try:
        found = ctx.get("/system_stats").json()
    except (CallFailed, ValueError):
        return {"comfyui": "unknown"}
    system = found.get("system") if isinstance(found, dict) else None
    facts = {}
    for name, key in (
        ("comfyui", "comfyui_version"),
        ("pytorch", "pytorch_version"),
        ("python", "python_version"),
    ):
        if isinstance(system, dict) and system.get(key):
            facts[name] = str(system[key]).split(" (")[0]
    devices = found.get("devices") if isinstance(found, dict) else None
    names = [str(each.get("name", "")) for each in devices or () if isinstance(each, dict)]
    return facts | ({"devices": ", ".join(names)} if names else {})


def about_models(ctx: CallContext, models: Iterable[tuple[str, str]]) -> dict[str, str]:
    """For each model file what its header says of its bytes, else a digest of the header, else "unknown".

    Servers do not give the digest of a file: a name alone cannot tell two versions apart.
    """
    facts = {}
    for folder, name in models:
        facts[f"model {folder}/{name}"] = "unknown"
        try:
            header = ctx.get(f"/view_metadata/{quote(folder)}", query={"filename": name}).json()
        except (CallFailed, ValueError):
            continue
        if isinstance(header, dict):
            hashes = [str(header[key]) for key in _HASHES if header.get(key)]
            whole = msgspec.json.encode(header, order="deterministic")
            facts[f"model {folder}/{name}"] = (
                hashes[0] if hashes else f"header sha256:{hashlib.sha256(whole).hexdigest()}"
            )
    return facts


def entry_of(ctx: CallContext, job: str) -> dict[str, Any] | None:
    """What the history has of a job; None while it waits or runs, or if the server does not know it."""
    found = ctx.get(f"/history/{job}").json()
    if not isinstance(found, dict):
        raise BadAnswer("the server's history is no table")
    entry = found.get(job)
    return entry if isinstance(entry, dict) else None


def is_queued(ctx: CallContext, job: str) -> bool:
    """Whether a job waits or runs."""
    found = ctx.get("/queue").json()
    if not isinstance(found, dict):
        raise BadAnswer("the server's queue is no table")
    lists = [found.get(name) or () for name in ("queue_running", "queue_pending")]
    return any(isinstance(each, list) and job in each[1:2] for one in lists for each in one)


def facts_of(entry: Mapping[str, Any]) -> dict[str, str]:
    """The facts that were sent along with a job, as the history gives them back."""
    prompt = entry.get("prompt")
    extra = prompt[3] if isinstance(prompt, list) and len(prompt) > 3 else None
    facts = extra.get("tympan") if isinstance(extra, dict) else None
    if not isinstance(facts, dict):
        return {}
    known = {name: value for name, value in facts.items() if name in _FACTS or name.startswith("model ")}
    return {name: value for name, value in known.items() if isinstance(value, str)}
