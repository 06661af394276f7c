"""The spec room: TOML in, checked variants out.

Reads nothing. Writes nothing.
"""
