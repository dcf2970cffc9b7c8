"""Verdicts on hand-made measurements."""

from dataclasses import replace

import numpy as np
import pytest

from experiments.studies.validate.measured import Measured, mean_of, median_of
from experiments.studies.validate.report import read_targets, targets_file
from experiments.studies.validate.scorecard import FAIL, PASS, REPORTED, Criterion, Target, failures, score, summary, table

HUNDRED = median_of(np.arange(1.0, 101.0))
"""Values 1-100: median 50.5, 90 % band 6-95."""


def target(
    rule: Criterion = Criterion.MEDIAN_INSIDE, low: float | None = 40.0, high: float | None = 60.0, **more: bool
) -> Target:
    return Target(
        number="1", name="a pattern", statistic="a number", unit="number", source="here", low=low, high=high, rule=rule, **more
    )


def test_the_median_decides_and_the_share_of_worlds_is_told() -> None:
    assert target().verdict(HUNDRED) == PASS
    assert target(low=51.0).verdict(HUNDRED) == FAIL
    assert target().share_inside(HUNDRED) == pytest.approx(0.21)


def test_an_observed_value_lies_in_the_band_or_not() -> None:
    assert target(Criterion.BAND_CONTAINS, 90.0, 90.0).verdict(HUNDRED) == PASS
    assert target(Criterion.BAND_CONTAINS, 97.0, 97.0).verdict(HUNDRED) == FAIL
    row = score({"x": target(Criterion.BAND_CONTAINS, 90.0, 90.0)}, {"x": HUNDRED}).iloc[0]
    assert row["observed_at"] == pytest.approx(0.9)
    assert np.isnan(row["share_inside"])


def test_the_band_lies_in_the_target_or_not() -> None:
    assert target(Criterion.BAND_INSIDE, 5.0, 96.0).verdict(HUNDRED) == PASS
    assert target(Criterion.BAND_INSIDE, 7.0, 96.0).verdict(HUNDRED) == FAIL


def test_one_bound_is_enough() -> None:
    assert target(Criterion.ESTIMATE_INSIDE, None, 0.1).verdict(mean_of([0.0, 0.1])) == PASS
    assert target(Criterion.ESTIMATE_INSIDE, 0.1, None).verdict(mean_of([0.0, 0.1])) == FAIL


def test_what_could_not_be_measured_fails() -> None:
    nothing = median_of([np.nan])
    for rule in (Criterion.MEDIAN_INSIDE, Criterion.ESTIMATE_INSIDE, Criterion.BAND_CONTAINS, Criterion.BAND_INSIDE):
        assert target(rule).verdict(nothing) == FAIL


def test_a_bound_within_two_errors_is_close() -> None:
    measured = Measured(0.10, 0.01, None, 10)
    assert target(Criterion.ESTIMATE_INSIDE, None, 0.115).is_close(measured)
    assert not target(Criterion.ESTIMATE_INSIDE, None, 0.125).is_close(measured)
    assert target(Criterion.BAND_CONTAINS, 94.0, 94.0).is_close(HUNDRED)
    assert not target(Criterion.BAND_CONTAINS, 50.0, 50.0).is_close(HUNDRED)


@pytest.mark.parametrize(
    "wrong",
    [
        {"rule": Criterion.REPORTED},
        {"low": None, "high": None},
        {"low": 61.0},
        {"rule": Criterion.REPORTED, "low": None, "high": None, "required": True},
    ],
)
def test_targets_that_make_no_sense_are_refused(wrong: dict) -> None:
    with pytest.raises(ValueError, match="bounds|no target|above high"):
        target(**wrong)


def test_only_required_failures_fail_the_model() -> None:
    targets = {
        "good": target(required=True),
        "bad": target(low=51.0),
        "told": target(Criterion.REPORTED, None, None),
    }
    scorecard = score(targets, dict.fromkeys(targets, HUNDRED))
    assert list(scorecard["verdict"]) == [PASS, FAIL, REPORTED]
    assert failures(scorecard) == []
    assert summary(scorecard).splitlines() == [
        "Required: 1 of 1 pass.",
        "Others with a target: 0 of 1 pass; FAIL: 1 (a number).",
    ]
    scorecard = score({**targets, "worse": target(high=50.0, required=True)}, dict.fromkeys([*targets, "worse"], HUNDRED))
    assert failures(scorecard) == ["1 (a number)"]


def test_the_table_has_a_panel_for_each_kind_of_target() -> None:
    targets = {
        "good": target(required=True, informed_a_prior=True, calibrated=True),
        "told": target(Criterion.REPORTED, None, None),
    }
    lines = [
        " ".join(line.split()) for line in table(score(targets, {"good": HUNDRED, "told": mean_of([1.0, 2.0])})).splitlines()
    ]
    assert lines[0] == "Required"
    assert lines[3] == "1 a pattern: a number 50.5 (5.95 to 95) 40 to 60 21% pass ? p c"
    assert lines[5:7] == ["Reported without a target", "# pattern: statistic measured"]
    assert lines[8] == "1 a pattern: a number 1.5 ± 1"


@pytest.mark.parametrize("width", [80, 120])
def test_the_table_and_the_summary_fit_a_terminal(width: int) -> None:
    targets = {
        key: replace(each, rule=Criterion.MEDIAN_INSIDE, low=-1e-6, high=0.25)
        for key, each in read_targets(targets_file()).items()
    }
    scorecard = score(targets, dict.fromkeys(targets, HUNDRED))
    shown = [*table(scorecard, width).splitlines(), *summary(scorecard, width).splitlines()]
    assert max(map(len, shown)) <= width
    told = " ".join(" ".join(shown).split())
    for each in targets.values():
        assert each.statistic.split()[-1] in told
