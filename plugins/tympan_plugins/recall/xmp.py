"""Pictures that only say by IPTC properties or a C2PA manifest that a tool made them, and perhaps which.

Reads nothing. Writes nothing. Source: IPTC Photo Metadata 2025.1 (AISystemUsed and others); C2PA 2.1.
Nothing is verified: a manifest's signature is not looked at.
"""

from __future__ import annotations

from collections.abc import Mapping

from tympan import Params, Recalled, Recaller

_MADE = (
    "trainedAlgorithmicMedia",
    "compositeWithTrainedAlgorithmicMedia",
    "algorithmicMedia",
    "compositeSynthetic",
)


class Xmp(Recaller[Params]):
    """XMP with an AI system or a digital source type, or a C2PA manifest whose actions have one."""

    NAME = "xmp"
    ORDER = 90

    def recall(self, chunks: Mapping[str, str], name: str) -> Recalled | None:
        """The tool's name as it is written there, its version as model, and the prompt."""
        source = chunks.get("xmp.DigitalSourceType") or chunks.get("c2pa.digital_source_type", "")
        kind = source.rstrip("/").rsplit("/", 1)[-1]
        tool = chunks.get("xmp.AISystemUsed", "")
        if not tool and kind not in _MADE:
            return None
        tool = tool or chunks.get("c2pa.software_agent") or chunks.get("xmp.CreatorTool", "")
        return Recalled(
            tool=tool or chunks.get("c2pa.claim_generator", ""),
            prompt=chunks.get("xmp.AIPromptInformation", ""),
            model=chunks.get("xmp.AISystemVersionUsed", ""),
            options={"digital_source_type": kind} if kind else {},
        )
