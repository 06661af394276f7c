"""The plan: what would be done, each with a reason."""
