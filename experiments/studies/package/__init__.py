"""A result with everything needed to rebuild it."""
