"""Split the worlds of an arm, compute them by workers, and join the results."""
