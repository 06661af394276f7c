"""What a source says of itself: kept beside its picture, and what of it is lost on the way into a file.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from tympan.marks.read import Said
from tympan.marks.said import AI_TYPES, Marks, Wanted, merged

_PREFIX = "marks."
# Which asset a source was in another project is no matter of this one.
_NAMES = tuple(name for name in Marks.__struct_fields__ if name not in ("asset", "variant", "request"))


def to_facts(said: Said) -> dict[str, str]:
    """What a source says, as facts of the picture that is made of it; none if it says nothing."""
    facts = {f"{_PREFIX}{name}": getattr(said.marks, name) for name in _NAMES}
    facts |= {f"{_PREFIX}signed": said.signed, f"{_PREFIX}texts": ", ".join(said.texts)}
    return {name: text for name, text in facts.items() if text}


def from_facts(facts: Mapping[str, str]) -> Said:
    """What `to_facts` was given, without the others."""
    own = {name: facts.get(f"{_PREFIX}{name}", "") for name in _NAMES}
    texts = facts.get(f"{_PREFIX}texts", "")
    return Said(
        marks=Marks(**own),
        signed=facts.get(f"{_PREFIX}signed", ""),
        texts=tuple(texts.split(", ")) if texts else (),
    )


def losses(said: Said, wanted: Wanted | None, why_not: str) -> tuple[str, ...]:
    """What of a source's marks a file does not keep, one sentence each, beginning with "marks:".

    wanted: None if the file has no marks at all, and `why_not` says why.
    """
    if wanted is None or not wanted.carry:
        reason = why_not if wanted is None else "carry = false"
        return (f"marks: its source says {_words(said)}, its files do not: {reason}",) if _words(said) else ()
    kept, found = merged(wanted, said.marks), []
    if said.signed:
        found.append(
            f"marks: its source has a C2PA manifest of {said.signed}, and no file made from it can keep it; "
            "what it says of the source type is written as XMP"
        )
    if said.texts and not kept.source_type:
        found.append(
            f"marks: its source says how it was made ({', '.join(said.texts)}), its files do not: "
            "[marks] source_type of the spec can say what it is"
        )
    if said.marks.source_type in AI_TYPES and kept.source_type not in AI_TYPES:
        found.append(f"marks: its source says {said.marks.source_type}, its spec {kept.source_type}")
    return tuple(found)


def _words(said: Said) -> str:
    texts = (said.marks.source_type, said.marks.creator, said.marks.credit, said.marks.rights)
    parts = [*texts, *([f"a C2PA manifest of {said.signed}"] if said.signed else []), *said.texts]
    return ", ".join(part for part in parts if part)
