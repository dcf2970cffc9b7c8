"""An arm and a comparison on disk."""
