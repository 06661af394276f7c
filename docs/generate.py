"""Write the reference pages that come from the code: hooks, interfaces, and every plugin's keys.

Run `python docs/generate.py`; a test fails while a page differs from what this would write.
"""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import Any

import msgspec

ROOT = Path(__file__).resolve().parent.parent
HEAD = "<!-- Made by docs/generate.py from the code. Do not edit. -->\n\n"
KINDS = {
    "generator": ("Generators", "The word in `source.generator`; the keys go under `[source.options]`."),
    "map": (
        "Control maps",
        "The word in `source.control.*.map`; the keys go under `source.control.*.options`.",
    ),
    "prep_step": ("Prep steps", "The word in `prep.steps`; the keys go under `prep.<name>`."),
    "format": ("Formats", "The word in `target.*.format`; the keys go into the target's table."),
    "recaller": (
        "Recallers",
        "They know foreign pictures by what is written in them, for `tympan inbox` and `import`.",
    ),
    "descriptor": (
        "Descriptors",
        "What is measured of pictures to find drift; the word in `drift.gates`, as the project says.",
    ),
    "check": ("Checks", "The word in `[check.*]`; the keys go into that table, beside `targets`."),
}


def hooks() -> str:
    """The page of hooks and interfaces."""
    import tympan
    from tympan import hookspecs

    parts = ["# Hooks and interfaces\n\n", HEAD]
    parts.append(
        "A plugin is a module that answers some of these hooks with `@tympan.hookimpl`. An installed one names its\n"
        "module in the entry-point group `tympan`; a local one is a file in the project's `plugins/` folder.\n\n"
    )
    for name, function in vars(hookspecs).items():
        if name.startswith("tympan_"):
            parts.append(
                f"## `{name}{inspect.signature(function)}`\n\n{inspect.getdoc(function)}\n\n".replace("'", "")
            )
    for name in (
        "Generator",
        "Manual",
        "ControlMap",
        "PrepStep",
        "Format",
        "Check",
        "Descriptor",
        "Recaller",
        "Context",
    ):
        cls = getattr(tympan, name)
        parts.append(f"## `tympan.{name}`\n\n{inspect.getdoc(cls)}\n\n")
        for word, member in vars(cls).items():
            if inspect.isfunction(member) and not word.startswith("_"):
                signature = str(inspect.signature(member)).replace("'", "")
                parts.append(f"- `{word}{signature}`: {' '.join((inspect.getdoc(member) or '').split())}\n")
        parts.append("\n")
    return "".join(parts).rstrip() + "\n"


def plugins() -> str:
    """The page of all first-party plugins and their keys."""
    from tympan.files import Files
    from tympan.plugins import Plugins

    loaded = Plugins(Files(ROOT), "plugins", trusted=False)
    parts = ["# Plugins and their keys\n\n", HEAD]
    for kind, (title, words) in KINDS.items():
        parts.append(f"## {title}\n\n{words}\n\n")
        for found in loaded.all():
            if found.kind == kind and found.cls.__module__.startswith("tympan_plugins"):
                parts.append(_plugin(found.cls))
    parts.append("## Profiles\n\n")
    for name in loaded.profile_names():
        profile = loaded.profile(name)
        parts.append(f"- `{name}`: {profile.description} Licence: {profile.licence}.\n")
    return "".join(parts).rstrip() + "\n"


def _plugin(cls: type[Any]) -> str:
    lines = [f"### `{cls.NAME}`\n\n{inspect.getdoc(cls)}\n\n"]
    fields = msgspec.inspect.type_info(cls.Params).fields  # type: ignore[union-attr]
    schema = msgspec.json.schema(cls.Params)["$defs"].get(cls.Params.__name__, {}).get("properties", {})
    if fields:
        lines.append("| key | type | default | |\n|---|---|---|---|\n")
    for field in fields:
        about = schema.get(field.encode_name, {})
        default = "required" if field.required else f"`{msgspec.json.encode(_default(field)).decode()}`"
        lines.append(
            f"| `{field.encode_name}` | {_type(about)} | {default} | {about.get('description', '')}{_bounds(about)} |\n"
        )
    return "".join(lines) + "\n"


def _default(field: Any) -> Any:
    return field.default_factory() if field.default is msgspec.NODEFAULT else field.default


def _type(about: dict[str, Any]) -> str:
    if "anyOf" in about:
        # What may be left out: the other type says what it is.
        about = next(each for each in about["anyOf"] if each.get("type") != "null")
    word = about.get("type", "string" if "enum" in about else "table")
    if word == "array":
        items = about.get("items")
        return f"array of {_type(items)}" if isinstance(items, dict) and items else "array"
    if word == "object":
        return "table"
    return {"number": "float"}.get(word, word)


def _bounds(about: dict[str, Any]) -> str:
    about = next((each for each in about.get("anyOf", ()) if each.get("type") != "null"), about)
    words = {"minimum": "from", "maximum": "to", "exclusiveMinimum": "above", "exclusiveMaximum": "below"}
    bounds = [f"{word} {about[key]}" for key, word in words.items() if key in about]
    if "enum" in about:
        bounds.append("one of " + ", ".join(f"`{each}`" for each in about["enum"]))
    return f" ({', '.join(bounds)})" if bounds else ""


def commands() -> str:
    """The page of all verbs of the command line."""
    import click

    from tympan.cli import VERBS, tympan

    place = (
        "`tympan -C DIR VERB ...` works in another folder; files that the line itself names are looked for "
        "where you are.\n\n"
    )
    parts = ["# Commands\n\n", HEAD, place]
    root = click.Context(tympan, info_name="tympan")
    for verb in VERBS:
        command = tympan.get_command(root, verb)
        assert command
        ctx = click.Context(command, info_name=verb, parent=root)
        usage = " ".join(command.collect_usage_pieces(ctx)).removeprefix("[OPTIONS]").strip()
        parts.append(f"## `tympan {f'{verb} {usage}'.strip()}`\n\n{inspect.cleandoc(command.help or '')}\n\n")
        for parameter in command.params:
            if isinstance(parameter, click.Option) and not parameter.hidden:
                names = ", ".join(f"`{name}`" for name in parameter.opts)
                parts.append(f"- {names}: {parameter.help}\n")
        parts.append("\n")
    return "".join(parts).rstrip().replace("\n\n\n", "\n\n") + "\n"


PAGES = {
    "docs/reference/commands.md": commands,
    "docs/reference/hooks.md": hooks,
    "docs/reference/plugins.md": plugins,
}

if __name__ == "__main__":
    for page, make in PAGES.items():
        (ROOT / page).write_text(make())
        sys.stdout.write(f"{page}\n")
