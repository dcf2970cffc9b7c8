"""Test the model against patterns and observed series."""
