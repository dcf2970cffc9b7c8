"""Check the model against patterns, or score it on observed series."""
