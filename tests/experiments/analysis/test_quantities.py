"""The quantities whose variance is analysed."""

import numpy as np
import pytest
from hand_made import dataset

from experiments.analysis.quantities import Scale, difference, scale_of, value
from experiments.config.defaults import HEADLINE_OUTCOMES
from sim.record.outcomes import analysable


def test_hazards_deaths_and_counts_have_scales_of_their_own() -> None:
    data = dataset({"incident_hazard": [0.0, np.log(2.0)], "coalition_deaths": [0.0, 9.0], "attacks": [3.0, 4.0]})
    assert value(data, "incident_hazard").tolist() == pytest.approx([0.0, 0.5])
    assert value(data, "coalition_deaths").tolist() == pytest.approx([0.0, np.log(10.0)])
    assert value(data, "attacks").tolist() == [3.0, 4.0]
    assert scale_of("islamic_state_attacks_last_month") is Scale.LOGARITHM


def test_differences_pair_worlds_by_number() -> None:
    stay, leave = dataset({"attacks": [1, 2, 3]}, first=0), dataset({"attacks": [12, 13, 14]}, first=1)
    assert difference(leave, stay, "attacks").tolist() == [10.0, 10.0]


def test_the_last_day_counts() -> None:
    data = dataset({"attacks": [1, 2]}, days=(365, 730))
    assert value(data, "attacks").tolist() == [2.0, 4.0]


def test_the_headlines_can_be_analysed() -> None:
    assert set(HEADLINE_OUTCOMES) <= set(analysable())
