"""The generator `midjourney`: a person pastes its prompts there, and it knows their pictures again.

Reads nothing. Writes nothing.
"""
