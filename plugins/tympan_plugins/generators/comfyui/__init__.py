"""The generator `comfyui`: workflows of a ComfyUI server.

Reads nothing. Writes nothing.
"""
