"""Shared parts of all results: folder, origin, LaTeX, output streams."""
