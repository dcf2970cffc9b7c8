"""The particle filter: it goes on as a plain run would until it picks, and it picks what was reported."""

import numpy as np
import pytest
from conftest import arm as composed
from scipy.stats import qmc

from experiments.analysis.weights import normalised
from experiments.analysis.year_statistics import Observation, Scale
from experiments.calibration.filter import Island, Way, filtered
from experiments.calibration.lived_year import COUNTED, counts_of, live_and_count
from experiments.designs import drawn_numbers, drawn_switches, with_design
from sim.design import Design
from sim.worlds import Worlds
from sim.year_before import CARRIED

pytestmark = pytest.mark.slow

WORLDS, SEED, FITTED = 192, 11, 3


@pytest.fixture(scope="module")
def names() -> tuple[str, ...]:
    return (*drawn_numbers(composed()), *drawn_switches(composed()))


@pytest.fixture(scope="module")
def quantiles(names: tuple[str, ...]) -> np.ndarray:
    return qmc.Sobol(len(names), seed=2).random(256)[:WORLDS]


def observed(name: str, measure: str, first: int, last: int, value: float, sd: float) -> Observation:
    return Observation(name, (1,), measure, Scale.LOG, first, last, value, sd, 0.0, "made up")


def lived(names: tuple[str, ...], quantiles: np.ndarray, *observations: Observation) -> Island:
    return filtered(composed(), Way(names, (FITTED,), observations, 0.9), quantiles, SEED)


@pytest.fixture(scope="module")
def unweighed(names: tuple[str, ...], quantiles: np.ndarray) -> Island:
    return lived(names, quantiles)


def test_without_observations_it_is_a_plain_run(names, quantiles, unweighed) -> None:
    setup = with_design(composed("stay", f"ensemble.seed={SEED}"), Design(names, quantiles))
    year = counts_of(live_and_count(setup, Worlds(0, WORLDS)))
    for name in COUNTED:
        np.testing.assert_array_equal(unweighed.counts[name], year[name], err_msg=name)
    np.testing.assert_array_equal(unweighed.rows, np.arange(WORLDS))
    np.testing.assert_array_equal(unweighed.log_weights, 0.0)
    assert set(unweighed.state) == set(CARRIED)


def test_until_it_picks_worlds_are_those_of_the_plain_run(names, quantiles, unweighed) -> None:
    picked = lived(names, quantiles, observed("attacks", "attacks", 5, 5, 3.0, 0.1))
    assert picked.sizes[:5] == pytest.approx((WORLDS,) * 5)
    assert picked.sizes[5] < WORLDS / 2
    for month in range(6):
        np.testing.assert_array_equal(picked.counts["attacks"][month], unweighed.counts["attacks"][month][picked.rows])
    assert not np.array_equal(picked.counts["attacks"][7], unweighed.counts["attacks"][7][picked.rows])
    assert len(np.unique(picked.rows)) < WORLDS


def test_what_is_fitted_is_set_apart_and_the_rest_stays_with_its_world(names, quantiles) -> None:
    picked = lived(names, quantiles, observed("December", "attacks", 2, 2, 12.0, 0.2))
    others = [place for place in range(len(names)) if place != FITTED]
    np.testing.assert_array_equal(picked.quantiles[:, others], quantiles[picked.rows][:, others])
    assert len(np.unique(picked.quantiles[:, FITTED])) == WORLDS > len(np.unique(picked.rows))


def test_what_was_reported_is_what_is_left(names, quantiles, unweighed) -> None:
    many = lived(
        names, quantiles, observed("autumn", "attacks", 0, 2, 45.0, 0.15), observed("peak", "attacks", 10, 11, 30.0, 0.3)
    )
    plain, weights = unweighed.counts["attacks"], normalised(many.log_weights)
    assert weights @ many.counts["attacks"][:3].sum(axis=0) > 1.5 * plain[:3].sum(axis=0).mean()
    assert weights @ many.counts["attacks"][10:].sum(axis=0) == pytest.approx(30.0, rel=0.25)
    assert np.isfinite(many.log_weights).all()


def test_evidence_is_the_mean_weight_whether_or_not_worlds_were_picked(names, quantiles, unweighed) -> None:
    early = observed("December", "attacks", 2, 2, 12.0, 0.2)
    picked = lived(names, quantiles, early)
    expected = np.log(np.exp(early.log_likelihood(unweighed.counts)).mean())
    assert picked.sizes[2] < WORLDS / 2
    np.testing.assert_allclose(picked.log_weights, expected, rtol=1e-9)


def test_a_long_window_steers_and_is_counted_once(names, quantiles, unweighed) -> None:
    none_picked = lived(names, quantiles, observed("year", "attacks", 0, 11, 80.0, 5.0))
    np.testing.assert_array_equal(none_picked.rows, np.arange(WORLDS))
    whole = observed("year", "attacks", 0, 11, 80.0, 5.0).log_likelihood(unweighed.counts)
    np.testing.assert_allclose(none_picked.log_weights, whole, atol=1e-12)


def test_an_island_is_the_same_again(names, quantiles) -> None:
    seen = observed("autumn", "attacks", 0, 1, 10.0, 0.2)
    one, other = (lived(names, quantiles[:64], seen) for _ in range(2))
    np.testing.assert_array_equal(one.rows, other.rows)
    np.testing.assert_array_equal(one.quantiles, other.quantiles)
    for name in CARRIED:
        np.testing.assert_array_equal(one.state[name], other.state[name])
