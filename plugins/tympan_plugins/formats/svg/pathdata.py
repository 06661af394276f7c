"""Path data as absolute segments, moved and scaled, and written shortest on a decimal grid.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

Segment = tuple[str, tuple[float, ...]]
# How many numbers each command takes: SVG 1.1, section 8.3.
_TAKES = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}
_NUMBER = re.compile(r"[\s,]*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)")
_FLAG = re.compile(r"[\s,]*([01])")
_COMMAND = re.compile(r"[\s,]*([MmZzLlHhVvCcSsQqTtAa])")


def parsed(data: str) -> list[Segment]:
    """The segments of path data, every command upper case and absolute, every letter written out.

    A mistake ends the path there, as SVG 1.1 (section 8.3.9) wants of renderers.
    """
    segments: list[Segment] = []
    x = y = start_x = start_y = 0.0
    for letter, raw in _commands(data):
        upper = letter.upper()
        numbers = _absolute(upper, raw, x, y) if letter.islower() else tuple(raw)
        if not all(math.isfinite(number) for number in numbers):
            break
        segments.append((upper, numbers))
        if upper == "Z":
            x, y = start_x, start_y
        elif upper == "H":
            x = numbers[0]
        elif upper == "V":
            y = numbers[0]
        else:
            x, y = numbers[-2:]
        if upper == "M":
            start_x, start_y = x, y
    return segments


def moved(segments: Iterable[Segment], scale: float, x: float, y: float) -> list[Segment]:
    """The segments with every point p at `scale * p + (x, y)`."""
    result: list[Segment] = []
    for letter, numbers in segments:
        if letter == "A":
            rx, ry, angle, large, sweep, end_x, end_y = numbers
            ends = (scale * end_x + x, scale * end_y + y)
            result.append((letter, (scale * rx, scale * ry, angle, large, sweep, *ends)))
        elif letter == "V":
            result.append((letter, (scale * numbers[0] + y,)))
        else:
            result.append((letter, tuple(scale * n + (y if i % 2 else x) for i, n in enumerate(numbers))))
    return result


def written(segments: Sequence[Segment], decimals: int) -> str:
    """Path data on a grid of `decimals`, each segment absolute or relative, whichever is shorter.

    All sums are done on the grid, in integers: relative segments do not drift. A path with an arc whose
    centre the grid would move by more than a step gets up to two decimals more.
    """
    decimals += next((more for more in (0, 1) if _arcs_hold(segments, decimals + more)), 2)
    text, before = "", ""
    x = y = start_x = start_y = 0
    for letter, numbers in segments:
        if letter == "Z":
            text, before = f"{text}z", "z"
            x, y = start_x, start_y
            continue
        letter, grid = _straight(letter, _on_grid(letter, numbers, decimals), x, y)
        plain = _spelt(letter, grid, decimals, before)
        lower = letter.lower()
        relative = _spelt(lower, _relative(letter, grid, x, y), decimals, before)
        short, before = (relative, lower) if len(relative) < len(plain) else (plain, letter)
        text += short
        x = grid[0] if letter == "H" else x if letter == "V" else grid[-2]
        y = grid[0] if letter == "V" else y if letter == "H" else grid[-1]
        if letter == "M":
            start_x, start_y = x, y
    return text


def joined(numbers: Sequence[int], decimals: int) -> str:
    """Grid numbers as text, with a space only where two would run into each other."""
    text = ""
    for number in numbers:
        word = decimal(number, decimals)
        apart = (
            text
            and word[0] != "-"
            and not (word[0] == "." and "." in text.rsplit(" ", 1)[-1].rsplit("-", 1)[-1])
        )
        text += f" {word}" if apart else word
    return text


def decimal(number: int, decimals: int) -> str:
    """A grid number as the shortest decimal."""
    sign, number = ("-", -number) if number < 0 else ("", number)
    whole, part = divmod(number, 10**decimals)
    fraction = f"{part:0{decimals}d}".rstrip("0") if decimals and part else ""
    return f"{sign}{whole or ''}.{fraction}" if fraction else f"{sign}{whole}"


def _arcs_hold(segments: Iterable[Segment], decimals: int) -> bool:
    """Whether no arc's centre moves by more than a grid step: near half circles it is very sensitive."""
    at = (0.0, 0.0)
    for letter, numbers in segments:
        if letter == "A":
            exact = _rise(at, numbers)
            snapped = [round(number, decimals) for number in numbers]
            rounded = _rise((round(at[0], decimals), round(at[1], decimals)), snapped)
            if abs(exact - rounded) > 1.01 * 10**-decimals:
                return False
        if letter not in "ZHV":
            at = (numbers[-2], numbers[-1])
        elif letter == "H":
            at = (numbers[0], at[1])
        elif letter == "V":
            at = (at[0], numbers[0])
    return True


def _rise(start: tuple[float, float], arc: Sequence[float]) -> float:
    """Distance of an arc's centre from its chord; 0 for a half circle. Exact for circles."""
    radius = min(abs(arc[0]), abs(arc[1]))
    half = math.dist(start, arc[5:]) / 2
    return math.sqrt(max(0.0, radius * radius - half * half))


def _commands(data: str) -> Iterable[tuple[str, list[float]]]:
    at, letter = 0, ""
    while found := _COMMAND.match(data, at):
        letter, at = found.group(1), found.end()
        if letter in "Zz":
            yield letter, []
            continue
        while numbers := _numbers(letter, data, at):
            values, at = numbers
            yield letter, values
            letter = {"M": "L", "m": "l"}.get(letter, letter)


def _numbers(letter: str, data: str, at: int) -> tuple[list[float], int] | None:
    values: list[float] = []
    for index in range(_TAKES[letter.upper()]):
        # Flags of an arc may stand together without a space: "a1 1 0 01.5.5".
        pattern = _FLAG if letter in "Aa" and index in (3, 4) else _NUMBER
        found = pattern.match(data, at)
        if not found:
            return None
        values.append(float(found.group(1)))
        at = found.end()
    return values, at


def _absolute(letter: str, numbers: list[float], x: float, y: float) -> tuple[float, ...]:
    if letter == "A":
        return (*numbers[:5], numbers[5] + x, numbers[6] + y)
    if letter == "V":
        return (numbers[0] + y,)
    return tuple(number + (y if index % 2 else x) for index, number in enumerate(numbers))


def _relative(letter: str, grid: list[int], x: int, y: int) -> list[int]:
    if letter == "A":
        return [*grid[:5], grid[5] - x, grid[6] - y]
    if letter == "V":
        return [grid[0] - y]
    return [number - (y if index % 2 else x) for index, number in enumerate(grid)]


def _on_grid(letter: str, numbers: tuple[float, ...], decimals: int) -> list[int]:
    unit = 10**decimals
    grid = [round(number * unit) for number in numbers]
    if letter == "A":
        grid[3:5] = [int(numbers[3]), int(numbers[4])]
    return grid


def _straight(letter: str, grid: list[int], x: int, y: int) -> tuple[str, list[int]]:
    """A line along an axis as H or V."""
    if letter == "L" and grid[1] == y:
        return "H", grid[:1]
    if letter == "L" and grid[0] == x:
        return "V", grid[1:]
    return letter, grid


def _spelt(letter: str, grid: list[int], decimals: int, before: str) -> str:
    if letter in "Aa":
        radii = joined(grid[:3], decimals)
        end = joined(grid[5:], decimals)
        numbers = f"{radii} {grid[3]} {grid[4]}{'' if end[0] == '-' else ' '}{end}"
    else:
        numbers = joined(grid, decimals)
    repeated = (letter == before and letter not in "Mm") or (
        letter in "Ll" and before == {"L": "M", "l": "m"}[letter]
    )
    if not repeated:
        return letter + numbers
    return numbers if numbers[0] == "-" else f" {numbers}"
