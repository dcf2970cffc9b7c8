"""Benchmark: the speed of the model on a machine, and the time of each stage."""
