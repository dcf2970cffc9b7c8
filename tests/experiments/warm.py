"""Imported by the process that others are forked from: they find all rules loaded, which takes seconds."""

from composing import composed

from experiments.engine.block import run_block
from sim.worlds import Worlds

run_block(composed("us_pullout", "ensemble.days=16", "ensemble.record=totals"), Worlds(0, 2))
