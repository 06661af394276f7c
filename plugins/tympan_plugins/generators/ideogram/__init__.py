"""The generator `ideogram`.

Reads nothing. Writes nothing.
"""
