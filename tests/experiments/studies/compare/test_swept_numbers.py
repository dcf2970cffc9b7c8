"""A sweep of one or two numbers ends with the response: in tables, a figure, the page and sentences."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from conftest import Answer

import experiments.figures.draw
from experiments.storage.comparison import read_comparison
from experiments.studies.compare.swept_numbers import Swept, numbers_swept

PEERS, START = "coalition.effect_of_peer_exits", "policies.full_pullout.start"
SMALL = ("ensemble.worlds=4", "ensemble.days=130", "ensemble.record=totals")


def swept(knockon: Callable[..., Answer], *overrides: str) -> tuple[Answer, Path, Swept | None]:
    answer = knockon("run", "-m", *overrides, *SMALL)
    assert answer.code == 0, answer.err
    (folder,) = Path("results").glob("compare-*")
    return answer, folder, numbers_swept(read_comparison(folder))


@pytest.mark.slow
@pytest.mark.promised
def test_one_number_ends_in_curves_with_its_prior(knockon: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(experiments.figures.draw, "PIXELS_AN_INCH", 40)
    answer, folder, found = swept(knockon, "scenario=stay,us_pullout", "reference=stay", f"{PEERS}=0,2,4")
    assert found is not None
    assert found.settings == (PEERS,)
    assert set(found.series.values()) == {"stay", "us_pullout"}
    low, *_, high = found.priors[PEERS]
    assert 0.0 < low < high
    assert f"Over {PEERS}: tables/response.csv" in answer.out
    table = pd.read_csv(folder / "tables/response.csv")
    assert set(table["series"]) == {"us_pullout"}
    assert sorted(set(table[PEERS])) == [0.0, 2.0, 4.0]
    assert (folder / "tables/crossings.csv").exists()
    drawn = (folder / "figures").glob("response*.svg")
    assert all("effect of peer exits of coalition" in file.read_text() and "prior" in file.read_text() for file in drawn)
    assert "Response: how do outcomes" in (folder / "report.html").read_text()
    before = {file.name: file.read_bytes() for file in (folder / "figures").glob("response*")}
    assert len(before) >= 4
    assert knockon("figures", "kinds=[response]").code == 0
    assert {file.name: file.read_bytes() for file in (folder / "figures").glob("response*")} == before


@pytest.mark.usefixtures("drawn")
def test_two_numbers_are_a_surface_and_dates_are_days(knockon: Callable[..., Answer]) -> None:
    answer, folder, found = swept(knockon, "scenario=us_pullout", f"{START}=14,2020-11-29", f"{PEERS}=0,2")
    assert found is not None
    assert found.settings == (START, PEERS)
    assert set(found.values.values()) == {(14.0, 0.0), (14.0, 2.0), (60.0, 0.0), (60.0, 2.0)}
    assert set(found.priors) == {PEERS}
    assert f"Over {START} and {PEERS}: tables/response.csv" in answer.out
    assert not (folder / "tables/crossings.csv").exists()
    table = pd.read_csv(folder / "tables/response.csv")
    assert len(table) == 4 * table["outcome"].nunique()
    assert table.loc[table["arm"] == table["reference"], "difference_median"].dropna().eq(0.0).all()


@pytest.mark.usefixtures("drawn")
def test_what_is_no_number_has_no_response(knockon: Callable[..., Answer]) -> None:
    answer, folder, found = swept(knockon, "scenario=us_pullout", "switches.displacement=low,high")
    assert found is None
    assert "tables/response.csv" not in answer.out
    assert not (folder / "tables/response.csv").exists()
