"""What a user may have meant by a word that is not known.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

# Longer lists are not read by anybody.
_LISTED = 10


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint: the nearest known word, else all of them if they are few, else ""."""
    import difflib

    words = sorted(set(known))
    near = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    if not near:
        near = [other for other in words if other.casefold() == word.casefold()]
    if near:
        return f'did you mean "{near[0]}"?'
    return f"known: {listed(words)}" if 0 < len(words) <= _LISTED else ""


def listed(words: Iterable[str]) -> str:
    """Words as a user reads them: `"a", "b"`."""
    return ", ".join(f'"{word}"' for word in words)
