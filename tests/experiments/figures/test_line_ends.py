"""Are the names at line ends apart, in order, and as near to their lines as possible?"""

import numpy as np
import pytest
from drawing import EIGHT, arm, boxes_of, overlapping
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.studies.compare.figures.fans import fans
from experiments.studies.compare.figures.line_ends import spread

heights_and_places = st.lists(st.tuples(st.floats(2.0, 20.0), st.floats(0.0, 100.0)), min_size=1, max_size=10)


@pytest.mark.parametrize(
    ("wanted", "placed"),
    [
        ([10.0, 50.0], [10.0, 50.0]),
        ([10.0, 10.0], [12.0, 8.0]),
        ([10.0, 11.0], [8.5, 12.5]),
        ([0.0, 0.0], [6.0, 2.0]),
        ([100.0, 100.0, 50.0], [98.0, 94.0, 50.0]),
    ],
)
def test_names_move_as_little_as_they_must(wanted: list[float], placed: list[float]) -> None:
    assert np.allclose(spread(np.array(wanted), np.full(len(wanted), 4.0), 0.0, 100.0), placed)


def test_too_many_names_stay_apart_and_reach_beyond_both_ends() -> None:
    assert np.allclose(spread(np.array([1.0, 2.0, 3.0]), np.full(3, 4.0), 0.0, 6.0), [-1.0, 3.0, 7.0])


@settings(deadline=None, max_examples=100, derandomize=True, database=None)
@given(heights_and_places)
def test_names_never_overlap_nor_change_places(labels: list[tuple[float, float]]) -> None:
    heights, wanted = np.array(labels).T
    placed = spread(wanted, heights, 0.0, 100.0)
    order = np.argsort(placed)
    gaps = np.diff(placed[order]) - (heights[order][1:] + heights[order][:-1]) / 2
    assert np.all(gaps > -1e-9)
    assert np.all(np.diff(wanted[order]) >= 0.0)


def test_names_of_equal_lines_are_apart() -> None:
    data = dict.fromkeys(EIGHT[:6], arm())
    names = [(text, box) for text, box in boxes_of(fans(data)) if "pullout" in text or "force" in text]
    assert len(names) >= 6 * 3
    assert overlapping(names) == []


def test_past_six_arms_only_the_reference_and_the_one_asked_about_have_a_name() -> None:
    figure = fans(dict.fromkeys(EIGHT, arm()))
    named = {text.get_text() for text in figure.axes[0].texts if text.get_gid() == "line end"}
    assert named == {"Stay", "US pullout"}
    colours = {line.get_label(): line.get_color() for line in figure.axes[0].get_lines()}
    assert colours["partial_cut"] == colours["ultimatum"] != colours["us_pullout"]
    assert "Grey: the other arms." in str(figure.get_label())
