"""A vendor's OpenAPI file as a judge of what clients send.

Reads the files in ../shared/contracts, which are not part of the project: tests that need them skip without.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
import yaml

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = Path(os.environ.get("TYMPAN_CONTRACTS", ROOT.parent / "shared" / "contracts"))


class Contract:
    """One OpenAPI file. fields: how often each field of each call was sent; unknown: what it does not know."""

    def __init__(self, file: str) -> None:
        path = CONTRACTS / file
        text = path.read_text()
        self.document: dict[str, Any] = json.loads(text) if file.endswith(".json") else yaml.safe_load(text)
        self.calls: Counter[str] = Counter()
        self.fields: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()

    @staticmethod
    def is_here(file: str) -> bool:
        """Whether the file can be read here."""
        return (CONTRACTS / file).is_file()

    def check(self, method: str, path: str, body: Any, media: str = "application/json") -> list[str]:
        """What is wrong with a call; an unknown path or field is noted in `unknown`, not wrong."""
        found = self._operation(method, path)
        if found is None:
            self.unknown[f"{method} {path}"] += 1
            return []
        template, operation = found
        call = f"{method} {template}"
        self.calls[call] += 1
        content = self.resolve(operation.get("requestBody", {})).get("content", {})
        schema = next(
            (each.get("schema", {}) for name, each in content.items() if name.startswith(media)), None
        )
        if schema is None:
            return [] if not body else [f"{call}: {media} is not taken, only {sorted(content)}"]
        whole = self._whole(schema)
        known = set(self._properties(whole))
        for name in body if isinstance(body, dict) else ():
            self.fields[f"{call} {name}"] += 1
            if known and name not in known:
                self.unknown[f"{call} {name}"] += 1
        errors = jsonschema.Draft202012Validator(whole).iter_errors(body)
        return [f"{call}: {'.'.join(map(str, e.absolute_path))}: {e.message[:300]}" for e in errors]

    def _operation(self, method: str, path: str) -> tuple[str, dict[str, Any]] | None:
        best = None
        for template, verbs in self.document["paths"].items():
            pattern = re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(template))
            fits = re.fullmatch(f".*{pattern}", path) and method.lower() in verbs
            # The most exact one: the fewest gaps, and then the longest ("/generate" ends "/v3/generate", too).
            if fits and (best is None or _exactness(template) > _exactness(best[0])):
                best = (template, verbs[method.lower()])
        return best

    def resolve(self, schema: dict[str, Any]) -> dict[str, Any]:
        """What a `$ref` points to."""
        while "$ref" in schema:
            at: Any = self.document
            for word in schema["$ref"].removeprefix("#/").split("/"):
                at = at[word.replace("~1", "/").replace("~0", "~")]
            schema = at
        return schema

    def _whole(self, value: Any, depth: int = 0) -> Any:
        """A schema with its references put in, and OpenAPI 3.0's `nullable` as JSON Schema has it."""
        if isinstance(value, list):
            return [self._whole(each, depth + 1) for each in value]
        if not isinstance(value, dict) or depth > 24:
            return value
        value = self.resolve(value) if "$ref" in value else value
        found = {key: self._whole(each, depth + 1) for key, each in value.items()}
        if found.pop("nullable", False):
            if isinstance(found.get("type"), str):
                found["type"] = [found["type"], "null"]
            if isinstance(found.get("enum"), list):
                found["enum"] = [*found["enum"], None]
        if found.get("format") == "binary":
            return {}
        return found

    def _properties(self, schema: Any) -> list[str]:
        names = list(schema.get("properties", {}))
        for word in ("allOf", "anyOf", "oneOf"):
            for each in schema.get(word, ()):
                names += self._properties(each)
        return names


def _exactness(template: str) -> tuple[int, int]:
    return -template.count("{"), len(template)
