"""Comparisons are put together without running a world."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from conftest import Answer, is_one_line
from test_cli import SMALL

import experiments.engine.workers
from experiments.storage.about import read_about

RESTRAINT = "militias.effect_of_restraint"


@pytest.mark.usefixtures("drawn")
def test_two_comparisons_become_one(knockon: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch) -> None:
    assert knockon("run", "-m", "scenario=stay,us_pullout", *SMALL, "show.months=[1]").code == 0
    (one,) = Path("results").glob("compare-*")
    assert knockon("run", "-m", "scenario=stay,us_pullout", f"{RESTRAINT}=1.5", *SMALL).code == 0
    (other,) = set(Path("results").glob("compare-*")) - {one}
    monkeypatch.setattr(experiments.engine.workers, "run_block_of", None)
    answer = knockon("join", str(one), other.name, "title=With and without")
    assert answer.code == 0
    assert "With and without" in answer.out
    (both,) = set(Path("results").glob("compare-*")) - {one, other}
    arms = pd.read_csv(both / "arms.csv")
    assert len(arms) == 4
    assert (
        dict(zip(arms["arm"], arms["reference"], strict=True))["us_pullout, effect_of_restraint=1.5"]
        == "stay, effect_of_restraint=1.5"
    )
    assert read_about(both)["title"] == "With and without"

    months = pd.read_csv(one / "tables/months.csv")
    assert set(months["month"]) == {1}
    assert {"members_leaving.csv", "parts.csv"} <= {path.name for path in (one / "tables").iterdir()}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("join", "compare-0123456789"), "two comparisons or more, not 1"),
        (("join", "--all"), "--all is no setting of join"),
        (("join", "a", "b", "tilte=x"), "did you mean title"),
        (("join", "a", "b"), "is no folder of a comparison"),
        (("run", "show.months=[0]"), "show.months[0]=0 is not a whole number from 1"),
        (("run", "show.months=6"), "is not a list such as 'show.months=[6,12,18]'"),
        (("run", "show.outcomes=[atacks]"), "did you mean attacks"),
        (("run", "+show.month=[6]"), "did you mean show.months"),
    ],
)
def test_what_cannot_be_joined_or_shown_is_one_line(
    knockon: Callable[..., Answer], arguments: tuple[str, ...], said: str
) -> None:
    is_one_line(knockon(*arguments), said)
