"""First-party plugins: each room is loaded through an entry point, like anybody's."""
