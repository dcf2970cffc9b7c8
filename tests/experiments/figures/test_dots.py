"""Do the dots and the overview show in how many worlds an outcome is larger, the same and smaller?"""

import numpy as np
import pytest
from drawing import EIGHT, arms, differences_of, table_of, texts_of

from experiments.studies.compare.figures.dots import dots
from experiments.studies.compare.figures.overview import ordered, overview
from experiments.studies.compare.figures.shares import follows
from experiments.studies.compare.text import columns

FOLLOWS = [column.outcome for column in columns() if follows(column)]

TWO = EIGHT[:2]


def test_the_dots_are_the_quantiles_of_the_paired_differences() -> None:
    values, _ = differences_of(TWO)
    drawn = values[values["outcome"] == "civilian_deaths"]["value"].to_numpy()
    stay, pullout = (data["civilian_deaths"].values[:, -1].astype(float) for data in arms(TWO).values())
    assert drawn == pytest.approx(np.quantile(pullout - stay, (np.arange(50) + 0.5) / 50, method="hazen"))


def test_a_difference_too_small_to_matter_is_the_same() -> None:
    _, shares = differences_of(TWO)
    row = shares[shares["outcome"] == "civilian_deaths"].iloc[0]
    stay, pullout = (data["civilian_deaths"].values[:, -1].astype(float) for data in arms(TWO).values())
    least = 0.05 * np.median(stay)
    assert row["more"] == pytest.approx(np.mean(pullout - stay >= least))
    assert row["same"] == pytest.approx(np.mean(np.abs(pullout - stay) < least))
    assert row["more"] + row["same"] + row["fewer"] == pytest.approx(1.0)


def test_every_panel_has_fifty_dots_of_which_more_and_fewer_keep_to_their_side() -> None:
    figure = dots(*differences_of(TWO), "40 worlds.")
    for axes in figure.axes:
        (line,) = [line for line in axes.get_lines() if line.get_gid() == "no difference"]
        middle = line.get_xdata()[0]
        places = {group.get_gid(): np.asarray(group.get_offsets()) for group in axes.collections}
        assert sum(map(len, places.values())) == 50
        assert all(places["more"][:, 0] > middle)
        assert all(places["fewer"][:, 0] < middle)
        assert max(place[:, 1].max() for place in places.values() if len(place)) < axes.get_ylim()[1]


def test_the_texts_are_the_shares_and_the_caption_begins_with_them() -> None:
    values, shares = differences_of(TWO)
    figure = dots(values, shares, "40 worlds.")
    row = shares[shares["outcome"] == "displaced_attacks"].iloc[0]
    said = f"{100 * row['more']:.0f} more, {100 * row['same']:.0f} same, {100 * row['fewer']:.0f} fewer"
    assert said in [text.get_text() for text in texts_of(figure) if text.get_gid() == "shares"]
    assert str(figure.get_label()).startswith("US pullout: Iraqi civilian deaths: more in ")
    outcomes = [text.get_text() for text in texts_of(figure) if text.get_gid() == "outcome"]
    assert (
        outcomes[-len([name for name in FOLLOWS if name in set(values["outcome"])]) :][0].replace("\n", " ")
        == "Attacks on coalition sites and convoys"
    )


def test_the_overview_has_the_largest_effect_on_top_and_bars_as_long_as_the_shares() -> None:
    table, shares = table_of(arms(EIGHT)), differences_of(EIGHT)[1]
    figure = overview(table, shares, "40 worlds.")
    moved = shares[~shares["outcome"].isin(FOLLOWS)].groupby("arm")["same"].sum()
    assert list(moved.loc[ordered(shares)]) == sorted(moved)
    bars = {name: [bar.get_width() for bar in figure.axes[0].patches if bar.get_gid() == name] for name in ("more", "fewer")}
    whole = (
        bars["more"][0] / shares[(shares["arm"] == ordered(shares)[0])].set_index("outcome").loc["displaced_attacks", "more"]
    )
    assert all(0.0 <= width <= whole + 1e-9 for widths in bars.values() for width in widths)
    assert len(bars["more"]) == len(shares)
