"""The split of variance on samples whose parts are known."""

import math

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from experiments.studies.compare.variance import Draws, split_variance
from experiments.studies.compare.variance import split as split_draws

DRAWS, EACH = 2000, 6
SHIFT = {"displacement": 1.0, "strikes": 0.5}
"""How far the second of two equally likely forms lies from the first: variances 1/4 and 1/16."""


def sample(
    number: int, parameters: float = 0.6, chance: float = 2.0, draws: int = DRAWS, each: int = EACH
) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Return values, draws and forms of worlds with so much variance from parameters and chance."""
    random = np.random.default_rng(number)
    forms = {switch: random.integers(0, 2, draws) for switch in SHIFT}
    centres = sum(SHIFT[switch] * form for switch, form in forms.items()) + random.normal(0.0, math.sqrt(parameters), draws)
    values = centres[:, None] + random.normal(0.0, math.sqrt(chance), (draws, each))
    return values.ravel(), np.repeat(np.arange(draws), each), {switch: np.repeat(form, each) for switch, form in forms.items()}


def split(values: np.ndarray, draws: np.ndarray, forms: dict[str, np.ndarray]) -> list[dict[str, object]]:
    return split_draws(values, Draws.of(draws, forms))


def parts(rows: list[dict[str, object]], column: str = "variance") -> dict[str, float]:
    return dict(pd.DataFrame(rows).set_index("source")[column])


def test_a_nested_sample_is_split_into_what_it_was_made_of() -> None:
    found = parts(split(*sample(1)))
    assert found["chance"] == pytest.approx(2.0, rel=0.05)
    assert found["parameters"] == pytest.approx(0.6, rel=0.1)
    assert found["structure"] == pytest.approx(0.3125, rel=0.15)
    assert found["displacement"] == pytest.approx(0.25, rel=0.2)
    assert found["strikes"] == pytest.approx(0.0625, abs=0.03)


def test_the_parts_make_up_the_whole() -> None:
    values, draws, forms = sample(2)
    shares = parts(split(values, draws, forms), "share")
    assert shares["chance"] + shares["parameters"] + shares["structure"] == pytest.approx(1.0)
    variance = parts(split(values, draws, forms))
    assert variance["chance"] + variance["parameters"] + variance["structure"] == pytest.approx(values.var(), rel=0.01)


def test_chance_alone_is_not_taken_for_parameters_or_structure() -> None:
    """Two worlds per draw: without the correction half of chance would look like parameters."""
    random = np.random.default_rng(3)
    found = []
    for _ in range(40):
        values, draws = random.normal(0.0, 1.0, 400), np.repeat(np.arange(200), 2)
        found.append(parts(split(values, draws, {"displacement": np.repeat(random.integers(0, 2, 200), 2)})))
    means = pd.DataFrame(found).mean()
    assert means["chance"] == pytest.approx(1.0, abs=0.05)
    assert means["parameters"] == pytest.approx(0.0, abs=0.04)
    assert means["structure"] == pytest.approx(0.0, abs=0.01)


def test_the_errors_are_the_spread_over_samples() -> None:
    found = [split(*sample(number, draws=200)) for number in range(80)]
    spread = pd.DataFrame([parts(rows, "share") for rows in found]).std()
    told = pd.DataFrame([parts(rows, "share_error") for rows in found]).mean()
    for source in ("chance", "parameters", "structure", "displacement"):
        assert told[source] == pytest.approx(spread[source], rel=0.3), source


def test_one_world_a_draw_leaves_chance_and_parameters_together() -> None:
    found = parts(split(*sample(4, each=1)))
    assert found["chance and parameters"] == pytest.approx(2.6, rel=0.1)
    assert found["structure"] == pytest.approx(0.3125, abs=0.15)
    assert "chance" not in found


def test_without_switches_there_is_no_structure() -> None:
    values, draws, _ = sample(5)
    found = parts(split(values, draws, {}))
    assert found["structure"] == 0.0
    assert set(found) == {"chance", "parameters", "structure"}


def test_what_never_varies_has_no_shares() -> None:
    rows = split(np.ones(12), np.repeat(np.arange(4), 3), {})
    assert parts(rows)["chance"] == 0.0
    assert all(math.isnan(share) for share in parts(rows, "share").values())


def test_draws_of_unequal_size() -> None:
    values, draws, forms = sample(6)
    kept = np.random.default_rng(6).random(values.size) < 0.7
    found = parts(split(values[kept], draws[kept], {switch: form[kept] for switch, form in forms.items()}))
    assert found["chance"] == pytest.approx(2.0, rel=0.05)
    assert found["parameters"] == pytest.approx(0.6, rel=0.15)


def test_arms_and_their_differences_are_split() -> None:
    values, draws, forms = sample(7, draws=300)
    variables = {
        "draw": ("world", draws),
        "form_displacement": ("world", forms["displacement"].astype(np.int8)),
        "form_announcement": ("world", np.zeros(values.size, np.int8)),
    }

    def arm(attacks: np.ndarray) -> xr.Dataset:
        outcome = {"attacks": (("world", "day"), attacks[:, None])}
        return xr.Dataset(variables | outcome, coords={"world": np.arange(values.size), "day": [365]})

    table = split_variance({"stay": arm(values), "leave": arm(2.0 * values)}, {"stay": "stay", "leave": "stay"}, ("attacks",))
    variance = table.set_index(["arm", "of", "source"])["variance"]
    assert set(table["source"]) == {"chance", "parameters", "structure", "displacement"}
    assert ("stay", "difference", "chance") not in variance.index
    for source in ("chance", "parameters", "structure"):
        assert variance["leave", "outcome", source] == pytest.approx(4.0 * variance["stay", "outcome", source])
        assert variance["leave", "difference", source] == pytest.approx(variance["stay", "outcome", source])
