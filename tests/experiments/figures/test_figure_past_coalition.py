"""Do the figures of a past coalition show its tables, and can they be read in print?"""

import numpy as np
import pandas as pd
import pytest
from drawing import boxes_of, overlapping, texts_of
from matplotlib.figure import Figure

from experiments.figures.style import DOUBLE_COLUMN
from experiments.studies.analogue.exits import Chronicle, survival
from experiments.studies.analogue.figures import effect_by_reading, prior_and_posterior, survival_of_past

NAN = np.nan
CHRONICLE = Chronicle(
    arrival=np.array([0.0, 0.0, 100.0, 0.0]),
    exit=np.array([200.0, 550.0, 600.0, NAN]),
    decided=np.full(4, NAN),
    announced=500.0,
    end=800.0,
)
RANDOM = np.random.default_rng(3)
EXITS = np.where(RANDOM.random((50, 4)) < 0.5, RANDOM.uniform(110.0, 790.0, (50, 4)), NAN)
ENSEMBLES = {"prior": "Prior", "own": "Posterior, the model's own rule", "covariate": "Posterior, with the covariate"}
READINGS = ("yearly renewals", "end of mandate a covariate", "exits coded so apart")
NOTE = "mnfi_2003, 50 worlds a round, seed 1."
DRAWS = {
    name: RANDOM.uniform(0.0, 1.0, 300)
    for name in ("Base hazard, 1/day", "Lead's exit, as it acts", "End of a mandate (covariate)")
}
EVEN = np.full(300, 1.0 / 300)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """Survival of three ensembles that are the same."""
    return survival(dict.fromkeys(ENSEMBLES, EXITS), CHRONICLE)


def readings() -> pd.DataFrame:
    rows = [
        {"announced": announced, "reading": name, "q05": low, "median": low + 1.0, "q95": low + 2.0, "effective_draws": 120.0}
        for announced in ("2008-07-18", "2008-08-21")
        for low, name in enumerate(READINGS)
    ]
    return pd.DataFrame(rows)


def forest() -> Figure:
    return effect_by_reading(readings(), (-0.4, 1.4, 3.3), 0.8, NOTE)


def histograms() -> Figure:
    weights = np.where(DRAWS["Base hazard, 1/day"] < 0.25, 1.0, 0.0)
    return prior_and_posterior(DRAWS, EVEN, dict.fromkeys(READINGS[:2], weights / weights.sum()), NOTE)


def test_the_observed_staircase_is_that_of_the_table(table: pd.DataFrame) -> None:
    figure = survival_of_past(table, ENSEMBLES, NOTE)
    since = table[table["since"] == "announcement"]
    bold = [line for line in figure.axes[3].get_lines() if line.get_drawstyle() == "steps-post"][0]
    assert np.asarray(bold.get_ydata()) == pytest.approx(100.0 * since["observed"])
    months = np.asarray(bold.get_xdata())
    assert months[-1] == pytest.approx(300 / (365 / 12))


def test_rows_of_the_forest_stand_by_announcement_in_order() -> None:
    dots = [float(line.get_xdata()[0]) for line in forest().axes[0].get_lines() if line.get_marker() == "o"]
    assert dots == [1.0, 2.0, 3.0] * 2


def test_intervals_of_the_histograms_are_weighted() -> None:
    bars = [np.asarray(line.get_xdata()) for line in histograms().axes[0].get_lines() if line.get_marker() == "None"]
    assert all(bar.max() < 0.25 for bar in bars)


@pytest.mark.parametrize("kind", ["survival", "forest", "histograms"])
def test_texts_are_apart_large_enough_and_on_the_page(kind: str, table: pd.DataFrame) -> None:
    figure = {"survival": lambda: survival_of_past(table, ENSEMBLES, NOTE), "forest": forest, "histograms": histograms}[kind]()
    assert figure.get_figwidth() == DOUBLE_COLUMN
    boxes, page = boxes_of(figure), figure.bbox
    assert overlapping(boxes) == []
    assert [text for text, box in boxes if box.x0 < -1 or box.y0 < -1 or box.x1 > page.x1 + 1 or box.y1 > page.y1 + 1] == []
    assert min(text.get_fontsize() for text in texts_of(figure)) >= 6.0
