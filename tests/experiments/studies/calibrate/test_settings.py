"""The settings of a calibration: the shipped ones are read, and each unusable setting gives one line of error."""

import copy
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest
import yaml
from conftest import arm as composed

from experiments.config.defaults import conf_folder
from experiments.errors import InputError
from experiments.studies.calibrate.settings import Calibration, Step, read_calibration


@cache
def shipped() -> dict[str, Any]:
    return yaml.safe_load((conf_folder() / "calibration" / "default.yaml").read_text(encoding="utf-8"))


def read(**changes: object) -> Calibration:
    given = copy.deepcopy(shipped())
    for name, value in changes.items():
        *groups, entry = name.split("__")
        place = given
        for group in groups:
            place = place[group]
        place[entry] = value
    return read_calibration({"calibration": given}, composed())


def test_the_shipped_observations_are_those_of_the_patterns() -> None:
    calibration = read()
    assert calibration.steps == (Step.POSTERIOR,)
    patterns = {pattern for seen in calibration.used for pattern in seen.patterns}
    assert patterns == {1, 2, 3, 6, 7, 8, 11, 12, 13, 19}
    assert all(seen.source for seen in calibration.observations)
    assert len({seen.name for seen in calibration.observations}) == len(calibration.observations)


def test_a_series_gives_an_observation_a_window() -> None:
    found = {seen.name: seen for seen in read().observations}
    months = [seen for name, seen in found.items() if name.startswith("rocket_attacks ")]
    assert [seen.value for seen in months] == [2, 4, 6, 7, 2, 6, 1, 2, 6, 6, 10, 10]
    assert [(seen.first, seen.last) for seen in months] == [(month, month) for month in range(12)]
    spring = found["islamic_state Apr 2020 - Jun 2020"]
    assert (spring.first, spring.last, spring.value) == (6, 8, 808)
    peak = found["rockets_peak"]
    assert (peak.first, peak.last, peak.used) == (10, 11, False)


def test_at_least_100_000_worlds_run_the_year() -> None:
    calibration = read()
    families = calibration.kept * calibration.family
    assert calibration.worlds + families + calibration.matching.draws * calibration.matching.worlds >= 100_000
    assert 10 <= len(calibration.fitted) <= 17


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"steps": []}, "calibration.steps=[] is not a list such as 'calibration.steps=[posterior, coverage]'"),
        ({"steps": ["guess"]}, "calibration.steps[0]='guess' is none of screening, posterior, coverage"),
        ({"worlds": 500}, "calibration.worlds=500 is too few to fit 19 numbers: take 1267 or more"),
        ({"accepted": 0}, "calibration.accepted=0 is not a share above 0 and up to 1"),
        ({"family": 1}, "calibration.family=1 is not a whole number from 2 to 1024"),
        ({"kept": 5000}, "calibration.kept=5000 is more than 3932, which is"),
        ({"tolerances": 1}, "calibration.tolerances=1 is not a list such as"),
        ({"tolerance": float("inf")}, "calibration.tolerance=inf is not a finite number"),
        ({"fitted": None}, "calibration.fitted=None is not a list such as"),
        ({"fitted": "coalition.exit_hazard"}, "calibration.fitted='coalition.exit_hazard' is not a list such as"),
        (
            {"beside": ["coalition.exit_hazard"]},
            "calibration.fitted and calibration.beside name coalition.exit_hazard more than once",
        ),
        ({"observations": None}, "calibration.observations=None is not a mapping"),
        ({"observations": {}}, "calibration.observations: no observation is used, so there is nothing to fit to"),
        ({"rolling__origins": []}, "calibration.rolling.origins=[] is not a list such as"),
        ({"matching__cutoff": -1}, "calibration.matching.cutoff=-1 is not a positive number"),
        (
            {"observations__rocket_attacks__patterns": 5},
            "calibration.observations.rocket_attacks.patterns=5 is not a list such as",
        ),
        (
            {"observations__rocket_attacks__used": "no"},
            "calibration.observations.rocket_attacks.used='no' is neither true nor false",
        ),
        (
            {"observations__rocket_attacks__value": 3},
            "calibration.observations.rocket_attacks has a series, so its value would change nothing",
        ),
        ({"observations__rockets_peak__value": float("nan")}, "rockets_peak.value=nan is not a finite number"),
        ({"observations__rockets_peak__discrepancy": -1}, "rockets_peak.discrepancy=-1 is not a number of at least 0"),
        ({"observations__rockets_peak__to": "2020-02"}, "rockets_peak has a `from` that is later than its `to`"),
        ({"tolerance": 0}, "calibration.tolerance=0 is not a positive number"),
        ({"fitted": ["militias.mean_rocket_rat"]}, "calibration.fitted[0]='militias.mean_rocket_rat' is not drawn in this arm"),
        ({"matching__draws": 10}, "calibration.matching.draws=10 is too few to fit 19 numbers: take 80 or more"),
        ({"screening__world": 1}, "calibration.screening.world=1 is no setting"),
        (
            {"observations__rocket_attacks__series": "storms"},
            "calibration.observations.rocket_attacks.series=storms is none of attacks, ",
        ),
        (
            {"observations__rocket_attacks__statistic": "storms"},
            "calibration.observations.rocket_attacks.statistic='storms' is no statistic; there are attacks, ",
        ),
        (
            {"observations__rocket_attacks__observation": 0},
            "calibration.observations.rocket_attacks.observation=0 is not a positive number",
        ),
        ({"observations__rockets_peak__to": "2020-13"}, "calibration.observations.rockets_peak.to='2020-13' is not a month"),
        ({"observations__rockets_peak__to": "2021-01"}, "rockets_peak.to='2021-01' is no month from 2019-10 to 2020-09"),
        (
            {"observations__rockets_peak": {"patterns": [1]}},
            "calibration.observations.rockets_peak misses discrepancy, observat",
        ),
        (
            {"observations__rocket_attacks__series": None},
            "calibration.observations.rocket_attacks misses from, to, value, source, or a series",
        ),
    ],
)
def test_what_cannot_be_used_is_one_line(changes: Mapping[str, object], complaint: str) -> None:
    with pytest.raises(InputError) as error:
        read(**changes)
    assert complaint in str(error.value)
    assert "\n" not in str(error.value)
