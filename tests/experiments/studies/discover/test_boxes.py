"""PRIM on boxes that are known."""

import numpy as np
import pandas as pd
import pytest

from experiments.studies.discover.boxes import FEWEST, NoBoxError, discover, inside, quasi_p, separating, without_weak_sides

DRAWS = 1000


def sample(draws: int = DRAWS, seed: int = 1) -> pd.DataFrame:
    """Return draws of a dozen numbers and a switch."""
    random = np.random.default_rng(seed)
    numbers = {f"a.number_{place}": random.random(draws) for place in range(12)}
    form = pd.Categorical.from_codes(random.integers(0, 3, draws), ["cascade", "free_standing", "compensating"])
    return pd.DataFrame({**numbers, "a.wide": 1000.0 * random.random(draws), "switches.knock_on_form": form})


def known(values: pd.DataFrame) -> np.ndarray:
    return ((values["a.number_3"] > 0.6) & (values["a.wide"] < 400.0)).to_numpy()


def test_a_known_box_is_found() -> None:
    values = sample()
    found = discover(values, known(values))
    assert set(found.limits) == {"a.number_3", "a.wide"}
    rows = found.restrictions.set_index("factor")
    assert rows.loc["a.number_3", "low"] == pytest.approx(0.6, abs=0.04)
    assert rows.loc["a.wide", "high"] == pytest.approx(400.0, abs=30.0)
    assert np.isnan(rows.loc["a.number_3", "high"])
    assert rows.loc["a.number_3", "from_share"] == pytest.approx(0.6, abs=0.05)
    assert (rows["quasi_p"] < 1e-6).all()
    fit = found.fit.set_index("half")
    for half in ("found on", "held out"):
        assert fit.loc[half, "coverage"] > 0.85
        assert fit.loc[half, "density"] > 0.9
    assert fit.loc["no box", "density"] == pytest.approx(known(values).mean())
    assert fit.loc["no box", "coverage"] == 1.0
    assert fit.loc["held out", "coverage_low"] < fit.loc["held out", "coverage"] <= fit.loc["held out", "coverage_high"]


def test_a_box_that_holds_on_the_half_it_was_found_on_alone_is_none() -> None:
    """Yes follows a number among the even draws, on which a box is found, and chance among the odd ones."""
    values = sample()
    interest = np.random.default_rng(3).random(DRAWS) < 0.22
    interest[::2] = values["a.number_3"][::2] > 0.78
    with pytest.raises(NoBoxError, match=r"does not hold on the other half: \d+% .* of all draws answer yes"):
        discover(values, interest)


def test_a_form_of_a_switch_is_found() -> None:
    values = sample()
    interest = ((values["switches.knock_on_form"] == "cascade") & (values["a.number_0"] < 0.5)).to_numpy()
    found = discover(values, interest)
    rows = found.restrictions.set_index("factor")
    assert rows.loc["switches.knock_on_form", "forms"] == "cascade"
    assert rows.loc["switches.knock_on_form", "to_share"] == pytest.approx(1.0 / 3.0, abs=0.05)
    assert set(rows.index) == {"switches.knock_on_form", "a.number_0"}


def test_what_noise_restricts_is_dropped_and_the_other_half_tells() -> None:
    """A yes in four of five draws of the box and in one of ten elsewhere: density falls to the truth, no further numbers stay."""
    values = sample(1600, 2)
    chance = np.random.default_rng(98).random(len(values))
    found = discover(values, np.where(known(values), chance < 0.8, chance < 0.1))
    assert {"a.number_3", "a.wide"} <= set(found.limits)
    assert len(found.limits) <= 3
    held_out = found.fit.set_index("half").loc["held out"]
    assert held_out["density_low"] < 0.8 < held_out["density_high"]


def test_pure_chance_has_no_box() -> None:
    values = sample(600, 3)
    with pytest.raises(NoBoxError, match="better than chance"):
        discover(values, np.random.default_rng(99).random(len(values)) < 0.3)


def test_copies_of_a_draw_stay_in_one_half() -> None:
    """With every draw there twice, chance that the one half has fitted would look like truth on the other."""
    values = sample(400, 4)
    twice = pd.concat([values, values], ignore_index=True)
    interest = np.random.default_rng(5).random(400) < np.where(known(values), 0.8, 0.1)
    alike = np.tile(np.arange(400), 2)
    apart = discover(twice, np.tile(interest, 2), alike=alike)
    single = discover(values, interest)
    held_out = apart.fit.set_index("half").loc["held out"]
    assert held_out["draws"] == 400
    assert held_out["of_interest"] == 2 * single.fit.set_index("half").loc["held out", "of_interest"]


def test_the_trajectory_tells_both_halves() -> None:
    values = sample()
    found = discover(values, known(values))
    steps = found.trajectory
    assert steps["chosen"].sum() == 1
    assert steps.loc[0, "coverage, found on"] == steps.loc[0, "coverage, held out"] == 1.0
    assert steps.loc[0, "restricted"] == 0
    assert steps.loc[steps["chosen"].idxmax(), "coverage, found on"] >= 0.5
    enough = steps.loc[steps["coverage, found on"] >= 0.5, "density, found on"]
    assert steps.loc[steps["chosen"].idxmax(), "density, found on"] == enough.max()


@pytest.mark.parametrize(
    ("yes", "message"),
    [(0, "no draw of 1000 answers yes"), (DRAWS, "every draw of 1000 answers yes"), (FEWEST, "10 of 1000 draws answer yes")],
)
def test_a_question_that_nearly_nobody_answers_is_said_to_be_one(yes: int, message: str) -> None:
    with pytest.raises(NoBoxError, match=message):
        discover(sample(), np.arange(DRAWS) < yes)


def test_the_search_is_given_what_tells_yes_from_no() -> None:
    values = sample()
    assert {"a.number_3", "a.wide"} <= set(separating(values, known(values))) < set(values.columns)
    form = (values["switches.knock_on_form"] == "cascade").to_numpy()
    assert separating(values, form) == ["switches.knock_on_form"]
    assert separating(values[[]], form) == []


def test_draws_inside_limits() -> None:
    values = sample(6)
    limits = {"a.number_1": (0.3, np.inf), "switches.knock_on_form": frozenset({"cascade", "compensating"})}
    expected = (values["a.number_1"] >= 0.3) & (values["switches.knock_on_form"] != "free_standing")
    assert inside(values, limits).tolist() == expected.tolist()


def test_quasi_p_is_the_binomial_of_bryant_and_lempert() -> None:
    """Eight draws, four of interest; the box holds the four with x above 4, three of interest: P(at least 3 of 4 | 1/2)."""
    values = pd.DataFrame({"x": np.arange(1.0, 9.0)})
    interest = np.array([False, False, True, False, True, True, True, False])
    assert quasi_p({"x": (4.5, np.inf)}, values, interest) == {("x", "low"): pytest.approx(5.0 / 16.0)}


def test_a_weak_side_goes_and_the_strong_one_stays() -> None:
    values = pd.DataFrame({"x": np.linspace(0.0, 1.0, 200), "y": np.tile(np.linspace(0.0, 1.0, 20), 10)})
    interest = (values["x"] > 0.6).to_numpy()
    limits = without_weak_sides({"x": (0.6, 0.99), "y": (0.1, np.inf)}, values, interest)
    assert limits == {"x": (0.6, np.inf)}


def test_figures_of_others_keep_their_colours() -> None:
    import matplotlib

    assert matplotlib.rcParams["axes.prop_cycle"] == matplotlib.rcParamsDefault["axes.prop_cycle"]
