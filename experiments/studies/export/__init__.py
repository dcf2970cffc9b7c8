"""The worlds of a comparison for other programs."""
