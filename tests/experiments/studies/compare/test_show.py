"""The outcomes that an analyst chose are in the table, on the page and in the figures, also when these are drawn again."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from conftest import Answer, is_one_line
from test_cli import SMALL

import experiments.engine.workers
import experiments.figures.draw
from experiments.config.defaults import HEADLINE_OUTCOMES
from experiments.config.show import Show, headlines, showing
from experiments.reports.sentences import amount, findings_of, firsts_of_groups
from experiments.storage.about import read_about
from experiments.studies.compare.figures.fans import by_week
from experiments.studies.compare.headlines import months_in_words, table_of_months
from experiments.studies.compare.text import columns

CHOSEN = ("kurdish_trust", "civilian_deaths", "breach_hazard", "members_troops_gone", "mission_presence")


def test_without_a_choice_the_headlines_are_shown() -> None:
    assert [one.outcome for one in headlines()] == list(HEADLINE_OUTCOMES)
    assert Show().plain() == {"outcomes": None, "months": None}


def test_chosen_outcomes_replace_the_headlines_in_their_order_and_only_inside() -> None:
    with showing(Show(CHOSEN)):
        assert tuple(one.outcome for one in headlines()) == CHOSEN
        assert tuple(column.outcome for column in columns()) == CHOSEN
        assert by_week() == list(CHOSEN)
        trust, deaths, breach, _, mission = headlines()
        assert deaths.group == "civilians"
        assert amount(0.034, trust) == "+0.03"
        assert amount(0.034, breach) == "+3.4 of 100 worlds"
        assert amount(-1.0, mission) == "\N{MINUS SIGN}100.0 points"
    assert len(headlines()) == len(HEADLINE_OUTCOMES)


def test_every_chosen_finding_is_told_and_not_only_the_first_of_its_group() -> None:
    side = {"more": 0.5, "same": 0.0, "fewer": 0.5, "switch": "", "arm": "a"}
    table = pd.DataFrame([{**side, "outcome": name} for name in ("civilian_deaths", "civilian_deaths_by_others", "strikes")])
    assert len(firsts_of_groups(findings_of(table, "a"))) == 1
    with showing(Show(("strikes", "civilian_deaths_by_others", "civilian_deaths"))):
        told = [one.headline.outcome for one in firsts_of_groups(findings_of(table, "a"))]
    assert told == ["strikes", "civilian_deaths_by_others", "civilian_deaths"]


def by_month(arm: str, **numbers: float) -> dict[str, object]:
    about = {"arm": arm, "reference": "stay", "outcome": "members_troops_gone", "unit": "share"}
    return {**about, "month": 6, "day": 182, "date": "2021-03-30", **numbers}


def test_months_are_told_in_percent_with_signs_for_differences() -> None:
    levels = {"q05": 0.1, "median": 0.25, "q95": 0.5}
    table = pd.DataFrame(
        [by_month("stay", **levels), by_month("us_pullout", **{f"difference_{k}": v for k, v in levels.items()})]
    )
    words = table_of_months(table)
    assert words.loc[("stay", "Share of coalition members' troops gone, %"), "month 6, 2021-03-30"] == "25 (10 to 50)"
    assert words.iloc[1, 0] == "+25 (+10 to +50)"
    assert max(map(len, months_in_words(table, 90).splitlines()[1:])) <= 90


@pytest.mark.slow
@pytest.mark.promised
def test_a_choice_reaches_table_page_and_figures_also_when_redrawn(
    knockon: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(experiments.figures.draw, "PIXELS_AN_INCH", 40)
    chosen = "show.outcomes=[kurdish_trust,civilian_deaths]"
    sweep = ("-m", "scenario=stay,us_pullout", *SMALL, "ensemble.record=weekly")
    answer = knockon("run", *sweep, chosen, "show.months=[1]", "title=What if all leave?")
    assert answer.code == 0
    assert "Trust between Baghdad and Erbil" in answer.out
    assert "month 1, 2020-10-27" in answer.out
    assert "IS attacks" not in answer.out
    (folder,) = Path("results").glob("compare-*")
    assert set(pd.read_csv(folder / "tables/findings.csv")["outcome"]) == {"kurdish_trust", "civilian_deaths"}
    assert set(pd.read_csv(folder / "tables/months.csv")["outcome"]) == {"kurdish_trust", "civilian_deaths"}
    assert "Trust between Baghdad and Erbil" in (folder / "tables/headlines.tex").read_text()
    assert "month 1" in (folder / "tables/months.tex").read_text().lower()
    page = (folder / "report.html").read_text()
    assert "End of each chosen month" in page
    assert "Trust between Baghdad and Erbil" in page
    drawn = {path.stem for path in (folder / "figures").glob("*.txt")}
    assert {"months", "fans", "dots", "overview"} <= drawn
    for kind in ("months", "fans", "dots"):
        assert (folder / "figures" / f"{kind}.txt").read_text().startswith("What if all leave? ")
        assert "Trust between" in (folder / "figures" / f"{kind}.svg").read_text()
    assert read_about(folder)["show"] == {"outcomes": ["kurdish_trust", "civilian_deaths"], "months": [1]}

    monkeypatch.setattr(experiments.engine.workers, "run_block_of", None)
    before = (folder / "figures" / "months.svg").read_bytes()
    assert knockon("figures", "kinds=[months,fans]").code == 0
    assert (folder / "figures" / "months.svg").read_bytes() == before
    assert knockon("figures", "kinds=[fans]", "show.outcomes=[restraint]", "figure=slides").code == 0
    again = (folder / "figures-slides" / "fans.svg").read_text()
    assert "Patron's restraint" in again
    assert "Trust between" not in again
    is_one_line(knockon("figures", "show.outcomes=[restrain]"), "did you mean restraint")
    assert knockon("export", "format=md").code == 0
    assert "Trust between Baghdad and Erbil" in (folder / "export/tables.md").read_text()


def test_an_outcome_that_has_no_number_in_every_world_is_refused(knockon: Callable[..., Answer]) -> None:
    said = "show.outcomes[0]='resurgence_day' is no outcome with one number in every world"
    is_one_line(knockon("run", "show.outcomes=[resurgence_day]"), said)
