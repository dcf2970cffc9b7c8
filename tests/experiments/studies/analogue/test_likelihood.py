"""Does the likelihood of known exits equal the likelihood computed from the hazards, day by day?"""

import numpy as np
import pytest
from scipy.special import ndtr

from experiments.studies.analogue.exits import Chronicle
from experiments.studies.analogue.likelihood import ExitLikelihood, Stays

NAN = np.nan
DAYS = 400


def replayed(
    exit_day: float, decided: float, hazard: float = 0.01, arrival: float = 0.0, covariate: float | None = None,
    acts: range = range(0), days: int = DAYS,
) -> ExitLikelihood:  # fmt: skip
    """Return the replay of one member in one world under a constant hazard."""
    known = Chronicle(*(np.array([value]) for value in (arrival, exit_day, decided)), announced=0.0, end=float(days))
    effect = None if covariate is None else np.array([[covariate]])
    stays = Stays(known, np.array([[40.0]]), np.array([[0.4]]), effect)
    for day in range(days):
        stays.add_day(day, np.full((1, 1), hazard), day in acts)
    return stays.likelihood()


def test_a_known_decision_by_hand() -> None:
    """Ninety days of staying, then a decision: -0.9 + ln(1 - exp(-0.01))."""
    replay = replayed(130.0, 100.0, arrival=10.0)
    assert replay.log_likelihood()[0] == pytest.approx(-0.9 + np.log(-np.expm1(-0.01)))
    assert replay.log_likelihood(censored=np.array([True]))[0] == pytest.approx(-0.9)


def test_who_stays_to_the_end_has_survived() -> None:
    assert replayed(NAN, NAN, arrival=150.0).log_likelihood()[0] == pytest.approx(-0.01 * 250)


def test_an_unknown_decision_is_summed_over_the_departures_that_there_may_be() -> None:
    chance = [ndtr(np.log(k / 40.0) / 0.4) - (ndtr(np.log((k - 1) / 40.0) / 0.4) if k > 1 else 0.0) for k in range(1, 301)]
    by_hand = sum(p * np.exp(-0.01 * (300 - k)) * -np.expm1(-0.01) for k, p in enumerate(chance, start=1))
    assert replayed(300.0, NAN).log_likelihood()[0] == pytest.approx(np.log(by_hand))


def test_probabilities_of_all_that_may_happen_add_up_to_one() -> None:
    """A member decides on one of the days, or stays."""
    left = sum(np.exp(replayed(NAN, float(day), 0.02, days=60).log_likelihood()[0]) for day in range(60))
    stays = np.exp(replayed(NAN, NAN, 0.02, days=60).log_likelihood()[0])
    assert left + stays == pytest.approx(1.0)


def test_the_covariate_acts_on_its_days_alone() -> None:
    """Doubled on the last 50 of 100 days and on the day of the decision: -(0.5 + 1.0) + ln(1 - exp(-0.02))."""
    replay = replayed(NAN, 100.0, covariate=np.log(2.0), acts=range(50, 200))
    assert replay.log_likelihood(covariate=True)[0] == pytest.approx(-1.5 + np.log(-np.expm1(-0.02)))
    assert replay.log_likelihood()[0] == pytest.approx(-1.0 + np.log(-np.expm1(-0.01)))


def test_worlds_and_members_are_kept_apart() -> None:
    known = Chronicle(np.zeros(2), np.array([NAN, NAN]), np.array([5.0, NAN]), announced=0.0, end=10.0)
    stays = Stays(known, np.full((1, 2), 40.0), np.full((1, 2), 0.4), None)
    for day in range(10):
        stays.add_day(day, np.array([[0.1, 0.2], [0.01, 0.02]]), False)
    expected = [-0.5 + np.log(-np.expm1(-0.1)) - 0.1, -1.0 + np.log(-np.expm1(-0.2)) - 0.2]
    assert stays.likelihood().log_likelihood() == pytest.approx(expected)
