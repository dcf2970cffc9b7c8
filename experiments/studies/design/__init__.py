"""A design of the analyst's own: one set of worlds, and a tidy table."""
