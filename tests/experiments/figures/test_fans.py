"""Do the fans show the quantiles of the worlds, and does their note describe them?"""

import numpy as np
import pytest
from drawing import DAYS, EIGHT, arm, arms, note_of, texts_of
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection

from experiments.analysis.counts import DAYS_A_MONTH
from experiments.figures.draw import POLICY_START
from experiments.studies.compare.figures.fans import BY_WEEK, fans, with_bands


def line(axes: Axes, label: str) -> np.ndarray:
    """Return the heights of an arm's median."""
    return np.asarray(next(line.get_ydata() for line in axes.get_lines() if line.get_label() == label))


def bands(axes: Axes) -> list[PolyCollection]:
    """Return the shaded bands."""
    return [artist for artist in axes.collections if isinstance(artist, PolyCollection)]


def test_lines_are_medians_of_what_was_added_up() -> None:
    data = arms(EIGHT[:3])
    figure = fans(data, ["attacks", "islamic_state_attacks", "members_troops_gone"])
    for label, outcomes in data.items():
        total = np.quantile(outcomes["attacks_by_week"].values.astype(float).cumsum(axis=1), 0.5, axis=0)
        assert np.allclose(line(figure.axes[0], label), [0.0, *total])
        rate = np.quantile(outcomes["islamic_state_attacks_by_week"].values[:, : DAYS // 7], 0.5, axis=0)
        assert np.allclose(line(figure.axes[1], label), rate)
        gone = 100 * np.quantile(outcomes["members_troops_gone_by_week"].values, 0.5, axis=0)
        assert np.allclose(line(figure.axes[2], label), gone)


def test_bands_reach_from_quantile_to_quantile() -> None:
    data = arms(EIGHT[:1])
    wide, narrow = bands(fans(data, ["members_troops_gone"]).axes[0])
    last = data["stay"]["members_troops_gone_by_week"].values[:, -1]
    for band, low, high in ((wide, 0.05, 0.95), (narrow, 0.25, 0.75)):
        corners = band.get_paths()[0].vertices
        at_end = corners[np.isclose(corners[:, 0], DAYS / DAYS_A_MONTH), 1]
        assert np.allclose([at_end.min(), at_end.max()], 100 * np.quantile(last, [low, high]))


def test_weeks_and_worlds_without_a_rate_are_left_out() -> None:
    values = np.array([[1.0, 2.0, np.nan], [3.0, np.nan, np.nan]])
    data = arm(0, worlds=2, days=21).assign(attacks_per_exposure_by_week=(("world", "week"), values))
    figure = fans({"stay": data}, ["attacks_per_exposure"])
    np.testing.assert_allclose(line(figure.axes[0], "stay"), [2.0, 2.0, np.nan])
    assert "over the worlds with exposure" in note_of(figure)
    assert any(text.get_gid() == "line end" for text in texts_of(figure))


def test_few_arms_all_have_bands_many_only_two_and_the_note_says_whose() -> None:
    few, many = fans(arms(EIGHT[:4])), fans(arms(EIGHT))
    assert len(bands(few.axes[0])) == 4
    assert len(bands(many.axes[0])) == 2 * 2
    assert "Stay and US pullout only" in note_of(many)
    assert "only" not in note_of(few)
    assert {str(text.get_label()) for text in many.axes[0].get_lines()} >= set(EIGHT)
    assert with_bands(["a", "b", "c", "d", "e"], {"c"}) == ["c", "a"]
    assert with_bands(["a", "b", "c", "d", "e"], set("abcde")) == ["a"]


def test_the_note_says_how_many_worlds_days_and_which_seed() -> None:
    note = note_of(fans({"stay": arm(0, worlds=30), "us_pullout": arm(1, worlds=1)}))
    assert f"1 to 30 worlds per arm, {DAYS} days from 30 September 2020, seed 7." in note
    assert "1 world, " in note_of(fans({"stay": arm(0, worlds=1)}))


def test_the_start_of_the_policies_is_marked_once_in_words() -> None:
    figure = fans(arms(EIGHT[:2]))
    for axes in figure.axes:
        assert [x for line in axes.get_lines() if len(set(x := tuple(line.get_xdata()))) == 1 and len(x) == 2 and x[0] > 0]
        assert axes.get_xlim() == (0.0, DAYS / DAYS_A_MONTH)
    assert [text.get_text() for text in texts_of(figure)].count(f"policies start, day {POLICY_START}") == 1


def test_a_short_run_has_no_policies_nor_rates() -> None:
    figure = fans({"stay": arm(0, days=5)})
    texts = [text.get_text() for text in texts_of(figure)]
    assert "IS attacks, cumulative" in texts
    assert not [text for text in texts if text.startswith("policies")]


def test_outcomes_not_recorded_by_week_are_left_out() -> None:
    data = {"stay": arm().drop_vars("attacks_by_week")}
    figure = fans(data)
    assert len(figure.axes) == len(BY_WEEK) - 1
    assert "read them beside" not in note_of(figure)
    with pytest.raises(ValueError, match="record=weekly"):
        fans(data, ["attacks"])


def test_an_outcome_of_choice_gets_a_title_from_its_name() -> None:
    texts = [text.get_text() for text in texts_of(fans(arms(EIGHT[:2]), ["coalition_deaths", "islamic_state_attacks"]))]
    assert "Coalition deaths, the embassy included" in "\n".join(texts)
    assert any("per week" in text for text in texts)
