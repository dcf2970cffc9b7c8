"""Figures of sensitivity, discovery and decision: do they show their tables, and can they be read in print?"""

from collections.abc import Callable

import numpy as np
import pytest
from answers import (
    ABOUT,
    ARMS,
    CORE,
    EIGHT,
    FACTORS,
    MECHANISMS,
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
from drawing import boxes_of, note_of, overlapping, texts_of
from matplotlib.figure import Figure

from experiments.figures.doses import dose_curves, dose_name, dose_surface
from experiments.figures.draw import short
from experiments.figures.names import arm_name, factor_name
from experiments.figures.style import DOUBLE_COLUMN
from experiments.studies.decide.figures import regret_heatmap, satisficing_heatmap
from experiments.studies.discover.figures import box, trade_off
from experiments.studies.sensitivity.figures import WIDEST, ablation, is_clear, sobol, times_as_many
from experiments.studies.sensitivity.tornado import tornado, widest
from experiments.studies.watch.figures import parts_of, signs_figure

STRENGTH, STRETCH = "policies.full_pullout.strength", "policies.full_pullout.stretch"
ONE = EIGHT[:1]
DRAW: dict[str, Callable[[], Figure]] = {
    "sobol": lambda: sobol(indices(), variances(), ABOUT),
    "sobol of one": lambda: sobol(indices(ONE), variances(ONE), ABOUT),
    "tornado": lambda: tornado(swings(), "difference", ABOUT),
    "tornado of one": lambda: tornado(swings(ONE), "outcome", ABOUT),
    "ablation": lambda: ablation(ablated(EIGHT[:4]), "difference", CORE, ABOUT),
    "ablation of one": lambda: ablation(ablated(ONE, "outcome"), "outcome", CORE, ABOUT),
    "box": lambda: box(restrictions(), fit(), ABOUT),
    "trade-off": lambda: trade_off(trajectory(), ABOUT),
    "regret": lambda: regret_heatmap(regrets(), ABOUT),
    "satisficing": lambda: satisficing_heatmap(shares(), ABOUT),
    "dose surface": lambda: dose_surface(doses(), (STRENGTH, STRETCH), ABOUT),
    "dose curves": lambda: dose_curves(doses(two=False), STRENGTH, ABOUT),
    "signs": lambda: signs_figure(watched(), parts_of(watched()["scores"]), ABOUT),
    "signs of one": lambda: signs_figure(watched(()), parts_of(watched(())["scores"]), ABOUT),
}


@pytest.mark.parametrize("name", DRAW)
def test_texts_are_apart_large_enough_and_on_the_page(name: str) -> None:
    figure = DRAW[name]()
    assert figure.get_figwidth() == DOUBLE_COLUMN
    boxes = boxes_of(figure)
    assert overlapping(boxes) == []
    page = figure.bbox
    outside = [
        text for text, place in boxes if place.x0 < -1 or place.y0 < -1 or place.x1 > page.x1 + 1 or place.y1 > page.y1 + 1
    ]
    assert outside == []
    assert min(text.get_fontsize() for text in texts_of(figure)) >= 6.0
    assert ABOUT in note_of(figure)


def test_an_index_that_may_be_none_is_hollow() -> None:
    figure, table = sobol(indices(ONE), variances(ONE), ABOUT), indices(ONE).head(5)
    marks = [line for line in figure.axes[0].get_lines() if line.get_gid() in ("clear", "covers zero")]
    assert len(marks) == 10
    for place, row in enumerate(table.to_dict("records")):
        for mark, name in zip(marks[2 * place : 2 * place + 2], ("total", "first"), strict=True):
            assert mark.get_xdata()[0] == row[name]
            assert (mark.get_gid() == "clear") == (row[f"{name}_low"] > 0.0)
            assert (mark.get_markerfacecolor() == "white") == (row[f"{name}_low"] <= 0.0)


def test_indices_are_shares_and_those_that_are_too_wide_are_withheld() -> None:
    table = indices(ONE)
    table.loc[0, ["total", "total_low", "total_high"]] = 1.08, 0.9, 1.26
    table.loc[1, ["first", "first_low", "first_high"]] = -0.06, -0.2, 0.08
    table.loc[2, ["total_low", "total_high"]] = -0.2, 0.9
    axes = sobol(table, variances(ONE), ABOUT).axes[0]
    ends = [(line.get_xdata()[0], line.get_marker()) for line in axes.get_lines() if line.get_marker() in "<>"]
    assert ends == [(1.0, ">"), (0.0, "<")]
    drawn = [x for line in axes.get_lines() if line.get_gid() != "core" for x in line.get_xdata()]
    assert min(drawn) >= 0.0
    assert max(drawn) <= 1.0
    withheld = [text.get_text() for text in axes.texts if text.get_gid() == "withheld"]
    assert withheld == ["total: needs about 5 times as many points"]  # (1.1 / 0.5) squared
    assert times_as_many(WIDEST) == 1


def test_an_outcome_without_variance_beyond_chance_says_so() -> None:
    figure = sobol(indices(), variances(), ABOUT)
    said = [text.get_text() for text in figure.axes[3].texts if text.get_gid() == "empty"]
    assert said == ["no variance beyond chance"]
    assert not [line for line in figure.axes[3].get_lines() if line.get_gid() == "clear"]


def test_bars_of_a_tornado_reach_from_the_mean_of_all_to_the_mean_of_the_part() -> None:
    table = swings(ONE)
    axes = tornado(table, "difference", ABOUT).axes[0]
    drawn = widest(table, 5)
    assert drawn[0] == "switches.islamic_state_depends_on"
    for bar, (_, row) in zip(axes.patches, [r for f in drawn for r in table[table["factor"] == f].iterrows()], strict=True):
        assert bar.get_gid() == row["level"]
        assert bar.get_x() + bar.get_width() == pytest.approx(row["mean"])
        assert bar.get_x() == pytest.approx(row["mean"] - row["difference"])
        assert (bar.get_alpha() == 1.0) == (abs(row["difference"]) > 2 * row["error"])


def test_mechanisms_stand_by_the_size_of_their_change_and_the_core_below_them() -> None:
    table = ablated(ONE)
    axes = ablation(table, "difference", CORE, ABOUT).axes[0]
    drawn = [line for line in axes.get_lines() if line.get_gid() in ("clear", "covers zero")]
    changes = [float(line.get_xdata()[0]) for line in drawn]
    assert len(changes) == len(MECHANISMS)
    assert [abs(change) for change in changes[:-1]] == sorted((abs(change) for change in changes[:-1]), reverse=True)
    last = table.set_index("off").loc[CORE]
    assert (changes[-1], drawn[-1].get_marker()) == (last["change"], "D")
    assert axes.get_yticklabels()[-1].get_text() == "All beyond the core"
    named = {arm_name(row["off"]): row for row in table.to_dict("records")}
    for line, change, label in zip(drawn, changes, axes.get_yticklabels(), strict=True):
        row = named[label.get_text()]
        assert row["change"] == change
        covers = row["change"] - 2 * row["change_error"] <= 0.0 <= row["change"] + 2 * row["change_error"]
        assert (line.get_gid() == "covers zero") == (line.get_markerfacecolor() == "white") == covers
        assert is_clear(row) != covers


def test_a_change_of_nothing_covers_zero_and_one_that_is_unknown_is_said_to_be() -> None:
    figure = ablation(ablated(EIGHT[:2]), "difference", CORE, ABOUT)
    at_zero = [line for line in figure.axes[0].get_lines() if line.get_marker() == "o" and line.get_xdata()[0] == 0.0]
    assert [line.get_gid() for line in at_zero] == ["covers zero"]
    assert [text.get_text() for text in figure.axes[1].texts if text.get_text() == "unknown"] == ["unknown"]
    assert figure.axes[0].get_xlabel() == "change, attacks; full model: +2.5"


def test_a_box_shows_its_limits_and_free_sides_reach_the_end() -> None:
    axes = box(restrictions(), fit(), ABOUT).axes[0]
    bars = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in axes.patches if bar.get_gid() == "inside"]
    assert bars == [pytest.approx(ends) for ends in ((62.0, 100.0), (0.0, 6.0), (3.0, 97.0))]
    assert [text.get_text() for text in axes.texts if text.get_gid() == "limit"] == [
        "0.31",
        "0.0045",
        "\N{MINUS SIGN}0.2",
        "0.4",
    ]
    assert [text.get_text() for text in axes.texts if text.get_gid() == "forms"] == [
        "only free standing, compensating (40% of draws)"
    ]


def test_a_box_says_how_it_does_on_other_draws_names_units_and_hides_tiny_quasi_ps() -> None:
    figure = box(restrictions().assign(unit=["per death", "", "1/day", ""]), fit(), ABOUT)
    assert figure.get_label().startswith(
        "Among the draws held out from the search, the answer is yes in 74% (64% to 84%) of the draws inside"
    )
    (axes,) = figure.axes
    assert [text.get_text() for text in axes.texts if text.get_gid() == "quasi-p"] == ["<0.001", "<0.001", "0.03", "<0.001"]
    assert axes.get_yticklabels()[0].get_text().replace("\n", " ").endswith("civilian death, per death")


def test_the_chosen_box_is_ringed_in_both_halves() -> None:
    axes = trade_off(trajectory(), ABOUT).axes[0]
    chosen = trajectory().iloc[30]
    for half in ("found on", "held out"):
        (ring,) = [line for line in axes.get_lines() if line.get_gid() == f"chosen, {half}"]
        assert ring.get_xdata()[0] == pytest.approx(100.0 * chosen[f"coverage, {half}"])
        assert ring.get_ydata()[0] == pytest.approx(100.0 * chosen[f"density, {half}"])


def test_cells_of_regret_are_the_tables_numbers() -> None:
    axes = regret_heatmap(regrets(), ABOUT).axes[2]
    cells = [text.get_text() for text in axes.texts if text.get_gid() == "number"]
    row = regrets().set_index(["arm", "outcome"])["max"]
    assert cells == [short(row[arm, outcome]) for arm in ARMS for outcome in EIGHT]


def test_a_difference_within_its_error_stands_in_brackets() -> None:
    table = doses()
    figure = dose_surface(table, (STRENGTH, STRETCH), ABOUT)
    cells = [text.get_text() for text in figure.axes[0].texts if text.get_gid() == "number"]
    assert len(cells) == 12
    assert cells[0] == "(+0.12)"  # 0.25 x 0.5 x 1, to two digits; the error is 0.3
    assert cells[-1] == "+4"
    assert figure.axes[0].get_ylabel() == "stretch"


def test_curves_are_the_medians_and_of_hazards_the_means() -> None:
    table = doses(two=False)
    figure = dose_curves(table, STRENGTH, ABOUT)
    for axes, outcome in zip(figure.axes, dict.fromkeys(table["outcome"]), strict=True):
        rows = table[table["outcome"] == outcome]
        middle = rows["difference_mean" if outcome == EIGHT[-1] else "difference_median"]
        drawn = [line for line in axes.get_lines() if line.get_marker() == "o"]
        np.testing.assert_allclose(drawn[0].get_ydata(), middle)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (1234.5, "1,234"), (12.34, "12.3"), (0.0123, "0.012"), (-3.21, "\N{MINUS SIGN}3.2"), (float("nan"), "–")],
)
def test_short_numbers(value: float, text: str) -> None:
    assert short(value) == text


def test_names_of_factors_and_doses() -> None:
    assert factor_name("militias.mean_rocket_rate") == "Militias: mean rocket rate"
    assert factor_name("switches.knock_on_form") == "Switch: knock-on form"
    assert factor_name("policies.full_pullout.start") == "Full pullout: start"
    assert factor_name("islamic_state.governorate_share.diyala") == "Islamic State: governorate share diyala"
    assert dose_name("policies.knock_on_exits.strength") == "strength of knock-on exits"
    assert len(set(map(factor_name, FACTORS))) == len(FACTORS)


def test_signs_that_do_not_hold_are_hollow_and_the_worst_and_best_leaves_are_shown() -> None:
    tables = watched(())
    axes = signs_figure(tables, [8], ABOUT).axes[0]
    marks = [line for line in axes.get_lines() if line.get_gid() in ("clear", "chance")]
    assert [float(mark.get_xdata()[0]) for mark in marks] == [100.0, 40.0, 20.0, 0.0]
    assert [mark.get_markerfacecolor() == "white" for mark in marks] == [False, True, True, False]
    (base,) = [line for line in axes.get_lines() if line.get_gid() == "base"]
    assert base.get_xdata()[0] == 30.0


def test_a_surface_shows_the_prior_below_its_cells() -> None:
    figure = dose_surface(doses(), (STRENGTH, STRETCH), ABOUT, {STRENGTH: (0.1, 0.3, 0.5, 0.7, 2.0)})
    strips = [
        line for axes in figure.axes for inner in axes.child_axes for line in inner.get_lines() if line.get_gid() == "prior"
    ]
    assert len(strips) == len(figure.axes)
    assert strips[0].get_xdata()[1] == doses()[STRENGTH].nunique() - 0.5
    assert "central 50 % (thick)" in note_of(figure)
    assert overlapping(boxes_of(figure)) == []
