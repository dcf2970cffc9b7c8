"""Does the timeline show each event where it happened, and bars that can be compared between arms?"""

import pandas as pd
import pytest
from drawing import boxes_of, note_of, overlapping, texts_of
from matplotlib.patches import StepPatch

from experiments.analysis.counts import DAYS_A_MONTH
from experiments.studies.replay.timeline import timeline
from sim.record.logged_event import LoggedKind


def events(*rows: tuple[str, int, LoggedKind, float]) -> pd.DataFrame:
    return pd.DataFrame(
        [(arm, day, kind.value, magnitude) for arm, day, kind, magnitude in rows], columns=["arm", "day", "event", "magnitude"]
    )


TWO = events(
    ("stay", 3, LoggedKind.ATTACK, 2.0),
    ("stay", 4, LoggedKind.ATTACK, 1.0),
    ("stay", 20, LoggedKind.ATTACK, 6.0),
    ("stay", 5, LoggedKind.TRUCE_BEGINS, 1.0),
    ("stay", 15, LoggedKind.TRUCE_ENDS, 1.0),
    ("stay", 40, LoggedKind.TRUCE_BEGINS, 1.0),
    ("us_pullout", 3, LoggedKind.ATTACK, 3.0),
    ("us_pullout", 14, LoggedKind.FULL_EXIT, 1.0),
    ("us_pullout", 30, LoggedKind.RELOCATES, 100.0),
    ("us_pullout", 30, LoggedKind.RELOCATES, 80.0),
    ("us_pullout", 50, LoggedKind.KNOCKED_ON, 80.0),
)


def test_weekly_bars_of_both_arms_stand_below_each_other_on_one_scale() -> None:
    (axes,) = timeline(TWO, 60, 7, 1, 14, ["stay", "us_pullout"]).axes
    bars = {patch.get_gid(): patch.get_data() for patch in axes.patches if isinstance(patch, StepPatch)}  # of the last lane
    heights = {arm: (values - base)[:3] / 0.8 for arm, (values, _, base) in bars.items()}
    assert heights["stay"] == pytest.approx([0.5, 0.0, 1.0])
    assert heights["us_pullout"] == pytest.approx([0.5, 0.0, 0.0])
    assert bars["stay"].baseline == bars["us_pullout"].baseline + 1.0
    colours = {patch.get_gid(): patch.get_facecolor() for patch in axes.patches if isinstance(patch, StepPatch)}
    assert colours["stay"] != colours["us_pullout"]


def test_truces_last_from_their_first_day_to_their_last_or_to_the_horizon() -> None:
    axes = timeline(TWO, 60, 7, 1, 14).axes[0]
    bars = [patch for patch in axes.patches if not isinstance(patch, StepPatch)]
    spans = [(bar.get_x() * DAYS_A_MONTH, bar.get_width() * DAYS_A_MONTH) for bar in bars]
    assert spans == [pytest.approx((5.0, 10.0)), pytest.approx((40.0, 20.0))]


def test_marks_stand_on_their_day_and_say_how_many() -> None:
    axes = timeline(TWO, 60, 7, 1, 14).axes[0]
    at = {line.get_marker(): float(line.get_xdata()[0]) * DAYS_A_MONTH for line in axes.lines if line.get_marker() != "None"}
    assert at == {"v": pytest.approx(14.0), "o": pytest.approx(30.0)}
    assert "2" in [text.get_text() for text in axes.texts]


def test_it_says_what_it_is_and_explains_only_marks_that_are_there() -> None:
    figure = timeline(TWO, 60, 7, 1, 14)
    note = note_of(figure)
    assert "World 7, one history of thousands" in note
    assert "▼ full exit announced" in note
    assert "ultimatum" not in note.lower()
    told = [text.get_text() for text in texts_of(figure)]
    assert "the arms diverge, day 14" in told
    assert told.count("largest\nweek") == 1
    assert {"Stay", "US pullout"} <= set(told)
    assert figure.get_label().startswith("Stay and US pullout diverge on day 14.")
    alone = timeline(TWO[TWO["arm"] == "stay"], 60, 7, 1)
    assert len(alone.axes) == 1
    assert not any("part" in text.get_text() for text in texts_of(alone) if text.get_gid() != "note")


def test_texts_do_not_lie_on_each_other() -> None:
    assert overlapping(boxes_of(timeline(TWO, 730, 7, 1, 14))) == []


def test_an_arm_without_an_event_is_drawn_empty() -> None:
    (axes,) = timeline(TWO[TWO["arm"] == "stay"], 60, 7, 1, None, ["stay", "us_pullout"]).axes
    heights = {patch.get_gid(): patch.get_data() for patch in axes.patches if isinstance(patch, StepPatch)}
    assert not (heights["us_pullout"].values - heights["us_pullout"].baseline).any()
