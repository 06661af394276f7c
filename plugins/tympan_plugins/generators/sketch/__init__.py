"""The built-in generator: draws from words, free, offline, the same every time.

Reads nothing. Writes nothing.
"""
