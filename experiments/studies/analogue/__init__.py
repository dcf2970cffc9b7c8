"""A coalition of the past, run with the model's own rules and held against what its members did."""
