"""Do the exits of a coalition have the hazards, days and survival that were counted by hand?"""

import numpy as np
import pandas as pd
import pytest

from experiments.studies.analogue.exits import (
    Chronicle,
    interval_of_rate,
    observed_curve,
    observed_rates,
    score_exits,
    statistics_of,
    staying,
    survival,
    waits,
)

NAN, MONTH = np.nan, 365 / 12
CHRONICLE = Chronicle(
    arrival=np.array([0.0, 0.0, 100.0, 0.0]),
    exit=np.array([200.0, 550.0, 600.0, NAN]),
    decided=np.full(4, NAN),
    announced=500.0,
    end=800.0,
)


def test_statistics_by_hand() -> None:
    found = {name: float(values[0]) for name, values in statistics_of(CHRONICLE.exit[np.newaxis], CHRONICLE).items()}
    before, after = 1.0 / (200 + 500 + 400 + 500), 2.0 / (50 + 100 + 300)
    assert list(found.values()) == pytest.approx([1.0, before * MONTH, after * MONTH, after / before, 100.0, 2 / 3, 1.0])


def test_no_exit_has_no_median_and_no_ratio() -> None:
    found = statistics_of(np.full((1, 4), NAN), CHRONICLE)
    assert found["median days from the announcement to exit"][0] == np.inf
    assert np.isnan(found["hazard after it divided by hazard before it"][0])
    assert found["members still there at the end"][0] == 4.0


def test_all_gone_before_the_announcement_has_no_median() -> None:
    found = statistics_of(np.full((1, 4), 300.0), CHRONICLE)
    assert np.isnan(found["median days from the announcement to exit"][0])


def test_exact_interval_of_a_rate() -> None:
    """No event in 10: upper bound -ln(0.05)/10; one event: the lower bound solves 1 - exp(-x) = 0.05."""
    assert interval_of_rate(0, 10.0) == pytest.approx((0.0, -np.log(0.05) / 10.0))
    assert interval_of_rate(1, 1.0)[0] == pytest.approx(-np.log(0.95))


def test_observed_rates_are_those_before_and_after() -> None:
    rates = observed_rates(CHRONICLE).set_index("period")
    assert rates["exits"].tolist() == [1.0, 2.0]
    assert rates.loc["after", "member_months"] == pytest.approx(450 / MONTH)
    assert (rates["low"] < rates["hazard"]).all()
    assert (rates["hazard"] < rates["high"]).all()


def test_observed_values_stand_where_they_do_among_the_worlds() -> None:
    none, all_gone = np.full((1, 4), NAN), np.full((1, 4), 510.0)
    worlds = np.concatenate([none, none, CHRONICLE.exit[np.newaxis], all_gone])
    scored = score_exits(
        {"prior": (worlds, np.full(4, 0.25)), "posterior": (worlds, np.array([0.0, 0.0, 1.0, 0.0]))}, CHRONICLE
    )
    row = scored.set_index("statistic").loc["members still there at the end"]
    assert (row["prior_median"], row["prior_at"]) == (1.0, pytest.approx(0.25 + 0.125))
    assert (row["posterior_q05"], row["posterior_q95"], row["posterior_inside"]) == (1.0, 1.0, True)
    assert isinstance(scored, pd.DataFrame)


def test_survival_is_that_of_kaplan_and_meier() -> None:
    """Stays of 200, 550, 500 and, censored, 800 days."""
    share = staying(waits(CHRONICLE.exit, CHRONICLE, "arrival"), np.array([0.0, 199.0, 200.0, 500.0, 550.0, 800.0]))
    assert share == pytest.approx([1.0, 1.0, 0.75, 0.5, 0.25, 0.25])


def test_survival_since_the_announcement_is_of_those_there() -> None:
    share = staying(waits(CHRONICLE.exit, CHRONICLE, "announcement"), np.array([0.0, 50.0, 100.0, 300.0]))
    assert share == pytest.approx([1.0, 2 / 3, 1 / 3, 1 / 3])
    nobody = waits(np.full(4, 10.0), CHRONICLE, "announcement")
    assert np.isnan(staying(nobody, np.array([0.0]))).all()


def test_interval_of_the_observed_curve_is_greenwoods() -> None:
    """After one of four has left: S = 3/4; the variance of ln(-ln S) is 1/(4*3) / ln(S)^2."""
    share, low, high = observed_curve(waits(CHRONICLE.exit, CHRONICLE, "arrival"), np.array([100.0, 200.0, 550.0]))
    spread = 1.6448536 * np.sqrt(1.0 / 12.0) / abs(np.log(0.75))
    assert share[1] == pytest.approx(0.75)
    assert (low[1], high[1]) == pytest.approx((0.75 ** np.exp(spread), 0.75 ** np.exp(-spread)))
    assert np.isnan(low[0])
    assert low[2] < share[2] < high[2]


def test_survival_of_worlds_stands_beside_the_observed_one() -> None:
    worlds = np.array([[NAN, NAN, NAN, NAN], [510.0, 510.0, 510.0, 510.0], [510.0, NAN, NAN, NAN]])
    table = survival({"prior": worlds}, CHRONICLE).set_index(["since", "day"])
    assert table.loc[("arrival", 200.0), "observed"] == pytest.approx(0.75)
    row = table.loc[("announcement", 10.0)]
    assert row["observed"] == 1.0
    assert row["prior_median"] == pytest.approx(0.75)
    assert row["prior_q05"] == pytest.approx(0.075)
    assert table.loc["arrival"].index.max() == 800.0
