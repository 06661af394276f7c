"""Transform attributes as matrices (a, b, c, d, e, f), and back.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import math
import re

from tympan import svg_number

Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_CALL = re.compile(r"(\w+)\s*\(([^)]*)\)")


def parsed(text: str) -> Matrix | None:
    """The product of a transform list, None if it is not one: SVG 1.1, section 7.6."""
    matrix = IDENTITY
    for name, arguments in _CALL.findall(text):
        try:
            numbers = [float(word) for word in re.split(r"[\s,]+", arguments.strip())]
            matrix = times(matrix, _single(name, numbers))
        except (ValueError, KeyError, IndexError):
            return None
    return matrix if all(math.isfinite(number) for number in matrix) else None


def times(left: Matrix, right: Matrix) -> Matrix:
    """The matrix that does `right` first."""
    a, b, c, d, e, f = left
    g, h, i, j, k, m = right
    return (
        a * g + c * h,
        b * g + d * h,
        a * i + c * j,
        b * i + d * j,
        a * k + c * m + e,
        b * k + d * m + f,
    )


def under(matrix: Matrix, scale: float, x: float, y: float) -> Matrix:
    """The same transform in coordinates q = scale * p + (x, y): S M S^-1, whose linear part is M's."""
    a, b, c, d, e, f = matrix
    return a, b, c, d, scale * e + x - a * x - c * y, scale * f + y - b * x - d * y


def growth(matrix: Matrix) -> float:
    """By how much lengths grow at most: the larger column's length."""
    a, b, c, d, _, _ = matrix
    return max(math.hypot(a, b), math.hypot(c, d))


def written(matrix: Matrix, decimals: int) -> str:
    """The shortest transform list; "" for the identity."""
    linear = [svg_number(number, 6) for number in matrix[:4]]
    shift = [svg_number(number, decimals) for number in matrix[4:]]
    if linear == ["1", "0", "0", "1"]:
        return "" if shift == ["0", "0"] else f"translate({' '.join(shift)})"
    if shift == ["0", "0"] and linear[1:3] == ["0", "0"]:
        return f"scale({linear[0]})" if linear[0] == linear[3] else f"scale({linear[0]} {linear[3]})"
    return f"matrix({' '.join(linear + shift)})"


def _single(name: str, numbers: list[float]) -> Matrix:
    first = numbers[0]
    second = numbers[1] if len(numbers) > 1 else None
    if name == "matrix" and len(numbers) == 6:
        return (first, *numbers[1:])  # type: ignore[return-value]
    if name == "translate":
        return 1.0, 0.0, 0.0, 1.0, first, second or 0.0
    if name == "scale":
        return first, 0.0, 0.0, first if second is None else second, 0.0, 0.0
    angle = math.radians(first)
    if name == "rotate":
        turn = (math.cos(angle), math.sin(angle), -math.sin(angle), math.cos(angle), 0.0, 0.0)
        if second is None:
            return turn
        there, back = (1.0, 0.0, 0.0, 1.0, second, numbers[2]), (1.0, 0.0, 0.0, 1.0, -second, -numbers[2])
        return times(times(there, turn), back)
    if name == "skewX":
        return 1.0, 0.0, math.tan(angle), 1.0, 0.0, 0.0
    if name == "skewY":
        return 1.0, math.tan(angle), 0.0, 1.0, 0.0, 0.0
    raise KeyError(name)
