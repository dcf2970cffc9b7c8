"""The scorecard as a figure: one row per statistic, with a marker for each kind of verdict."""

import numpy as np

from experiments.studies.validate.measured import mean_of, median_of
from experiments.studies.validate.report import scorecard_figure
from experiments.studies.validate.scorecard import FAIL, PASS, REPORTED, Criterion, Target, score

VALUES = np.arange(100.0)


def target(number: str, **changes: object) -> Target:
    given = {"number": number, "name": "a pattern", "statistic": f"number {number}", "unit": "attacks", "source": "a source"}
    return Target(**{**given, **changes})  # ty: ignore[invalid-argument-type]


def test_each_row_has_marker_target_and_words() -> None:
    targets = {
        "met": target("1", low=40.0, high=60.0, rule=Criterion.MEDIAN_INSIDE, required=True, calibrated=True),
        "missed": target("2", high=3.0, rule=Criterion.ESTIMATE_INSIDE),
        "told": target("3"),
    }
    measured = {"met": median_of(VALUES), "missed": mean_of(VALUES), "told": mean_of(VALUES)}
    figure = scorecard_figure(score(targets, measured), "100 worlds.")
    (axes,) = figure.axes
    assert [line.get_gid() for line in axes.lines if line.get_gid()] == [PASS, FAIL]
    assert [patch.get_gid() for patch in axes.patches] == ["target", "target"]
    texts = {text.get_text(): text for text in axes.texts}
    assert {"a pattern: number 1 *", "a pattern: number 2", "a pattern: number 3"} <= set(texts)
    assert texts["no target"].get_gid() == REPORTED
    assert {"40 to 60", "at most 3", "calibration", "49.5 (4.95 to 94)"} <= set(texts)
    assert all(0.0 <= float(x) <= 1.0 for line in axes.lines if line.get_gid() for x in line.get_xdata())
