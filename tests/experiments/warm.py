"""Imported by the process from which others are forked: loading the rules takes seconds, and the forks find them loaded."""

from composing import composed

from experiments.engine.block import run_block
from sim.worlds import Worlds

run_block(composed("us_pullout", "ensemble.days=16", "ensemble.record=totals"), Worlds(0, 2))
