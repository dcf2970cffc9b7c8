"""The levers that somebody could pull, one a file. Nobody in `sim` but a policy itself knows it."""
