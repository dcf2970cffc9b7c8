"""The model: the actors, their rules, and the day. This package knows nothing of configs or figures."""
