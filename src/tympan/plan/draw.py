"""A chart as text that other tools draw: Mermaid, Graphviz, JSON.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import re

import msgspec

from tympan.plan.chart import VERDICTS, Box, Chart

# Verdict -> ground, edge, ink; dark enough on its ground to be read (WCAG AA).
COLOURS = {
    "compute": ("#fff0dc", "#d97a16", "#8f4a00"),
    "waits": ("#fbf5d5", "#bfa024", "#705800"),
    "restore": ("#e7effc", "#3f78d6", "#1d4b9c"),
    "untrusted": ("#fde8e8", "#d24545", "#9c1f1f"),
    "unselected": ("#f2eafb", "#8d58c9", "#5f2ca0"),
    "held": ("#fdeaf3", "#c94f8a", "#8f2459"),
    "gated": ("#e4f4f4", "#2f9296", "#145f63"),
    "fresh": ("#e8f5ec", "#45a368", "#1b663a"),
    "": ("#ffffff", "#aab2bf", "#4d5766"),
}
_SHAPES = {
    "input": ("[/", "/]"),
    "source": ("([", "])"),
    "prepare": ("[", "]"),
    "target": ("[", "]"),
    "output": ("(", ")"),
}
_DOT_SHAPES = {"input": "note", "source": "ellipse", "output": "box", "prepare": "box", "target": "box"}
_PLAIN = re.compile(r"[^\w ./:,()*+·×-]")


def words(box: Box) -> list[str]:
    """The one or two lines of a box."""
    below = [each for each in (box.about, box.standing) if each]
    label = f"{box.of} × {box.label}" if box.of > 1 and not box.label.startswith(f"{box.of} ") else box.label
    return [label, " · ".join(below)] if below else [label]


def mermaid(chart: Chart) -> str:
    """A Mermaid flowchart."""
    lines = ["flowchart LR"]
    names = {box.id: f"n{n}" for n, box in enumerate(chart.boxes)}
    for box in chart.boxes:
        start, end = _SHAPES[box.kind]
        text = "<br/>".join(map(_for_mermaid, words(box)))
        lines.append(f'  {names[box.id]}{start}"{text}"{end}:::{box.verdict or "input"}')
    lines += [f"  {names[arrow.start]} --> {names[arrow.end]}" for arrow in chart.arrows]
    used = {box.verdict for box in chart.boxes}
    for word in ("", *VERDICTS):
        if word in used:
            ground, edge, ink = COLOURS[word]
            lines.append(f"  classDef {word or 'input'} fill:{ground},stroke:{edge},color:{ink}")
    return "\n".join([*lines, *([f"  %% {chart.note}"] if chart.note else ())]) + "\n"


def dot(chart: Chart) -> str:
    """A Graphviz digraph."""
    lines = ["digraph tympan {", "  rankdir=LR", '  node [style="filled,rounded", fontname="sans-serif"]']
    for box in chart.boxes:
        ground, edge, ink = COLOURS[box.verdict]
        text = "\\n".join(map(_for_dot, words(box)))
        look = f'shape={_DOT_SHAPES[box.kind]}, fillcolor="{ground}", color="{edge}", fontcolor="{ink}"'
        lines.append(f'  "{_for_dot(box.id)}" [label="{text}", class="{box.verdict or "input"}", {look}]')
    lines += [f'  "{_for_dot(arrow.start)}" -> "{_for_dot(arrow.end)}"' for arrow in chart.arrows]
    return "\n".join([*lines, *([f"  // {chart.note}"] if chart.note else ()), "}"]) + "\n"


def as_json(chart: Chart) -> str:
    """All boxes and arrows as JSON, each box with its gravest verdict too."""
    boxes = [{**msgspec.to_builtins(box), "verdict": box.verdict} for box in chart.boxes]
    body = msgspec.json.encode({"boxes": boxes, "arrows": chart.arrows})
    return msgspec.json.format(body, indent=2).decode() + "\n"


def _for_mermaid(text: str) -> str:
    """Everything that Mermaid, its Markdown or the HTML behind it may read as a sign, as a number."""
    return _PLAIN.sub(lambda found: f"#{ord(found.group())};", text)


def _for_dot(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
