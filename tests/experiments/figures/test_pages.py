"""Figures of the jobs other than compare, for a column and for a slide: as wide as the page, with no overlap or cut text."""

from calendar import month_abbr
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd
import pytest
import test_figure_answers as answers
import test_figure_benchmark as speed
import test_figure_past_coalition as past
import yaml
from answers import (
    ABOUT,
    CORE,
    ablated,
    doses,
    fit,
    indices,
    regrets,
    restrictions,
    shares,
    swings,
    trajectory,
    variances,
    watched,
)
from drawing import boxes_of, overlapping, texts_of
from matplotlib.figure import Figure
from test_observed_fan import WORLDS, window
from test_timeline import TWO

from experiments.config.compute import read_venue
from experiments.config.defaults import conf_folder
from experiments.figures.doses import dose_curves, dose_surface
from experiments.figures.draw import on_pages, pages_of
from experiments.figures.venue import drawn_for, venue
from experiments.studies.analogue.exits import survival
from experiments.studies.analogue.figures import survival_of_past
from experiments.studies.benchmark.benchmark_figure import benchmark, most_parts
from experiments.studies.calibrate.calibration_figures import PARTS, Learnt, predicted_year, priors_and_posteriors
from experiments.studies.calibrate.year_statistics import ObservationScale
from experiments.studies.decide.figures import THRESHOLD, most_columns, satisficing_heatmap
from experiments.studies.decide.report import regret_pages
from experiments.studies.discover.figures import box, trade_off
from experiments.studies.replay.timeline import lanes_of, timeline
from experiments.studies.sensitivity.figures import ablation, sobol
from experiments.studies.sensitivity.tornado import tornado
from experiments.studies.validate.measured import mean_of
from experiments.studies.validate.observed_figure import Panel, observed_fan
from experiments.studies.validate.report import read_targets, scorecard_figure, targets_file
from experiments.studies.validate.scorecard import score
from experiments.studies.watch.figures import parts_of, signs_figure

SIZES: Mapping[str, object] = {
    "worlds": {"prior": 4096}, "kept": 512, "family": 32, "effective_draws": 612.3, "error_of_contraction": 0.04, "seed": 1,
}  # fmt: skip
DOSES = (answers.STRENGTH, answers.STRETCH)


def year() -> pd.DataFrame:
    """Return a year predicted before and after, with the names of its observations."""
    months = [f"{series}_attacks {month} 2020" for series in ("rocket", "convoy") for month in month_abbr[1:]]
    others = ("attacks_moderate", "convoys_peak", "convoy_dispersion", "lethality", "islamic_state_geography")
    names = [*months, "islamic_state_autumn", *(f"islamic_state {quarter}" for quarter in (1, 2, 3)), *others]
    spans = {"low": 0.5, "lower": 0.8, "median": 1.1, "upper": 1.4, "high": 2.5}
    seen = np.linspace(3.0, 40.0, len(names))
    waves = {f"{wave}_{level}": seen * factor for wave in ("prior", "posterior") for level, factor in spans.items()}
    about = {"observed": seen, "sd": 0.3, "used": True, "scale": next(iter(ObservationScale)).value}
    return pd.DataFrame({"observation": names, **about, **waves})


def learnt() -> list[Learnt]:
    """Return numbers and a switch with long names."""
    values = np.random.default_rng(5).normal(0.0, 1.0, (13, 200))
    numbers = [Learnt("Effect of framework nation exit", "1/day", prior, 0.5 * prior, 0.75) for prior in values]
    return [*numbers, Learnt("Knock-on form", "", np.arange(3), np.arange(2), 0.1, ("cascade", "free_standing", "none"))]


def series() -> list[Figure]:
    bands = np.array([[1.0, 3.0, 5.0, 7.0, 12.0], [0.0, 2.0, 4.0, 6.0, 9.0]])
    named = ("attacks", "attacks_by_site.embassy", "islamic_state_attacks")
    shown = [Panel(n, True, [window(9, 21.0, n)], [window(10, 6.0, n), window(11, 4.0, n)], bands, {}) for n in named]
    pit = np.linspace(0.1, 0.6, 9)
    return on_pages(shown, lambda some: observed_fan(some, (pit, pit + 0.1), WORLDS))


def exits() -> list[Figure]:
    table, names = survival(dict.fromkeys(past.ENSEMBLES, past.EXITS), past.CHRONICLE), past.ENSEMBLES
    return on_pages(list(names), lambda some: survival_of_past(table, {name: names[name] for name in some}, past.NOTE))


def patterns() -> list[Figure]:
    targets, random = read_targets(targets_file()), np.random.default_rng(5)
    card = score(targets, {key: mean_of(random.gamma(2.0, 5.0, 100)) for key in targets})
    return on_pages(list(card.index), lambda rows: scorecard_figure(card.loc[list(rows)], "100 worlds."))


def speeds() -> list[Figure]:
    tables = {part: table for part, table in speed.tables().items() if part != "compile"}
    return on_pages(list(tables), lambda some: benchmark({part: tables[part] for part in some}, speed.ABOUT), most_parts())


DRAW: dict[str, Callable[[], Sequence[Figure]]] = {
    "sobol": lambda: pages_of(indices(), "outcome", partial(sobol, variances=variances(), about=ABOUT)),
    "tornado": lambda: pages_of(swings(), "outcome", partial(tornado, of="difference", about=ABOUT)),
    "ablation": lambda: pages_of(ablated(), "outcome", partial(ablation, of="difference", core=CORE, about=ABOUT)),
    "box": lambda: [box(restrictions(), fit(), ABOUT)],
    "trade-off": lambda: [trade_off(trajectory(), ABOUT)],
    "regret": lambda: regret_pages(regrets(), ABOUT),
    "satisficing": lambda: pages_of(shares(), "threshold", partial(satisficing_heatmap, about=ABOUT), most_columns(THRESHOLD)),
    "dose surface": lambda: pages_of(doses(), "outcome", partial(dose_surface, settings=DOSES, about=ABOUT)),
    "dose curves": lambda: pages_of(doses(two=False), "outcome", partial(dose_curves, setting=DOSES[0], about=ABOUT)),
    "signs": lambda: on_pages(parts_of(watched()["scores"]), partial(signs_figure, watched(), about=ABOUT)),
    "year": lambda: on_pages(list(PARTS), partial(predicted_year, year(), SIZES)),
    "learnt": lambda: on_pages(learnt(), partial(priors_and_posteriors, about=SIZES)),
    "observed": series,
    "exits": exits,
    "effect of the lead": lambda: [past.forest()],
    "histograms": lambda: [past.histograms()],
    "patterns": patterns,
    "timeline": lambda: on_pages(lanes_of(TWO), partial(timeline, TWO, 730, 7, 1, 500, ["stay", "us_pullout"])),
    "speed": speeds,
}
HIGHER = ("speed",)
"""The stages of a day are one list, higher than a slide."""


@pytest.mark.promised
@pytest.mark.slow
@pytest.mark.parametrize("kind", DRAW)
@pytest.mark.parametrize("page", ["nature_89", "slides"])
def test_texts_are_apart_large_enough_and_on_the_page(page: str, kind: str) -> None:
    given = yaml.safe_load((conf_folder() / "figure" / f"{page}.yaml").read_text(encoding="utf-8"))
    with drawn_for(read_venue({"figure": given})):
        for figure in DRAW[kind]():
            assert figure.get_figwidth() == venue().width
            assert figure.get_figheight() <= venue().height or kind in HIGHER
            boxes, whole = boxes_of(figure), figure.bbox
            assert overlapping(boxes) == []
            assert [t for t, box in boxes if min(box.x0, box.y0) < -1 or box.x1 > whole.x1 + 1 or box.y1 > whole.y1 + 1] == []
            assert min(text.get_fontsize() for text in texts_of(figure)) >= 6.0
            assert figure.get_label().startswith(tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))


def test_pages_of_a_timeline_have_both_arms_and_the_scales_of_the_whole() -> None:
    whole, arms = timeline(TWO, 60, 7, 1, 14, ["stay", "us_pullout"]), ["stay", "us_pullout"]
    (alone,) = timeline(TWO, 60, 7, 1, 14, arms, ["Attacks on sites"]).axes
    heights = [
        [np.ptp(bars.get_data().values - bars.get_data().baseline) for bars in axes.patches if bars.get_gid() in arms]
        for axes in (alone, whole.axes[0])
    ]
    assert heights[0] == pytest.approx(heights[1][-2:])


def test_the_quarters_of_a_year_are_in_their_order_wherever_the_autumn_is_listed() -> None:
    table = year()
    autumn = table["observation"] == "islamic_state_autumn"
    last = pd.concat([table[~autumn], table[autumn]], ignore_index=True)
    drawn = [[line.get_ydata()[0] for line in predicted_year(given, SIZES).axes[2].lines] for given in (table, last)]
    assert drawn[0] == drawn[1]
