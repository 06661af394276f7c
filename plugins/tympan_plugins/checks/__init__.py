"""First-party checks."""
