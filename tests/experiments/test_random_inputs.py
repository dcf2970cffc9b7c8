"""Random overrides, priors and policies: each request is refused in one line that gives the reason, or gives finite numbers."""

import math

import numpy as np
from composing import read
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from experiments.config.defaults import declared
from experiments.config.policies import shipped_policies
from experiments.engine.block import run_block
from experiments.errors import InputError
from sim.worlds import Worlds

DAYS, WORLDS = 20, Worlds(1021, 6)
"""Few, and over the edge of a chunk."""
MEANT = {
    "resurgence_day", "severe_resurgence_day", "exit_day_by_member",
    "attacks_per_exposure", "rocket_attacks_per_exposure", "convoy_attacks_per_exposure",
}  # fmt: skip
"""Outcomes for which NaN says that a day never came, or that there was nothing to divide by."""
ENTRIES = {f"{group}.{name}": entry for group, entries in declared().items() for name, entry in entries.items()}
SCALARS = sorted(name for name, entry in ENTRIES.items() if isinstance(entry["value"], (int, float)))
BY_NAME = sorted(
    f"{name}.value.{key}" for name, entry in ENTRIES.items() if isinstance(entry["value"], dict) for key in entry["value"]
)
DRAWN = sorted(name for name, entry in ENTRIES.items() if "prior" in entry)

usual = st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0, 1.5, 2.0, 3.0, 7.0, 14.0, 60.0, 250.0])
odd = st.sampled_from(
    [-0.0, -0.5, -5.0, -99.0, 5e-324, 1e-300, 1e-12, 1e-9, 1e-6, 1e-3, 20.0, 100.0, 745.0, 1e3, 1e4, 1e6, 1e9, 1e16, 1e308,
     math.nan, math.inf, -math.inf, 1 / 3, math.nextafter(1.0, 0.0), math.nextafter(1.0, 2.0)]
)  # fmt: skip
numbers = usual | usual | odd
form = st.sampled_from(["uniform", "loguniform", "lognormal", "beta", "scaled_beta", "normal", "dirichlet"])


@st.composite
def prior(draw: st.DrawFn) -> list[object]:
    """Draw a prior of any form, most of them with as many numbers as it wants and bounds in their order."""
    name = draw(form)
    counts = {
        "uniform": 2,
        "loguniform": 2,
        "lognormal": 3,
        "beta": 1,
        "scaled_beta": draw(st.sampled_from([2, 4])),
        "normal": 3,
    }
    drawn = [draw(numbers) for _ in range(counts.get(name, 1))]
    if draw(st.booleans()):
        ends = slice(1, 3) if name in ("lognormal", "normal") else slice(0, 2)
        drawn[ends] = sorted(drawn[ends], key=lambda number: (math.isnan(number), number))
    return [name, *drawn]


dial = numbers | prior() | st.fixed_dictionaries({"prior": prior(), "value": numbers})
values = st.tuples(st.sampled_from(SCALARS) | st.sampled_from(BY_NAME), numbers)
priors = st.tuples(st.sampled_from(DRAWN).map("{}.prior".format), prior())
scaled = st.tuples(st.sampled_from(SCALARS), st.sampled_from([-1.0, 0.0, 0.01, 0.5, 2.0, 10.0, 100.0, 900.0])).map(
    lambda pair: (pair[0], pair[1] * ENTRIES[pair[0]]["value"])
)
levers = st.tuples(
    st.sampled_from(sorted(shipped_policies())).map("policies.{}".format),
    st.fixed_dictionaries({"start": st.sampled_from([0, 3]) | dial}, optional={"strength": dial}),
)
switches = st.tuples(
    st.just("switches.displacement"),
    st.sampled_from(["hazard", "threshold", "neither"]) | st.fixed_dictionaries({"hazard": numbers, "threshold": numbers}),
)
ensemble = st.tuples(
    st.sampled_from(["ensemble.seed", "ensemble.worlds_per_draw"]), st.sampled_from([0, 1, 2, 7, -1, 2**32 - 2, 2**32, 10**30])
) | st.tuples(st.just("ensemble.uncertainty"), st.sampled_from(["prior", "none"]))
asked = st.lists(values | scaled | priors | priors | levers | switches | ensemble, min_size=1, max_size=3).map(dict)


@settings(
    deadline=None, max_examples=20, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(scenario=st.sampled_from(["stay", "us_pullout", "ultimatum"]), entries=asked)
def test_what_is_asked_is_refused_in_one_line_or_comes_to_finite_numbers(scenario: str, entries: dict[str, object]) -> None:
    refused = ""
    try:
        arm = read(scenario, {"ensemble.days": DAYS, "ensemble.uncertainty": "prior", **entries})
    except InputError as error:
        refused = str(error)
    assert "\n" not in refused.strip()
    if refused:
        return
    with np.errstate(all="ignore"):
        data = run_block(arm, WORLDS)
    for name, outcome in data.data_vars.items():
        wrong = ~np.isfinite(outcome.values.astype(float))
        if str(name).removesuffix("_by_week") in MEANT:
            wrong &= ~np.isnan(outcome.values)
        assert not wrong.any(), name
