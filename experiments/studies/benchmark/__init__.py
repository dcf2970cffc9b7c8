"""How fast the model is on a machine."""
