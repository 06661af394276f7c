"""JSON Schema of a spec, from the keys of the core and the `Params` of the installed plugins.

Reads nothing. Writes nothing.

Draft-07 without null, anyOf or oneOf: taplo answers a failed branch with one message for each branch,
and TOML has no null. So keys of all generators stand together in `source.options`, and keys of all
formats in every `[target.*]`; `tympan check` knows which belong to whom. Nothing is required, because
every key may be inherited. Any value of a plugin's table may be a table instead, localised by a matrix
axis. A number that is given as `"{name}"` is not understood by editors.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from tympan.marks import MarksKeys
from tympan.plugin import Plugin
from tympan.spec.keys import (
    CheckKeys,
    Head,
    PolicyKeys,
    PrepKeys,
    Refine,
    SelectKeys,
    Source,
    TargetKeys,
    Train,
)
from tympan.spec.resolved import Catalogue

Schema = dict[str, Any]

_KEPT = (
    "type", "description", "default", "enum", "pattern", "minimum", "maximum", "exclusiveMinimum",
    "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "minItems", "maxItems",
)  # fmt: skip
_DROPPED = " `false` drops an inherited one."


def spec_schema(catalogue: Catalogue) -> Schema:
    """The schema of specs and `_defaults.toml` files, for these plugins; keys in a fixed order."""
    head = _of(Head, localised=False)
    properties = head["properties"]
    properties["matrix"]["additionalProperties"] = {"type": "array", "items": {"type": ["string", "integer"]}}
    properties["source"] |= _source(catalogue, Source)
    refine = _source(catalogue, Refine)
    refine["properties"]["select"] |= _of(SelectKeys)
    properties["refine"] = {
        "type": "array",
        "items": refine,
        "description": properties["refine"]["description"],
    }
    properties["train"] |= _source(catalogue, Train)
    properties["policy"] |= _of(PolicyKeys)
    properties["select"] |= _of(SelectKeys)
    properties["marks"] |= _of(MarksKeys)
    properties["prep"] |= _prep(catalogue)
    properties["target"] |= _targets(catalogue)
    properties["check"] |= _checks(catalogue)
    return {"$schema": "http://json-schema.org/draft-07/schema#", "title": "A spec of tympan", **head}


def _source(catalogue: Catalogue, kind: type[msgspec.Struct]) -> Schema:
    source = _of(kind)
    source["properties"]["generator"]["enum"] = sorted(catalogue.names("generator"))
    own = _merged(_of(cls.Params) for cls in _plugins(catalogue, "generator"))
    source["properties"]["options"] |= _closed(own)
    if "control" in source["properties"]:
        control = source["properties"]["control"]["additionalProperties"]["properties"]
        control["map"]["enum"] = ["", *sorted(catalogue.names("map"))]
        control["options"] |= _closed(_merged(_of(cls.Params) for cls in _plugins(catalogue, "map")))
    return source


def _prep(catalogue: Catalogue) -> Schema:
    names = {"type": "array", "items": {"type": "string", "enum": sorted(catalogue.names("prep_step"))}}
    add = {"description": "Steps after the inherited ones.", **names}
    steps = _of(PrepKeys)["properties"]["steps"] | names | _closed({"add": add})
    steps["type"] = ["array", "object"]
    steps["description"] += " `steps.add` appends to those inherited."
    own = {cls.NAME: _of(cls.Params) for cls in _plugins(catalogue, "prep_step")}
    return _closed({"steps": steps, **own})


def _targets(catalogue: Catalogue) -> Schema:
    common = _of(TargetKeys)["properties"]
    common["format"]["enum"] = sorted(catalogue.names("format"))
    own = _merged(_of(cls.Params) for cls in _plugins(catalogue, "format"))
    target = _closed({**own, **common})
    target["type"] = ["object", "boolean"]
    target["description"] = "Files of one format." + _DROPPED
    return {"type": "object", "additionalProperties": target}


def _checks(catalogue: Catalogue) -> Schema:
    checks: Schema = {}
    for cls in _plugins(catalogue, "check"):
        check = _closed({**_of(cls.Params)["properties"], **_of(CheckKeys)["properties"]})
        check["type"] = ["object", "boolean"]
        check["description"] = f"The check `{cls.NAME}`." + _DROPPED
        checks[cls.NAME] = check
    return _closed(checks)


def _plugins(catalogue: Catalogue, kind: str) -> list[type[Plugin[Any]]]:
    found = (catalogue.find(kind, name) for name in sorted(catalogue.names(kind)))
    return [cls for cls in found if cls]


def _closed(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _merged(schemas: Iterable[Schema]) -> Schema:
    """The properties of several tables as one; a key that two give other values takes either type."""
    merged: Schema = {}
    for schema in schemas:
        for name, value in schema["properties"].items():
            merged[name] = _either([merged[name], value]) if name in merged else value
    return merged


def _of(kind: type[msgspec.Struct], *, localised: bool = True) -> Schema:
    (schema,), named = msgspec.json.schema_components([kind], ref_template="{name}")
    plain = _plain(schema, named, ())
    return _localised(plain) if localised else plain


def _localised(schema: Schema) -> Schema:
    """The same table, each of whose values may be a table of values."""
    if "properties" in schema:
        schema["properties"] = {name: _localised(below) for name, below in schema["properties"].items()}
    elif isinstance(schema.get("additionalProperties"), dict):
        schema["additionalProperties"] = _localised(schema["additionalProperties"])
    elif isinstance(schema.get("type"), str) and schema["type"] != "object" and "enum" not in schema:
        return {**schema, "type": [schema["type"], "object"], "additionalProperties": True}
    return schema


def _plain(schema: Schema, named: Schema, above: tuple[str, ...]) -> Schema:
    """A schema of msgspec's without references and without what editors trip over."""
    if "$ref" in schema:
        name = schema["$ref"]
        if name in above:
            return {}
        return _plain(named[name], named, (*above, name)) | _described(schema)
    if "anyOf" in schema:
        return _either([_plain(one, named, above) for one in schema["anyOf"]]) | _described(schema)
    plain = {key: schema[key] for key in _KEPT if key in schema and schema[key] not in ("", [], {})}
    if "pattern" in plain:
        # A reference is no colour yet.
        plain["pattern"] = f"({plain['pattern']})|[{{]"
    if "properties" in schema:
        below = {name: _plain(one, named, above) for name, one in schema["properties"].items()}
        plain |= {"properties": below, "additionalProperties": schema.get("additionalProperties", True)}
    elif isinstance(schema.get("additionalProperties"), dict):
        plain["additionalProperties"] = _plain(schema["additionalProperties"], named, above)
    elif schema.get("type") == "object":
        # tombi takes silence for "closed".
        plain["additionalProperties"] = True
    if "prefixItems" in schema:
        plain["items"] = _either([_plain(one, named, above) for one in schema["prefixItems"]])
    elif isinstance(schema.get("items"), dict):
        plain["items"] = _plain(schema["items"], named, above)
    return plain


def _described(schema: Schema) -> Schema:
    return {
        key: schema[key] for key in ("description", "default") if schema.get(key) not in (None, "", [], {})
    }


def _either(schemas: list[Schema]) -> Schema:
    """One schema for values of any of several: their types, and what they all say alike."""
    schemas = [schema for schema in schemas if schema.get("type") != "null"]
    first = schemas[0] if schemas else {}
    same = {key: value for key, value in first.items() if all(one.get(key) == value for one in schemas)}
    types: list[str] = []
    for schema in schemas:
        kind = schema.get("type", [])
        types += [one for one in ([kind] if isinstance(kind, str) else kind) if one not in types]
    if "type" not in same and types and all("type" in schema for schema in schemas):
        same["type"] = types
    return same
