"""The spec room: TOML in, checked variants out."""
