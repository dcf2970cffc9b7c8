"""Find what to watch in the first weeks to know which world we are in."""
