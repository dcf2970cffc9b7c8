"""What the headlines hinge on, and the tables of levels, differences and their spread."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hand_made import dataset

from experiments.analysis.paired import IS_RATIO, compare_arms
from experiments.studies.compare.headlines import explained, table_of_headlines, table_of_hinges, table_of_variance
from experiments.studies.compare.hinges import change_of, compare_by_switch, hinges_by_switch

MINUS = "\N{MINUS SIGN}"
WORLDS = 400
REFERENCE_OF = {"stay": "stay", "leave": "stay"}


def forms(period: int, *names: str) -> tuple[str, np.ndarray, dict[str, list[str]]]:
    """Return the form of each world, in blocks of `period` worlds."""
    return "world", (np.arange(WORLDS) // period % len(names)).astype(np.int8), {"forms": list(names)}


@pytest.fixture(scope="module")
def arms() -> dict[str, xr.Dataset]:
    """Return two arms: attacks change with the form of `strikes`, deaths with no form, `hazard` by 0.1 in all worlds."""
    random = np.random.default_rng(1)
    noise = random.normal(0.0, 1.0, (3, WORLDS))
    switches = {"form_strikes": forms(4, "deter", "provoke"), "form_displacement": forms(8, "low", "high")}
    provoked = switches["form_strikes"][1]
    stay = {"attacks": [50.0] * WORLDS, "civilian_deaths": [90.0] * WORLDS, "incident_hazard": [0.1] * WORLDS}
    leave = {
        "attacks": 50.0 + np.where(provoked, 20.0, 0.0) + noise[0],
        "civilian_deaths": 95.0 + noise[1],
        "incident_hazard": 0.2 + 0.01 * noise[2],
    }
    month = {"islamic_state_attacks_last_month": [10.0] * WORLDS}
    data = {
        "stay": dataset({**stay, **month}),
        "leave": dataset({**leave, "islamic_state_attacks_last_month": [15.0] * WORLDS}),
    }
    draws = ("world", np.arange(WORLDS) // 4)
    return {label: each.assign({**switches, "draw": draws}) for label, each in data.items()}


@pytest.fixture(scope="module")
def comparison(arms: dict[str, xr.Dataset]) -> pd.DataFrame:
    return compare_arms(arms, REFERENCE_OF)


@pytest.fixture(scope="module")
def behind(arms: dict[str, xr.Dataset]) -> dict[str, pd.DataFrame]:
    return explained(arms, REFERENCE_OF)


def test_a_hinge_is_a_switch_whose_forms_lie_apart(behind: dict[str, pd.DataFrame]) -> None:
    hinges = behind["hinges"].set_index(["arm", "outcome", "switch"])
    first = hinges.iloc[0]
    assert first.name == ("leave", "attacks", "strikes")
    assert (first["lowest_form"], first["highest_form"]) == ("deter", "provoke")
    assert first["highest"] - first["lowest"] == pytest.approx(20.0, abs=0.5)
    assert first["differs"]
    assert first["reads_otherwise"]  # about 0 under one form, the whole range above it under the other
    others = hinges.drop(index=first.name)
    assert not others["reads_otherwise"].any()
    assert not hinges.loc[("leave", "civilian_deaths", "displacement"), "differs"]
    assert set(hinges.index.get_level_values("arm")) == {"leave"}


def test_a_difference_that_is_large_under_both_forms_reads_the_same() -> None:
    up = {"attacks": [50.0 + 10 * (world % 2) + world / 100 for world in range(WORLDS)]}
    data = {"stay": dataset({"attacks": [1.0] * WORLDS}), "leave": dataset(up)}
    switched = {label: each.assign(form_strikes=forms(1, "deter", "provoke")) for label, each in data.items()}
    (hinge,) = hinges_by_switch(compare_by_switch(switched, REFERENCE_OF, ["attacks"])).to_dict("records")
    assert (hinge["differs"], hinge["reads_otherwise"]) == (True, False)


def test_forms_without_a_known_difference_are_no_hinge() -> None:
    never = dataset({"islamic_state_attacks_last_month": [0.0] * WORLDS}).assign(form_strikes=forms(1, "deter", "provoke"))
    assert hinges_by_switch(compare_by_switch({"stay": never, "leave": never}, REFERENCE_OF, [IS_RATIO])).empty


def test_a_change_reads_as_up_down_or_open() -> None:
    def read(low: float, high: float) -> int:
        row = {"difference_median": (low + high) / 2, "difference_q05": low, "difference_q95": high, "difference_error": 0.5}
        return change_of(row, "attacks").direction

    assert [read(1, 3), read(-3, -1), read(-1, 3), read(0, 3)] == [1, -1, 0, 0]
    ratio = {"median": 1.2, "q05": 1.05, "q95": 1.4, "difference_error": 0.01}
    assert change_of(ratio, IS_RATIO).direction == 1
    hazard = {"difference_mean": 0.03, "difference_error": 0.02}
    assert change_of(hazard, "incident_hazard").direction == 0
    assert not change_of(hazard, "incident_hazard").is_clear
    assert not change_of({}, "attacks").is_known
    assert change_of({}, "attacks").direction == 0


def test_the_table_of_headlines_has_levels_and_differences(comparison: pd.DataFrame) -> None:
    table = table_of_headlines(comparison)
    deaths = table.loc[("leave", "Iraqi civilian deaths, all perpetrators")]
    assert deaths["level"] == "95"
    assert deaths["difference"] == "+5"
    assert deaths["range of differences"].startswith("(+3 to +")
    assert 0.0 < float(deaths["Monte Carlo error"]) <= 0.1  # about 1.25 / sqrt(400)
    assert deaths["worse / equal / better, %"] == "100 / 0 / 0"
    assert table.loc[("stay", "attacks on sites"), "difference"] == ""
    rare = table.loc[("leave", "worlds in 1,000 with a crowd incident")]
    assert (rare["level"], rare["difference"], rare["Monte Carlo error"]) == ("181", "+86", "")
    assert rare["range of differences"].startswith("± ")
    ratio = table.loc[("leave", "IS attacks in the last 30 days, ratio to reference")]
    assert (ratio["level"], ratio["difference"], ratio["range of differences"]) == ("", "1.50", "(1.50 to 1.50)")


def test_hinges_are_told_by_their_ends(behind: dict[str, pd.DataFrame]) -> None:
    table = table_of_hinges(behind["hinges"])
    row = table.loc[("leave", "attacks on sites")]
    assert list(row[["switch", "lowest", "highest", "direction depends on it"]]) == [
        "strikes",
        "0 (deter)",
        "+20 (provoke)",
        "yes",
    ]
    assert table_of_hinges(behind["hinges"].assign(differs=False)).empty


def test_the_variance_of_differences_is_divided(behind: dict[str, pd.DataFrame]) -> None:
    table = table_of_variance(behind["variance"])
    parts = table.loc[("leave", "attacks on sites")]
    shares = {source: float(text.split(" ± ")[0].replace(MINUS, "-")) for source, text in parts.items() if text}
    assert sum(shares[part] for part in ("chance", "parameters", "structure")) == pytest.approx(100.0, abs=2.0)


def test_one_arm_alone_has_nothing_behind_a_difference(arms: dict[str, xr.Dataset]) -> None:
    tables = explained({"stay": arms["stay"]}, {"stay": "stay"})
    assert "hinges" not in tables
    assert "convergence" not in tables
    assert set(explained({"stay": arms["stay"].drop_vars(["form_strikes", "form_displacement"])}, {"stay": "stay"})) == {
        "variance"
    }
