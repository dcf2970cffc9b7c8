"""Compare scenarios on the same worlds (the main job): knockon compare."""

from experiments.studies.compare.run_job import main

__all__ = ["main"]
