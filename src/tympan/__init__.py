"""tympan builds design assets the way make builds programs: these are its public names.

Reads nothing. Writes nothing. Names load when they are first used, so that `import tympan` costs nothing.
"""

from __future__ import annotations

# As typing has it: importing that takes half as long as starting Python.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from tympan.descriptor import Descriptor
    from tympan.errors import BadAnswer, CallBlocked, CallFailed, IntakeError, StepFailed, Unreachable
    from tympan.hookspecs import hookimpl
    from tympan.marks import pdf_metadata, read_marks, svg_with_marks
    from tympan.model import (
        Candidate,
        Colour,
        Control,
        Cost,
        File,
        Finding,
        InputPath,
        Lora,
        Measured,
        ModelInfo,
        Params,
        Pending,
        Picture,
        Profile,
        ProfileName,
        Reference,
        Request,
        Ticket,
    )
    from tympan.outside import Absent, Answer, Claim, Fault, Instruction, Recalled
    from tympan.plugin import (
        CallContext,
        Check,
        Context,
        ControlMap,
        Format,
        Generator,
        Manual,
        PrepStep,
        Recaller,
        Service,
        Upload,
    )
    from tympan.profiles import srgb_profile
    from tympan.svg import clean_svg, parse_svg, svg_number, svg_size, svg_viewbox, write_svg
    from tympan.versions import version_of

_ROOMS = {
    "tympan.descriptor": ("Descriptor",),
    "tympan.errors": (
        "BadAnswer", "CallBlocked", "CallFailed", "IntakeError", "StepFailed", "Unreachable",
    ),
    "tympan.hookspecs": ("hookimpl",),
    "tympan.marks": ("pdf_metadata", "read_marks", "svg_with_marks"),
    "tympan.model": (
        "Candidate", "Colour", "Control", "Cost", "File", "Finding",
        "InputPath", "Lora", "Measured", "ModelInfo", "Params", "Pending", "Picture", "Profile",
        "ProfileName", "Reference", "Request", "Ticket",
    ),
    "tympan.outside": ("Absent", "Answer", "Claim", "Fault", "Instruction", "Recalled"),
    "tympan.plugin": (
        "CallContext", "Check", "Context", "ControlMap", "Format", "Generator", "Manual",
        "PrepStep", "Recaller", "Service", "Upload",
    ),
    "tympan.profiles": ("srgb_profile",),
    "tympan.svg": ("clean_svg", "parse_svg", "svg_number", "svg_size", "svg_viewbox", "write_svg"),
    "tympan.versions": ("version_of",),
}  # fmt: skip
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}

__all__ = [
    "Absent", "Answer", "BadAnswer", "CallBlocked", "CallContext", "CallFailed", "Candidate", "Check",
    "Claim", "Colour", "Context", "Control", "ControlMap", "Cost", "Descriptor", "Fault", "File", "Finding",
    "Format", "Generator", "InputPath", "Instruction", "IntakeError", "Lora", "Manual", "Measured",
    "ModelInfo", "Params", "Pending", "Picture", "PrepStep", "Profile", "ProfileName", "Recalled", "Recaller",
    "Reference", "Request", "Service", "StepFailed", "Ticket", "Unreachable", "Upload", "clean_svg",
    "hookimpl", "parse_svg", "pdf_metadata", "read_marks", "srgb_profile", "svg_number", "svg_size",
    "svg_viewbox", "svg_with_marks", "version_of", "write_svg",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    room = _ROOM_OF.get(name)
    if room is None:
        raise AttributeError(f"module 'tympan' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(room), name)
