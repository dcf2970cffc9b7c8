"""Compare scenarios on the same worlds: a sweep whose scenarios conf/compare.yaml names."""

from experiments.studies.compare.run_job import main

__all__ = ["main"]
