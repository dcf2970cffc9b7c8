"""Compare scenarios on the same worlds: a sweep whose scenarios conf/compare.yaml names."""

from experiments.jobs.run import main

__all__ = ["main"]
