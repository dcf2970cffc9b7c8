"""Do the baselines forecast what their names say, and give the reason if they cannot forecast?"""

from datetime import date, timedelta

import numpy as np
import pytest
from scipy.signal import lfilter

from experiments.analysis.baselines import HAWKES, NEGATIVE_BINOMIAL, PERSISTENCE, baselines, hawkes_paths
from experiments.analysis.forecasts import Window

ORIGIN = date(2020, 10, 1)
SEED = 7


def months(values: list[float], before: bool = True, days: int = 30) -> list[Window]:
    """Return windows of equal length that end just before the origin, or begin at it."""
    first = ORIGIN - timedelta(days=days * len(values)) if before else ORIGIN
    starts = [first + timedelta(days=days * number) for number in range(len(values))]
    return [Window("attacks", s, s + timedelta(days=days - 1), v, v, v) for s, v in zip(starts, values, strict=True)]


AHEAD = months([0.0, 0.0], before=False)
OBSERVED = [2.0, 4.0, 6.0, 5.0, 2.0, 6.0, 1.0, 2.0, 6.0, 6.0, 19.0, 21.0]


def test_persistence_goes_on_at_the_last_rate() -> None:
    made, _ = baselines(months([4.0, 9.0]), AHEAD + months([0.0], before=False, days=60), ORIGIN, True, SEED)
    means = [forecast.distribution.mean() for forecast in made[PERSISTENCE]]  # type: ignore[attr-defined]
    assert means == pytest.approx([9.0, 9.0, 18.0])


def test_a_level_stays_where_it_was_and_has_no_other_baseline() -> None:
    made, reasons = baselines(months([30.0, 29.0]), AHEAD, ORIGIN, False, SEED)
    assert [forecast.quantile(0.5) for forecast in made[PERSISTENCE]] == [29.0, 29.0]
    assert set(reasons) == {NEGATIVE_BINOMIAL, HAWKES}


def test_the_negative_binomial_has_the_mean_and_dispersion_of_the_last_year() -> None:
    """Mean 80/12; variance 42.4 with n - 1, so a Fano factor of 6.36, that of pattern 3."""
    made, _ = baselines(months(OBSERVED), AHEAD, ORIGIN, True, SEED)
    distribution = made[NEGATIVE_BINOMIAL][0].distribution  # type: ignore[attr-defined]
    assert distribution.mean() == pytest.approx(80.0 / 12.0)
    assert distribution.var() / distribution.mean() == pytest.approx(6.36, abs=0.01)


def test_windows_before_the_last_year_do_not_count_in_its_mean() -> None:
    old = months([100.0] * 8 + OBSERVED)
    made, _ = baselines(old, AHEAD, ORIGIN, True, SEED)
    assert made[NEGATIVE_BINOMIAL][0].distribution.mean() == pytest.approx(80.0 / 12.0)  # type: ignore[attr-defined]


def test_the_hawkes_baseline_knows_the_process_that_made_a_long_history() -> None:
    """Base 4, branching ratio 0.6, decay 2 windows: the mean ahead is the recursion of the expectation."""
    random, kept, ratio = np.random.default_rng(3), np.exp(-0.5), 0.6
    past, excitation = [], 6.0
    for _ in range(3000):
        past.append(float(random.poisson(4.0 + excitation)))
        excitation = kept * excitation + ratio * (1.0 - kept) * past[-1]
    paths = hawkes_paths(np.array(past), 60, SEED, "attacks")
    now = lfilter([0.0, ratio * (1.0 - kept)], [1.0, -kept], [*past, 0.0])[-1]
    assert paths[:, 0].mean() == pytest.approx(4.0 + now, rel=0.1)
    assert paths[:, -1].mean() == pytest.approx(4.0 / (1.0 - ratio), rel=0.15)


def test_the_hawkes_baseline_is_the_same_for_the_same_seed() -> None:
    one, other = (baselines(months(OBSERVED), AHEAD, ORIGIN, True, SEED)[0][HAWKES] for _ in range(2))
    assert all(np.array_equal(a.values, b.values) for a, b in zip(one, other, strict=True))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("history", "windows", "reason"),
    [
        (months([1.0] * 4), AHEAD, "fewer than 8"),
        ([w for w in months(OBSERVED) if w.value != 5.0], AHEAD, "do not follow each other"),
        (months(OBSERVED), months([3.0], before=False, days=7), "differ in length"),
        (months([0.0] * 9), AHEAD, "no event"),
    ],
)
def test_a_history_that_allows_no_hawkes_process_is_told_why(history: list, windows: list, reason: str) -> None:
    made, reasons = baselines(history, windows, ORIGIN, True, SEED)
    assert HAWKES not in made
    assert reason in reasons[HAWKES]


def test_without_a_past_there_is_no_baseline() -> None:
    made, reasons = baselines([], AHEAD, ORIGIN, True, SEED)
    assert made == {}
    assert set(reasons) == {PERSISTENCE, NEGATIVE_BINOMIAL, HAWKES}
