"""The text in the terminal: the answer comes last and is about the correct arm, and no line is wider than the terminal."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hand_made import dataset

from experiments.analysis.findings import find
from experiments.analysis.matters import Matters
from experiments.analysis.paired import compare_arms
from experiments.config.defaults import HEADLINE_OUTCOMES
from experiments.studies.compare.headlines import explained, table_of_forms, table_of_headlines, table_of_variance
from experiments.studies.compare.text import answer, cells_of, columns, headline_table, mechanisms_in_words

MINUS = "\N{MINUS SIGN}"
WORLDS = 40


def arms(labels: Sequence[str], days: Sequence[int] = (730,)) -> dict[str, xr.Dataset]:
    """Return arms: the first has 500 civilian deaths in every world, each other one as many more as its place, in half of them."""
    half = np.arange(WORLDS) % 2 == 0
    return {
        label: dataset(
            {
                name: list(np.where(half, level + 100.0 * place, level))
                for name, level in zip(HEADLINE_OUTCOMES, LEVELS, strict=True)
            },
            days,
        )
        for place, label in enumerate(labels)
    }


LEVELS = (500.0, 400.0, 100.0, 200.0, 9.0, 0.4, 0.1, 12.0, 100.0, 3.0, 0.1)


def both(labels: Sequence[str], days: Sequence[int] = (730,)) -> tuple[pd.DataFrame, pd.DataFrame]:
    data = arms(labels, days)
    references = dict.fromkeys(labels, labels[0])
    return find(data, references, HEADLINE_OUTCOMES, Matters()), compare_arms(data, references)


def test_the_answer_begins_with_its_title_and_ends_with_its_limits() -> None:
    text = answer(*both(("stay", "crackdown")), 200)
    assert text.startswith("Crackdown: more Iraqi civilians die in 50 of 100 worlds (fewer in 0)")
    assert "The comparison is with Stay on the same worlds, by day 730. This is not a forecast" in text
    assert "Two Monte Carlo errors of these shares are at most ±17 of 100 worlds." in text.replace("\n", " ")


def test_the_pullout_is_the_arm_that_is_asked_about() -> None:
    assert answer(*both(("stay", "crackdown", "us_pullout")), 200).startswith("US pullout: ")
    assert answer(*both(("stay", "crackdown", "ultimatum")), 200).startswith("Crackdown: ")


def test_what_follows_from_leaving_stands_last() -> None:
    lines = answer(*both(("stay", "us_pullout")), 500).splitlines()
    (place,) = (number for number, line in enumerate(lines) if "in any model" in line)
    assert "sites and convoys" in lines[place]
    assert not any("sites and convoys" in line for line in lines[:place])


def test_one_arm_is_told_alone() -> None:
    findings, table = both(("us_pullout",))
    text = answer(findings, table, 500)
    assert text.startswith("By day 730, us_pullout has 500 (500 to 500) Iraqi civilian deaths")
    assert "more : fewer" not in headline_table(table, 200)


def test_the_last_day_answers() -> None:
    findings, table = both(("stay", "crackdown"), (365, 730))
    assert "by day 730" in answer(findings, table, 200)
    assert "(day 730)" in headline_table(table, 200)
    assert set(findings["matters"]) >= {50.0}  # a twentieth of 1,000 deaths on the second day


def test_a_day_is_told_with_its_date() -> None:
    findings, table = both(("stay", "crackdown"))
    dated = table.assign(date="2022-09-29")
    assert "(day 730, 2022-09-29)" in headline_table(dated, 200)
    assert "with Stay on the same worlds, by day 730, 2022-09-29." in answer(findings, dated, 200)


def test_the_table_has_a_row_per_headline_and_a_column_per_arm() -> None:
    text = headline_table(both(("stay", "crackdown"))[1], 200)
    (deaths,) = (line for line in text.splitlines() if line.startswith("Iraqi civilian deaths  "))
    assert deaths.split()[3:] == ["500", "(500", "to", "500)", "50", ":", "0"]
    assert "of 100 worlds, those with more and those with fewer than their reference (more : fewer)" in text.replace("\n", " ")
    assert next(line for line in text.splitlines() if line.startswith("Attacks on sites *"))


LONG = "us_pullout_without_knock_on, effect_of_peer_exits=4"


@pytest.mark.parametrize("label", ["crackdown", LONG])
def test_no_line_is_wider_than_the_terminal(label: str) -> None:
    findings, table = both(("stay", label))
    for width in range(80, 201, 7):
        for text in (headline_table(table, width), answer(findings, table, width)):
            assert max(map(len, text.splitlines())) <= width


def test_nineteen_arms_continue_below() -> None:
    labels = ["stay", *(f"arm_{number}" for number in range(18))]
    text = headline_table(both(labels)[1], 80)
    assert all(label in text for label in labels)
    assert max(map(len, text.splitlines())) <= 80


def test_an_outcome_that_was_not_recorded_has_no_row() -> None:
    _, table = both(("stay", "crackdown"))
    assert "Coalition deaths" not in headline_table(table[table["outcome"] != "coalition_deaths"], 200)


def test_cells_are_found_by_arm_and_outcome() -> None:
    cells = cells_of(both(("stay", "crackdown"), (365, 730))[1], 365)
    assert cells["crackdown", "attacks"]["more"] == 0.5
    assert {outcome for _, outcome in cells} == {column.outcome for column in columns()} | {"islamic_state_attacks_last_month"}


def test_the_core_and_the_full_model_are_set_against_each_other() -> None:
    core, full = ("leave, model=core", "leave, model=full")
    less = {name: [level - 0.01 * level] * WORLDS for name, level in zip(HEADLINE_OUTCOMES, LEVELS, strict=True)}
    data = arms(("stay", core)) | {full: dataset({**less, "civilian_deaths": [100.0] * WORLDS})}
    findings = find(data, {"stay": "stay", core: "stay", full: "stay"}, HEADLINE_OUTCOMES, Matters())
    assert "Iraqi civilian deaths under leave" in mechanisms_in_words(findings)
    assert mechanisms_in_words(findings[findings["arm"] == core]) == ""


# the tables for readers


@pytest.fixture(scope="module")
def behind() -> dict[str, pd.DataFrame]:
    """Return the analysis of two arms: deaths rise where strikes provoke, and fall where they deter."""
    data = arms(("stay", "leave"))
    provoked = np.arange(WORLDS) // 4 % 2 == 1
    form = ("world", provoked.astype(np.int8), {"forms": ["deter", "provoke"]})
    deaths = np.where(provoked, 700.0, 300.0)[:, None]
    data["leave"] = data["leave"].assign(civilian_deaths=(("world", "day"), deaths))
    draws = ("world", np.arange(WORLDS) // 2)
    return explained(
        {label: each.assign(form_strikes=form, draw=draws) for label, each in data.items()}, {"stay": "stay", "leave": "stay"}
    )


def test_the_table_of_headlines_has_levels_shares_and_differences(behind: dict[str, pd.DataFrame]) -> None:
    row = table_of_headlines(behind["findings"]).loc[("leave", "Iraqi civilian deaths")]
    assert list(row[["level", "in the reference", "more, of 100", "same, of 100", "fewer, of 100"]]) == [
        "500",
        "500",
        "50",
        "0",
        "50",
    ]
    assert row["difference"] == f"two groups: {MINUS}200 (50 of 100), +200 (50 of 100)"
    assert row["5 % to 95 % of worlds"] == f"{MINUS}200 to +200"


def test_the_table_of_forms_has_a_row_per_form(behind: dict[str, pd.DataFrame]) -> None:
    table = table_of_forms(behind["findings"]).loc[("leave", "Iraqi civilian deaths")]
    assert table["form"].tolist() == ["where strikes deter", "where strikes provoke"]
    assert table["more, of 100"].tolist() == ["0", "100"]
    assert table["weight, %"].tolist() == ["60" if WORLDS % 8 else "50"] * 2


def test_the_variance_of_differences_is_divided(behind: dict[str, pd.DataFrame]) -> None:
    parts = table_of_variance(behind["variance"]).loc[("leave", "Iraqi civilian deaths")]
    shares = {source: float(text.split(" ± ")[0].replace(MINUS, "-")) for source, text in parts.items() if text}
    assert sum(shares[part] for part in ("chance", "parameters", "structure")) == pytest.approx(100.0, abs=2.0)


def test_one_arm_alone_has_nothing_behind_a_difference() -> None:
    draws = ("world", np.arange(WORLDS) // 2)
    assert set(explained({"stay": arms(("stay",))["stay"].assign(draw=draws)}, {"stay": "stay"})) == {"variance"}
