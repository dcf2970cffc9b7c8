"""A result with everything that rebuilds it."""
