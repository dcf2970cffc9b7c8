"""Does the forest show the table's differences, and how sure they are?"""

import numpy as np
import pandas as pd
import pytest
from drawing import EIGHT, arms, note_of, table_of, texts_of
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.style import arm_name
from experiments.studies.compare.figures.forest import SHOWN, forest, shares


def drawn(axes: Axes, gid: str) -> list[np.ndarray]:
    """Return where the lines of a kind begin and end, row by row."""
    return [np.asarray(line.get_xdata()) for line in axes.get_lines() if line.get_gid() == gid]


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """Four arms."""
    return table_of(arms(EIGHT[:4]))


@pytest.fixture(scope="module")
def figure(table: pd.DataFrame) -> Figure:
    """Their forest."""
    return forest(table, seed=7)


def test_rows_are_the_quantiles_of_the_paired_differences(figure: Figure) -> None:
    data = arms(EIGHT[:4])
    axes = figure.axes[list(SHOWN).index("civilian_deaths")]
    for row, label in enumerate(EIGHT[1:4]):
        difference = data[label]["civilian_deaths"].values[:, 0] - data["stay"]["civilian_deaths"].values[:, 0]
        assert np.allclose(drawn(axes, "median")[row], np.quantile(difference, 0.5))
        assert np.allclose(drawn(axes, "50 %")[row], np.quantile(difference, [0.25, 0.75]))
        assert np.allclose(drawn(axes, "90 %")[row], np.quantile(difference, [0.05, 0.95]))


def test_no_difference_is_a_line_at_zero_and_at_one_for_the_ratio(figure: Figure) -> None:
    assert len(figure.axes) == len(SHOWN)
    for axes, name in zip(figure.axes, SHOWN, strict=True):
        (where,) = drawn(axes, "no difference")
        assert set(where) == {1.0 if name == "islamic_state_ratio" else 0.0}
        low, high = axes.get_xlim()
        assert low < where[0] < high


def test_the_ratio_has_its_own_quantiles(figure: Figure) -> None:
    data = arms(EIGHT[:4])
    name = "islamic_state_attacks_last_month"
    ratio = data["us_pullout"][name].values[:, 0] / data["stay"][name].values[:, 0]
    axes = figure.axes[list(SHOWN).index("islamic_state_ratio")]
    assert np.allclose(drawn(axes, "50 %")[0], np.quantile(ratio, [0.25, 0.75]))


def test_the_note_of_a_page_is_of_the_outcomes_that_it_shows(table: pd.DataFrame, figure: Figure) -> None:
    for words in ("Fewer attacks on sites may mean", "the ratio is to its IS attacks"):
        assert words in note_of(figure)
        assert words not in note_of(forest(table, only=["coalition_deaths"]))


def test_names_stand_once_at_the_left_of_each_row_of_panels(figure: Figure) -> None:
    names = [text.get_text().replace("\n", " ") for text in texts_of(figure) if text.get_gid() == "arm"]
    assert names == 2 * [arm_name(label) for label in EIGHT[1:4]]


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ((0.78, 0.10, 0.12), "78 / 10 / 12"),
        ((0.001, 0.0, 0.999), "<1 / 0 / >99"),
        ((1.0, 0.0, 0.0), "100 / 0 / 0"),
        ((np.nan, 0.5, np.nan), "– / 50 / –"),
    ],
)
def test_shares_never_round_to_never_or_always(row: tuple[float, float, float], text: str) -> None:
    assert shares(pd.Series(row, ["worse", "equal", "better"])) == text


def test_shares_stand_at_the_right_of_every_row(table: pd.DataFrame, figure: Figure) -> None:
    row = table[(table["arm"] == "us_pullout") & (table["outcome"] == "attacks")].iloc[0]
    texts = [text.get_text() for text in texts_of(figure) if text.get_gid() == "shares"]
    assert texts[0] == shares(row)
    assert len(texts) == 3 * len(SHOWN)


def whiskers(axes: Axes) -> int:
    """Return how many Monte Carlo errors are drawn."""
    return len(axes.containers)


def test_an_error_is_drawn_where_it_would_show(table: pd.DataFrame, figure: Figure) -> None:
    attacks = table[table["outcome"] == "attacks"]
    certain, unsure = attacks.assign(difference_error=1e-9), attacks.assign(difference_error=1e3)
    assert whiskers(forest(certain).axes[0]) == 0
    assert whiskers(forest(unsure).axes[0]) == 3
    assert "two Monte Carlo standard errors" in note_of(figure)


def test_the_day_is_the_last(table: pd.DataFrame) -> None:
    attacks = table[table["outcome"] == "attacks"]
    both = pd.concat([attacks, attacks.assign(day=365, difference_median=3.0)])
    assert "by day 365" in note_of(forest(both))
    assert np.allclose(drawn(forest(both).axes[0], "median"), 3.0)


def test_a_single_arm_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="besides the reference"):
        forest(table_of(arms(EIGHT[:1])))


def test_the_note_names_the_reference_the_worlds_and_the_seed(figure: Figure) -> None:
    note = note_of(figure)
    assert "Differences from Stay" in note
    assert "40 worlds, seed 7." in note


def test_equal_arms_give_a_row_on_the_line() -> None:
    data = {"stay": arms(["stay"])["stay"], "same": arms(["stay"])["stay"]}
    axes = forest(table_of(data)).axes[0]
    assert np.allclose(drawn(axes, "median"), 0.0)
    assert axes.get_xlim()[0] < 0.0 < axes.get_xlim()[1]
