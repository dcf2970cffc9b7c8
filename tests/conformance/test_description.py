"""The description says what the code does: an independent program written from sim/ODD.md alone has the same worlds."""

import ast
from pathlib import Path

import numpy as np
import odd_twin
import pytest
from odd_twin import Twin

from experiments.api import compose
from experiments.config.defaults import conf_folder
from experiments.engine.block import run_block
from sim.cache import PACKAGE
from sim.record.outcomes import OUTCOMES
from sim.worlds import Worlds

WORLDS = 150
SEED = 20200930

EVERY_POLICY = {
    "partial_cut": {"start": 14, "strength": 0.6},
    "ultimatum": {"start": 20, "deadline_days": 49, "extension_days": 21},  # the deadline is a day of review
    "green_zone_force": {"start": 25, "strength": 0.8, "enforcement": 0.4},
    "crackdown": {"start": 25},
    "brokered_truce": {"start": 40, "strength": 0.7},
    "nato_backfill": {"start": 60, "ceiling": 1500},
    "over_the_horizon": {"start": 60, "strength": 0.5},
    "retaliation_restraint": {"start": 70, "strength": 0.5},
    "knock_on_exits": {"start": 30, "strength": 1.5, "scope": "peers"},
    "member_exits": {"start": 14, "exits": {"denmark": 30, "italy": 400}},
    "diplomats_out": {"start": 250, "days_to_close": 45},
    "rethink": {"start": 270},
    "full_pullout": {"start": 420, "strength": 0.9, "stretch": 1.5},
}
"""All policies but `move_to_erbil`, which ends what the crowd can do, each from a day on which it can still do something."""


def first_difference(scenario, days, uncertainty, start, policies=None):
    """Return the first outcome and world of the model that differ from the twin's, and the two values; None if none does."""
    changes = [f"+policy@policies.{name}={name}" for name in policies or {}]
    changes += [
        f"++policies.{name}.{key}={_as_hydra(value)}" for name, own in (policies or {}).items() for key, value in own.items()
    ]
    settings = {"days": days, "seed": SEED, "uncertainty": uncertainty, "start": start}
    arm = compose(scenario, *changes, *(f"ensemble.{key}={value}" for key, value in settings.items()))
    model = run_block(arm, Worlds(0, WORLDS)).isel(day=-1)
    twin = Twin(conf_folder(), PACKAGE / "data", scenario, WORLDS, policies=policies, **settings).run()
    for outcome in OUTCOMES:
        values = np.moveaxis(model[outcome.name].values, model[outcome.name].dims.index("world"), -1)
        same = np.isclose(values, twin[outcome.name], rtol=3e-7, atol=1e-7, equal_nan=True)  # the last bits of a float32
        if not same.all():
            place = tuple(int(index[0]) for index in np.nonzero(~same))
            return outcome.name, f"world {place[-1]}", place[:-1], float(values[place]), float(twin[outcome.name][place])
    return None


def _as_hydra(value):
    return "{" + ",".join(f"{key}:{day}" for key, day in value.items()) + "}" if isinstance(value, dict) else value


@pytest.mark.slow
@pytest.mark.promised
@pytest.mark.parametrize("scenario", ["stay", "as_of_30_september", "us_pullout", "move_to_erbil"])
def test_worlds_are_those_that_the_description_gives(scenario):
    assert first_difference(scenario, 730, "prior", "given") is None


@pytest.mark.slow
@pytest.mark.promised
def test_worlds_with_every_policy_are_those_that_the_description_gives():
    assert set(EVERY_POLICY) <= {file.stem for file in (conf_folder() / "policy").glob("*.yaml")}
    assert first_difference("stay", 730, "prior", "given", EVERY_POLICY) is None


@pytest.mark.slow
@pytest.mark.promised
def test_worlds_from_the_posterior_and_its_starts_are_those_that_the_description_gives():
    assert first_difference("us_pullout", 365, "posterior", "auto") is None


@pytest.mark.slow
@pytest.mark.promised
def test_the_year_before_is_the_one_that_the_description_gives():
    assert first_difference("as_of_30_september", 90, "prior", "history") is None


def test_the_twin_knows_nothing_of_the_code():
    tree = ast.parse(Path(odd_twin.__file__).read_text(encoding="utf-8"))
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    modules |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    own = {"csv", "datetime", "hashlib", "numpy", "pathlib", "scipy", "types", "yaml"}
    assert {module.partition(".")[0] for module in modules} <= own
