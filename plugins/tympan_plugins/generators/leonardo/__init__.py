"""Leonardo.Ai: pictures of its own models (v1), of other makers' models (v2), and trained styles.

Reads nothing. Writes nothing.
"""
