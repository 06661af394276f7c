"""The marks as a value, what a project wants of them, and how both come together.

Reads nothing. Writes nothing. Source of the names: IPTC Photo Metadata Standard 2025.1; IPTC NewsCodes,
digitalsourcetype; PLUS LDF, DataMining.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

# Terms of the vocabulary digitalsourcetype, and what they mean in a few words.
SOURCE_TYPES = {
    "trainedAlgorithmicMedia": "made by a model that was trained on pictures (generative AI)",
    "compositeWithTrainedAlgorithmicMedia": "a picture that generative AI has changed or added to",
    "algorithmicMedia": "made by an algorithm that was not trained on anything",
    "compositeSynthetic": "composed of pictures of which at least one is synthetic",
    "composite": "composed of several pictures",
    "compositeCapture": "composed of several photographs",
    "computationalCapture": "a photograph put together by the camera's computer",
    "dataDrivenMedia": "drawn from data",
    "digitalArt": "drawn by a person with digital tools",
    "digitalCapture": "a digital photograph",
    "digitalCreation": "made by a person with digital tools",
    "humanEdits": "edited by a person",
    "negativeFilm": "scanned from a negative",
    "positiveFilm": "scanned from a slide",
    "print": "scanned from a print",
    "screenCapture": "a picture of a screen",
    "virtualRecording": "recorded from a virtual place",
}
# Those that say that generative AI had a part.
AI_TYPES = ("trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "compositeSynthetic")
_MINING = (
    "", "unspecified", "allowed", "prohibited", "prohibited-aimltraining", "prohibited-genaimltraining",
    "prohibited-exceptsearchengineindexing",
)  # fmt: skip
_Line = Annotated[str, Meta(max_length=2_000)]


class MarksKeys(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[marks]`: what files say of themselves; the spec's keys go before the project's."""

    xmp: Annotated[bool, Meta(description="Write marks into files.")] = True
    carry: Annotated[bool, Meta(description="Carry on what the source says of itself.")] = True
    source_type: Annotated[
        str,
        Meta(
            pattern=f"^({'|'.join(['', *SOURCE_TYPES])})$",
            description="Term of IPTC's digital source types; else what the generator and the source say.",
        ),
    ] = ""
    system: Annotated[_Line, Meta(description="AI system that was used; else what the generator says.")] = ""
    system_version: Annotated[_Line, Meta(description="Its version; else the model of the request.")] = ""
    data_mining: Annotated[
        str,
        Meta(
            pattern=f"^({'|'.join(_MINING)})$",
            description="What PLUS says of data mining, as `prohibited-aimltraining`; empty says nothing.",
        ),
    ] = ""
    prompt: Annotated[bool, Meta(description="Write the prompt into files; clients will read it.")] = False
    creator: Annotated[_Line, Meta(description="Who made the picture.")] = ""
    credit: Annotated[_Line, Meta(description="What is to stand beside the picture.")] = ""
    rights: Annotated[_Line, Meta(description="Copyright notice.")] = ""
    usage_terms: Annotated[_Line, Meta(description="What may be done with the picture.")] = ""


class Marks(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a file says of itself; "" where it says nothing.

    source_type: a key of SOURCE_TYPES, or whatever another tool wrote. system, system_version: the AI used.
    data_mining: the end of a PLUS term in lower case, as in `MarksKeys`. asset, variant: names in tympan.
    request: the key of the request that the picture came of, as the lock has it.
    """

    source_type: str = ""
    system: str = ""
    system_version: str = ""
    prompt: str = ""
    data_mining: str = ""
    creator: str = ""
    credit: str = ""
    rights: str = ""
    usage_terms: str = ""
    asset: str = ""
    variant: str = ""
    request: str = ""

    def __bool__(self) -> bool:
        """Whether anything is said at all."""
        return any(getattr(self, name) for name in self.__struct_fields__)


class Wanted(Marks, frozen=True, kw_only=True, omit_defaults=True):
    """The marks that a target is to have, before it is known what its source says.

    made: the generator's idea of the source type, if neither spec nor source know better. carry: whether
    what the source says goes on; with_prompt: its prompt as well.
    """

    made: str = ""
    carry: bool = True
    with_prompt: bool = False


# The system and its version are one statement, as are the two kinds of terms.
_CARRIED = ("data_mining", "creator", "credit", "rights", "usage_terms")


def merged(wanted: Wanted, found: Marks) -> Marks:
    """The marks of a file: what is wanted goes before what the source says, and that before a guess."""
    said = {name: getattr(wanted, name) for name in Marks.__struct_fields__}
    if not wanted.carry:
        found = Marks()
    said["source_type"] = wanted.source_type or found.source_type or wanted.made
    if not wanted.system:
        said |= {"system": found.system, "system_version": wanted.system_version or found.system_version}
    if wanted.with_prompt:
        said["prompt"] = wanted.prompt or found.prompt
    for name in _CARRIED:
        said[name] = said[name] or getattr(found, name)
    return Marks(**said)
