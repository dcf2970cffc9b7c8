"""Does the figure of observed series show every window, on the bands, at the right dates?"""

from datetime import date

import numpy as np
import xarray as xr
from matplotlib.dates import num2date
from matplotlib.figure import Figure

from experiments.analysis.forecasts import Window
from experiments.studies.validate.observed_figure import FEWEST_FOR_PIT, Panel, observed_fan

WORLDS = xr.Dataset({"value": (("world", "window"), np.zeros((5, 2)))}, {"day": [60]}, {"seed": 3})


def window(month: int, value: float, series: str = "attacks") -> Window:
    return Window(series, date(2020, month, 1), date(2020, month, 28), value, value - 1.0, value + 2.0)


def drawn(series: str = "attacks", counts: bool = True, number: int = 2) -> Figure:
    bands = np.array([[1.0, 3.0, 5.0, 7.0, 12.0], [0.0, 2.0, 4.0, 6.0, 9.0]])
    windows = [window(10, 6.0, series), window(11, 4.0, series)]
    panel = Panel(series, counts, [window(9, 21.0, series)], windows, bands, {"persistence": np.array([21.0, 21.0])})
    pit = np.linspace(0.1, 0.6, number)
    return observed_fan([panel], (pit, pit + 0.1), WORLDS)


def dots(figure: Figure) -> list[tuple[date, float]]:
    marked = [line for line in figure.axes[0].get_lines() if line.get_marker() == "o"]
    return [(num2date(float(line.get_xdata()[0])).date(), float(line.get_ydata()[0])) for line in marked]


def test_counts_stand_in_the_middle_of_their_windows_and_levels_at_their_ends() -> None:
    assert dots(drawn()) == [(date(2020, 9, 15), 21.0), (date(2020, 10, 15), 6.0), (date(2020, 11, 15), 4.0)]
    assert dots(drawn("members_present", counts=False))[1] == (date(2020, 10, 29), 6.0)


def test_nothing_is_cut_off() -> None:
    assert drawn().axes[0].get_ylim()[1] >= 23.0


def test_few_windows_have_no_histogram() -> None:
    assert len(drawn().axes) == 1
    assert len(drawn(number=FEWEST_FOR_PIT).axes) == 2


def test_the_note_names_the_baselines_and_what_the_figure_rests_on() -> None:
    note = str(drawn().get_label())
    assert "persistence (dotted)" in note
    assert "5 worlds" in note
    assert "seed 3" in note
