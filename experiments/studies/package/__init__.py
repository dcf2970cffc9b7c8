"""A result with all that rebuilds it."""
