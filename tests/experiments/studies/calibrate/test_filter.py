"""Families are plain runs until worlds are resampled, each family by itself; the worlds that agree with the reports remain."""

import numpy as np
import pytest
from conftest import arm as composed
from scipy.stats import qmc

from experiments.analysis.weights import normalised
from experiments.config.ledger import drawn_numbers, drawn_switches, with_design
from experiments.engine.block import build_model
from experiments.studies.calibrate.families import Families, filter_block
from experiments.studies.calibrate.year_statistics import Observation, ObservationScale, count_year_before, counts_of
from sim.history.year_before import carried
from sim.ledger.design import Design
from sim.worlds import Worlds

FAMILY, FAMILIES, SEED = 48, 4, 11
WORLDS = FAMILY * FAMILIES


@pytest.fixture(scope="module")
def names() -> tuple[str, ...]:
    return (*drawn_numbers(composed()), *drawn_switches(composed()))


@pytest.fixture(scope="module")
def quantiles(names: tuple[str, ...]) -> np.ndarray:
    return qmc.Sobol(len(names), seed=2).random(256)[:WORLDS]


def observed(name: str, measure: str, first: int, last: int, value: float, sd: float) -> Observation:
    return Observation(name, (1,), measure, ObservationScale.LOG, first, last, value, sd, 0.0, "made up")


def replayed(names: tuple[str, ...], quantiles: np.ndarray, *observations: Observation) -> Families:
    return filter_block(composed(), names, FAMILY, observations, quantiles, SEED)


@pytest.fixture(scope="module")
def unweighed(names: tuple[str, ...], quantiles: np.ndarray) -> Families:
    return replayed(names, quantiles)


def test_without_observations_it_is_a_plain_run(names, quantiles, unweighed) -> None:
    arm = with_design(composed("stay", f"ensemble.seed={SEED}"), Design(names, quantiles))
    year = counts_of(count_year_before(arm, Worlds(0, WORLDS)))
    for name in unweighed.counts:
        np.testing.assert_array_equal(unweighed.counts[name], year[name], err_msg=name)
    np.testing.assert_array_equal(unweighed.rows, np.arange(WORLDS))
    np.testing.assert_allclose(unweighed.within, 1.0 / FAMILY)
    np.testing.assert_allclose(unweighed.sizes, FAMILY)
    assert set(unweighed.state) == set(carried(build_model(arm, Worlds(0, 1))))


def test_until_they_are_picked_worlds_are_those_of_the_plain_run(names, quantiles, unweighed) -> None:
    picked = replayed(names, quantiles, observed("attacks", "attacks", 5, 5, 3.0, 0.1))
    assert picked.sizes[:5] == pytest.approx(np.full((5, FAMILIES), FAMILY))
    assert picked.sizes[5].min() < FAMILY / 2
    for month in range(6):
        np.testing.assert_array_equal(picked.counts["attacks"][month], unweighed.counts["attacks"][month][picked.rows])
    assert not np.array_equal(picked.counts["attacks"][7], unweighed.counts["attacks"][7][picked.rows])
    assert len(np.unique(picked.rows)) < WORLDS


def test_worlds_are_picked_within_their_family_alone(names, quantiles, unweighed) -> None:
    def log_likelihoods(seen: Observation) -> np.ndarray:
        return seen.log_likelihood(unweighed.counts).reshape(FAMILIES, FAMILY)

    def effective_sizes(seen: Observation) -> np.ndarray:
        return np.array([1.0 / (normalised(own) ** 2).sum() for own in log_likelihoods(seen)])

    # the wider, the more families are left as they are: so wide that the first of them is
    widths = (observed("attacks", "attacks", 1, 1, 9.0, sd) for sd in np.arange(0.2, 1.0, 0.02))
    seen = next(seen for seen in widths if effective_sizes(seen).max() > FAMILY / 2)
    picked = replayed(names, quantiles, seen)
    np.testing.assert_array_equal(picked.rows // FAMILY, np.arange(WORLDS) // FAMILY)
    is_picked = picked.sizes[1] < FAMILY / 2
    assert is_picked.any()
    assert not is_picked.all()
    own = log_likelihoods(seen)
    for family in range(FAMILIES):
        rows = picked.rows.reshape(FAMILIES, FAMILY)[family] - family * FAMILY
        expected = normalised(own[family])
        if is_picked[family]:
            assert np.abs(np.bincount(rows, minlength=FAMILY) - FAMILY * expected).max() < 1.0
            np.testing.assert_allclose(picked.within[family], 1.0 / FAMILY)
        else:
            np.testing.assert_array_equal(rows, np.arange(FAMILY))
            np.testing.assert_allclose(picked.within[family], expected)


def test_what_was_reported_is_what_is_left(names, quantiles, unweighed) -> None:
    many = replayed(
        names, quantiles, observed("autumn", "attacks", 0, 2, 45.0, 0.15), observed("peak", "attacks", 10, 11, 30.0, 0.3)
    )
    plain, weights = unweighed.counts["attacks"], many.weights
    assert weights @ many.counts["attacks"][:3].sum(axis=0) > 1.5 * plain[:3].sum(axis=0).mean()
    assert weights @ many.counts["attacks"][10:].sum(axis=0) == pytest.approx(30.0, rel=0.25)


def test_a_long_window_steers_and_is_counted_once(names, quantiles, unweighed) -> None:
    year = observed("year", "attacks", 0, 11, 80.0, 5.0)
    none_picked = replayed(names, quantiles, year)
    np.testing.assert_array_equal(none_picked.rows, np.arange(WORLDS))
    whole = year.log_likelihood(unweighed.counts).reshape(FAMILIES, FAMILY)
    np.testing.assert_allclose(none_picked.within, [normalised(own) for own in whole], atol=1e-12)


def test_families_are_the_same_again_and_know_nothing_of_each_other(names, quantiles) -> None:
    seen = observed("autumn", "attacks", 0, 1, 10.0, 0.2)
    one, other = (replayed(names, quantiles[: 2 * FAMILY], seen) for _ in range(2))
    np.testing.assert_array_equal(one.rows, other.rows)
    np.testing.assert_array_equal(one.within, other.within)
    for name in one.state:
        np.testing.assert_array_equal(one.state[name], other.state[name])
    alone = replayed(names, quantiles[:FAMILY], seen)
    np.testing.assert_array_equal(alone.rows, one.rows[:FAMILY])
    np.testing.assert_array_equal(alone.state["militias.grievance"], one.state["militias.grievance"][:, :FAMILY])
