"""The year before the start."""
