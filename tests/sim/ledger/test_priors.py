"""Priors: their quantiles, moments and bounds, and lists that cannot be read."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from sim.ledger.priors import Prior, PriorError

GRID = (np.arange(199) + 0.5) / 199.0
FINE = (np.arange(100_000) + 0.5) / 100_000.0

BOUNDED = [
    (["uniform", 0.8, 3.2], 2.0, 0.8, 3.2),
    (["uniform", -0.3, 0.1], -0.1, -0.3, 0.1),
    (["loguniform", 0.0002, 0.00067], 0.0004, 0.0002, 0.00067),
    (["lognormal", 40, 20, 70], 40.0, 20.0, 70.0),
    (["beta", 0.12], 0.85, 0.0, 1.0),
    (["scaled_beta", 0.5, 0.95], 0.8, 0.5, 0.95),
    (["scaled_beta", 0.25, 0.8, 2, 3.5], 0.45, 0.25, 0.8),
    (["normal", 25, 120, 220], 170.0, 120.0, 220.0),
]
IDS = [str(entry) for entry, *_ in BOUNDED]


def quantile(entry, uniforms, value=0.5):
    return Prior.read(entry).quantile(np.asarray(uniforms, dtype=float), value)


@pytest.mark.parametrize(("entry", "value", "low", "high"), BOUNDED, ids=IDS)
def test_ends_of_the_quantiles_are_the_bounds(entry, value, low, high):
    assert quantile(entry, [0.0, 1.0], value) == pytest.approx([low, high], abs=1e-12)
    assert Prior.read(entry).bounds() == (low, high)


@pytest.mark.parametrize(("entry", "value", "low", "high"), BOUNDED, ids=IDS)
def test_quantiles_rise_within_the_bounds(entry, value, low, high):
    values = quantile(entry, GRID, value)
    assert np.all(np.diff(values) > 0.0)
    assert low <= values[0]
    assert values[-1] <= high


@pytest.mark.parametrize(
    ("entry", "value", "expected"),
    [
        (["uniform", 0.8, 3.2], 9.0, 2.0),
        (["loguniform", 0.01, 0.04], 9.0, 0.02),
        (["lognormal", 40, 20, 80], 9.0, 40.0),
        (["normal", 25, 120, 220], 170.0, 170.0),
        (["normal", 25, 145, 220], 170.0, 174.28),
        (["scaled_beta", 0.2, 0.8], 0.5, 0.5),
        (["scaled_beta", 0.0, 1.0, 1, 1], 9.0, 0.5),
        (["scaled_beta", 0.0, 2.0, 2, 1], 9.0, math.sqrt(2.0)),
    ],
)
def test_median(entry, value, expected):
    assert quantile(entry, [0.5], value)[0] == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(
    ("value", "sd", "low", "high"), [(170.0, 25.0, 120.0, 220.0), (0.0, 1.0, -0.5, 3.0), (1.0, 2.0, 1.5, 9.0)]
)
def test_normal_is_truncated_around_the_value(value, sd, low, high):
    expected = stats.truncnorm((low - value) / sd, (high - value) / sd, value, sd).ppf(GRID)
    assert quantile(["normal", sd, low, high], GRID, value) == pytest.approx(expected)


@pytest.mark.parametrize(("median", "low", "high"), [(40.0, 20.0, 70.0), (0.03, 0.008, 0.12), (8.0, 2.0, 30.0)])
def test_lognormal_has_a_90_percent_range_from_low_to_high_and_is_truncated_there(median, low, high):
    sd = math.log(high / low) / 3.29
    expected = stats.truncnorm(math.log(low / median) / sd, math.log(high / median) / sd, math.log(median), sd).ppf(GRID)
    assert np.log(quantile(["lognormal", median, low, high], GRID)) == pytest.approx(expected)


@pytest.mark.parametrize(("value", "sd"), [(0.85, 0.12), (0.5, 0.11), (0.35, 0.15), (0.7, 0.05)])
def test_beta_has_the_value_as_mean_and_its_standard_deviation(value, sd):
    values = quantile(["beta", sd], FINE, value)
    assert (np.mean(values), np.std(values)) == pytest.approx((value, sd), rel=1e-3)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_beta_at_an_end_has_no_spread(value):
    assert quantile(["beta", 0.1], [0.0, 0.3, 0.99], value).tolist() == [value] * 3


@pytest.mark.parametrize(
    ("entry", "value", "mean", "sd"),
    [
        (["scaled_beta", 0.5, 0.95], 0.8, 0.8, 0.45 * math.sqrt(2 / 9 / 7)),
        (["scaled_beta", 0.0, 1.0], 0.25, 0.25, math.sqrt(3 / 16 / 7)),
        (["scaled_beta", 0.25, 0.8, 2, 3.5], 0.0, 0.25 + 0.55 * 2 / 5.5, 0.55 * math.sqrt(7 / 5.5**2 / 6.5)),
    ],
)
def test_scaled_beta_has_concentration_six_around_the_value_or_its_own_shapes(entry, value, mean, sd):
    values = quantile(entry, FINE, value)
    assert (np.mean(values), np.std(values)) == pytest.approx((mean, sd), rel=1e-3)


@pytest.mark.parametrize("entry", [["uniform", 1, 5], ["loguniform", 1, math.e**4]])
def test_uniforms_are_even_on_their_scale(entry):
    values = quantile(entry, [0.25, 0.75])
    steps = np.log(values) if entry[0] == "loguniform" else values - 1.0
    assert steps == pytest.approx([1.0, 3.0])


def test_dirichlet_has_the_values_as_means_and_spreads_less_with_more_concentration():
    shares, draws = np.array([0.43, 0.33, 0.12, 0.12, 0.0]), {}
    for concentration in (10.0, 40.0):
        uniforms = np.random.default_rng(7).random((shares.size, 40_000))
        prior = Prior.read(["dirichlet", concentration])
        keys = np.array([prior.quantile(row, share) for row, share in zip(uniforms, shares, strict=True)])
        draws[concentration] = keys / keys.sum(axis=0)
        assert draws[concentration].mean(axis=1) == pytest.approx(shares, abs=0.003)
        spread = np.sqrt(shares * (1.0 - shares) / (concentration + 1.0))
        assert draws[concentration].std(axis=1) == pytest.approx(spread, rel=0.02)


@pytest.mark.parametrize(
    ("entry", "wants"),
    [
        (["beta", 0.1], True), (["normal", 1, 0, 2], True), (["dirichlet", 20], True), (["scaled_beta", 0, 1], True),
        (["scaled_beta", 0, 1, 2, 3], False), (["uniform", 0, 1], False), (["lognormal", 1, 0.5, 2], False),
    ],
)  # fmt: skip
def test_which_priors_are_centred_on_the_value(entry, wants):
    assert Prior.read(entry).wants_value == wants
    if entry[0] != "dirichlet":
        one, other = quantile(entry, [0.5], 0.4), quantile(entry, [0.5], 0.6)
        assert (one != other).all() == wants


@pytest.mark.parametrize("entry", [["uniform", 0.8, 3.2], ["scaled_beta", 0.25, 0.8, 2, 3.5], ["beta", 0.07]])
def test_prior_is_written_as_it_is_read(entry):
    assert str(Prior.read(entry)) == f"[{', '.join(str(part) for part in entry)}]"


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("uniform", r"a prior is a list such as \[uniform, 0.8, 3.2\], not 'uniform'"),
        (0.5, "not 0.5"),
        (None, "not None"),
        ([], r"not \[\]"),
        ({"uniform": 1}, "a prior is a list"),
        (["unifrom", 0, 1], "no prior is called 'unifrom'; there are uniform, loguniform, lognormal"),
        (["uniform", 1], r"uniform is written \[uniform, low, high\], not \['uniform', 1\]"),
        (["beta"], r"beta is written \[beta, standard deviation\]"),
        (["scaled_beta", 0, 1, 2], "scaled_beta is written"),
        (["uniform", 0, "1"], "uniform takes numbers"),
        (["uniform", 0, math.inf], "uniform takes numbers"),
        (["uniform", math.nan, 1], "uniform takes numbers"),
        (["uniform", 2, 1], "the lower bound 2 is not below the upper bound 1"),
        (["uniform", 1, 1], "the lower bound 1 is not below the upper bound 1"),
        (["scaled_beta", 1, 0], "the lower bound 1 is not below the upper bound 0"),
        (["loguniform", 0, 1], "the bounds of a loguniform must be positive, not 0"),
        (["lognormal", 5, 1, 4], "the median 5 of a lognormal must lie between its bounds 1 and 4"),
        (["lognormal", 2, -1, 4], "the bounds of a lognormal must be positive, not -1"),
        (["beta", 0], "a standard deviation or concentration must be positive, not 0"),
        (["dirichlet", -3], "a standard deviation or concentration must be positive, not -3"),
        (["normal", 0, 1, 2], "a standard deviation or concentration must be positive, not 0"),
        (["scaled_beta", 0, 1, -1, 2], "the shapes of a scaled_beta must be positive, not -1"),
        (["scaled_beta", 0, 1, 2, 0], "the shapes of a scaled_beta must be positive, not 0"),
        (["lognormal", 1, 1e-300, 1e300], r"lognormal takes 0 or numbers of a size from 1e-12 to 1e\+12, not 1e-300"),
        (["uniform", 0, 1e308], r"uniform takes 0 or numbers of a size from 1e-12 to 1e\+12, not 1e\+308"),
        (["normal", 1, 2, 1], "the lower bound 2 is not below the upper bound 1"),
    ],
    ids=str,
)
def test_bad_list_is_refused(entry, message):
    with pytest.raises(PriorError, match=message):
        Prior.read(entry)


TAILS = [
    (30.0, 10.0, 120.0, 220.0), (300.0, 10.0, 120.0, 220.0), (-500.0, 10.0, 120.0, 220.0), (900.0, 10.0, 120.0, 220.0),
    (1e4, 10.0, 120.0, 220.0), (119.9, 10.0, 120.0, 220.0), (0.0, 1.0, 1e-3, 2.0), (-1.0, 1.0, 0.0, 10.0), (5.0, 0.1, -1.0, 1.0),
]  # fmt: skip
EDGES = np.array([0.0, 2.0**-54, 1e-12, 1e-6, *GRID, 1.0 - 1e-6, 1.0 - 1e-12, 1.0 - 2.0**-53, 1.0])


@pytest.mark.parametrize(("value", "sd", "low", "high"), TAILS)
def test_normal_is_truncated_as_scipy_has_it_however_far_its_centre_lies_outside(value, sd, low, high):
    expected = stats.truncnorm((low - value) / sd, (high - value) / sd, value, sd).ppf(EDGES)
    values = quantile(["normal", sd, low, high], EDGES, value)
    assert values == pytest.approx(expected, rel=1e-9, abs=1e-9 * sd)
    assert np.all((low <= values) & (values <= high))
    assert np.all(np.diff(values) >= 0.0)


def test_a_centre_below_both_bounds_draws_next_to_the_lower_one():
    """It was the upper bound in every world."""
    assert quantile(["normal", 10, 120, 220], [0.5], 30.0)[0] == pytest.approx(120.757870655)


@pytest.mark.parametrize("median", [0.5, 2.0])
def test_lognormal_with_its_median_at_a_bound_is_truncated_as_scipy_has_it(median):
    sd = math.log(4.0) / 3.29
    ends = math.log(0.5 / median) / sd, math.log(2.0 / median) / sd
    expected = np.exp(stats.truncnorm(*ends, math.log(median), sd).ppf(EDGES))
    assert quantile(["lognormal", median, 0.5, 2.0], EDGES) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("entry", "value"),
    [
        (["normal", 25, 120, 220], 170.0),
        (["normal", 20, 100, 180], 139.0),
        (["normal", 1, 0, 9], 0.0),
        (["normal", 1, 0, 9], 9.0),
    ],
)
def test_a_centre_between_the_bounds_has_the_bits_it_always_had(entry, value):
    """Everything that is stored rests on them."""
    _, sd, low, high = entry
    below, above = special.ndtr((low - value) / sd), special.ndtr((high - value) / sd)
    plain = np.clip(value + sd * special.ndtri(below + EDGES * (above - below)), low, high)
    assert quantile(entry, EDGES, value).tobytes() == plain.tobytes()


@pytest.mark.parametrize(
    ("entry", "value"),
    [(["beta", 0.1], 1e-9), (["scaled_beta", 0.0, 1.0], 1.0), (["beta", 0.6], 0.5), (["scaled_beta", 0, 1], -0.5)],
)
def test_a_centre_that_cannot_be_is_found_by_the_check(entry, value):
    with pytest.raises(PriorError):
        Prior.read(entry).check(value)


def test_a_dirichlet_whose_keys_may_all_vanish_has_no_sum():
    Prior.read(["dirichlet", 1]).check_has_a_sum([0.25] * 4)
    with pytest.raises(PriorError, match="its concentration is too low"):
        Prior.read(["dirichlet", 0.01]).check_has_a_sum([0.25] * 4)


@pytest.mark.parametrize(
    ("entry", "value", "message"),
    [
        (["beta", 0.5], 0.5, "a beta around 0.5 has a standard deviation below 0.5"),
        (["beta", 0.1], -0.1, "a beta prior needs a value between 0 and 1, not -0.1"),
        (["beta", 0.1], 1.5, "a beta prior needs a value between 0 and 1, not 1.5"),
        (["beta", 0.4], 0.1, "a beta around 0.1 has a standard deviation below 0.3"),
        (["scaled_beta", 0.5, 0.9], 0.4, "the value 0.4 of a scaled_beta must lie between its bounds 0.5 and 0.9"),
        (["scaled_beta", 0.5, 0.9], 0.9, "the value 0.9 of a scaled_beta"),
    ],
)
def test_value_that_cannot_be_the_centre_is_refused(entry, value, message):
    with pytest.raises(PriorError, match=message):
        quantile(entry, [0.5], value)


@settings(deadline=None, max_examples=50, derandomize=True, database=None)
@given(median=st.floats(0.05, 100.0), below=st.floats(1.05, 20.0), above=st.floats(1.05, 20.0))
def test_lognormal_stays_between_its_bounds(median, below, above):
    low, high = median / below, median * above
    values = quantile(["lognormal", median, low, high], [0.0, 1e-12, 0.5, 1.0 - 1e-12, 1.0])
    assert np.all((low <= values) & (values <= high))
