"""What the results of all studies share: their folder, their origin, LaTeX."""
