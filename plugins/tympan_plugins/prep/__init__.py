"""First-party prep."""
