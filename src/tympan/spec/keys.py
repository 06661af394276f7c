"""The keys of a spec that the core itself reads; plugins bring the others through their `Params`.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from tympan import limits
from tympan.model import Control, InputPath, Lora, Reference

# What a target may wait for before its files go in place.
Requirement = Annotated[str, Meta(pattern="^(approved)$")]
_Side = Annotated[int, Meta(ge=1, le=limits.PICTURE_SIDE)]


class Head(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The top level of a spec."""

    subject: Annotated[str, Meta(description="What is to be seen.")] = ""
    title: Annotated[str, Meta(description="What people call the asset.")] = ""
    description: Annotated[str, Meta(description="What the asset says, for those who cannot see it.")] = ""
    tags: Annotated[tuple[str, ...], Meta(description="Words to find the asset by.")] = ()
    extends: Annotated[str, Meta(description="Id of a spec whose values this one starts from.")] = ""
    vars: Annotated[dict[str, Any], Meta(description="Values to be named as `{name}`.")] = {}
    text: Annotated[dict[str, Any], Meta(description="Words that the asset shows, as `{text.name}`.")] = {}
    matrix: Annotated[dict[str, Any], Meta(description="Axes; each cell of their product is a variant.")] = {}
    license: Annotated[dict[str, str], Meta(description="What is known of rights, as strings.")] = {}
    source: Annotated[dict[str, Any], Meta(description="Where candidates come from.")] = {}
    explore: Annotated[
        dict[str, Any], Meta(description="How the source is asked several times: `grid` has the axes.")
    ] = {}
    refine: Annotated[
        tuple[dict[str, Any], ...],
        Meta(description="What is done to the chosen candidate, in order."),
    ] = ()
    branch: Annotated[
        dict[str, Any],
        Meta(description="Other directions by name, each with its own `refine`; none is built."),
    ] = {}
    train: Annotated[dict[str, Any], Meta(description="A style that is trained instead of a picture.")] = {}
    policy: Annotated[dict[str, Any], Meta(description="Who may ask what costs, and how much.")] = {}
    select: Annotated[dict[str, Any], Meta(description="Which candidate goes on.")] = {}
    marks: Annotated[dict[str, Any], Meta(description="What the files say of themselves.")] = {}
    prep: Annotated[dict[str, Any], Meta(description="What is done to the picture, for all targets.")] = {}
    target: Annotated[dict[str, Any], Meta(description="What files the picture becomes, by name.")] = {}
    check: Annotated[dict[str, Any], Meta(description="What the files must pass, by check.")] = {}
    requires: Annotated[
        tuple[Requirement, ...],
        Meta(description='What every target waits for that does not say its own: `["approved"]`.'),
    ] = ()


class Source(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[source]`: a generator and the request that it is sent."""

    generator: Annotated[str, Meta(description="Name of the generator.", min_length=1)]
    model: Annotated[str, Meta(description="The generator's model, pinned.")] = ""
    prompt: Annotated[str, Meta(description="What the generator is told.")] = ""
    negative_prompt: Annotated[str, Meta(description="What the picture must not show.")] = ""
    size: Annotated[tuple[_Side, _Side], Meta(description="Width and height in px.")] = (1024, 1024)
    candidates: Annotated[int, Meta(description="How many pictures are wanted.", ge=1, le=256)] = 1
    seed: Annotated[int, Meta(description="Seed; derived from the asset's id if not given.", ge=0)] = 0
    lora: Annotated[tuple[Lora, ...], Meta(description="Trained styles, each with its weight.")] = ()
    reference: Annotated[dict[str, Reference], Meta(description="Pictures that guide, by name.")] = {}
    control: Annotated[dict[str, Control], Meta(description="Structure to follow, by name.")] = {}
    operation: Annotated[str, Meta(description="What is done to an input picture.")] = ""
    region: Annotated[InputPath, Meta(description="Mask of the part that is drawn anew.")] = ""
    options: Annotated[dict[str, Any], Meta(description="The generator's own keys.")] = {}


class Refine(Source, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[[refine]]`: a request whose input is the candidate chosen before it."""

    select: Annotated[dict[str, Any], Meta(description="Which of its candidates goes on.")] = {}


class BranchKeys(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"start": "from"}
):
    """`[branch.*]`: another direction, kept beside the one that is built."""

    start: Annotated[
        str,
        Meta(
            pattern=r"^(source|refine\.[1-9][0-9]*)$", description="The step whose selection it starts from."
        ),
    ] = "source"
    refine: Annotated[tuple[dict[str, Any], ...], Meta(description="Its own steps, in order.")] = ()


class Train(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[train]`: a style (LoRA) that a service trains on pictures of the project."""

    generator: Annotated[str, Meta(description="Name of the generator that trains.", min_length=1)]
    dataset: Annotated[
        tuple[str, ...], Meta(description="Paths below `assets/` of the pictures; `*` is understood.")
    ]
    model: Annotated[str, Meta(description="The model that the style is for.")] = ""
    trigger: Annotated[str, Meta(description="The word that a prompt names the style with.")] = ""
    options: Annotated[dict[str, Any], Meta(description="The generator's own keys for training.")] = {}


class PolicyKeys(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[policy]`: `never` asks nobody, `ask` if a verb and a budget say so, `auto` if a verb does."""

    generate: Annotated[str, Meta(pattern="^(never|ask|auto)$", description="`never`, `ask` or `auto`.")] = (
        "ask"
    )
    budget: Annotated[
        str,
        Meta(description='What the asset may cost in all, such as "0.50 EUR"; "" for no limit.'),
    ] = ""


class SelectKeys(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[select]`: who chooses, and which candidate."""

    by: Annotated[str, Meta(pattern="^(person|first)$", description="`person` or `first`.")] = "person"
    candidate: Annotated[int, Meta(ge=0, description="The chosen one, from 1; 0 while none is chosen.")] = 0


class PrepKeys(msgspec.Struct, frozen=True, kw_only=True):
    """`[prep]`: each step's own keys stand in a table of its name."""

    steps: Annotated[tuple[str, ...], Meta(description="Names of the steps, in order.")] = ()


class TargetKeys(msgspec.Struct, frozen=True, kw_only=True):
    """What every `[target.*]` may hold beside the keys of its format."""

    format: Annotated[str, Meta(description="Name of the format; the target's own name if not given.")] = ""
    output: Annotated[str, Meta(description="Pattern of the output path, instead of the project's.")] = ""
    marks: Annotated[bool, Meta(description="Whether the files say what they are, as `[marks]` has it.")] = (
        True
    )
    requires: Annotated[
        tuple[Requirement, ...],
        Meta(
            description='What its files wait for before they go in place: `["approved"]`; `[]` for nothing.'
        ),
    ] = ()
    proof: Annotated[
        str, Meta(description="Name of the target whose file is shown, through its profile.")
    ] = ""


class CheckKeys(msgspec.Struct, frozen=True, kw_only=True):
    """What every `[check.*]` may hold beside the check's own keys."""

    targets: Annotated[tuple[str, ...], Meta(description="Targets to judge; all it can if not given.")] = ()
