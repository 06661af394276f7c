"""SVG behind the intake: cleaned, measured, parsed and written in one fixed spelling.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from tympan.svg.clean import clean_svg
from tympan.svg.read import parse_svg
from tympan.svg.size import svg_number, svg_size, svg_viewbox
from tympan.svg.write import write_svg

__all__ = ["clean_svg", "parse_svg", "svg_number", "svg_size", "svg_viewbox", "write_svg"]
