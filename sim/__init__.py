"""Everything that happens inside a world: the actors, their rules, and the day. Knows nothing of configs or figures."""
