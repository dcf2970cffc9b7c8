"""Several references: each is run if it is not in the sweep, and has a comparison of its own."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from conftest import Answer, is_one_line
from test_cli import SMALL, everything

from experiments.config.compose import with_references
from experiments.storage.comparison import read_comparison
from experiments.studies.package.study import command_of

START = "policies.full_pullout.start"


def test_a_reference_has_the_settings_of_the_arms_but_no_policy() -> None:
    arms = [["scenario=us_pullout", f"{START}={day}", f"a.b={value}"] for day in (14, 60) for value in (1, 2)]
    assert with_references(arms, ["stay"]) == [["scenario=stay", "a.b=1"], ["scenario=stay", "a.b=2"]]
    swept = [["scenario=stay", "a.b=1"], ["scenario=us_pullout", "a.b=1"]]
    assert with_references(swept, ["stay"]) == []
    assert with_references([["a.b=1"]], ["stay"]) == [["scenario=stay", "a.b=1"]]


@pytest.mark.usefixtures("drawn")
def test_two_references_are_run_and_compared_with_one_after_the_other(knockon: Callable[..., Answer]) -> None:
    given = ("run", "-m", "scenario=us_pullout", f"{START}=14,30", *SMALL, "references=[as_of_30_september,stay]")
    answer = knockon(*given)
    assert answer.code == 0, answer.err
    assert answer.out.count("Report:") == 2
    found = {frozenset(pd.read_csv(file)["reference"]): file.parent for file in Path("results").glob("compare-*/arms.csv")}
    assert set(found) == {frozenset({"as_of_30_september"}), frozenset({"stay"})}
    for (reference,), folder in found.items():
        table = pd.read_csv(folder / "tables/response.csv")
        assert set(table["reference"]) == {reference}
        assert sorted(set(table[START])) == [14, 30]
        assert "references=[as_of_30_september,stay]" in command_of(read_comparison(folder))
    before = everything()
    assert knockon(*given).out == answer.out
    assert everything() == before


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("references=[sty]",), "references[0]='sty' is no scenario; did you mean stay"),
        (("references=stay",), "is not a list such as 'references=[as_of_30_september,stay]'"),
        (("references=[stay]", "reference=us_pullout"), "reference=us_pullout and references=[stay]: give one of the two"),
    ],
)
def test_bad_references_are_one_line(knockon: Callable[..., Answer], given: tuple[str, ...], said: str) -> None:
    is_one_line(knockon("run", "-m", "scenario=us_pullout", *given), said)
