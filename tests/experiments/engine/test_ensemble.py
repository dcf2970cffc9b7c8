"""From worlds to blocks to a labelled dataset: what is recorded; and the result never depends on how it was computed."""

import csv
import dataclasses
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
import xarray as xr
from composing import with_priors
from conftest import Answer, same_bits

from experiments.config.arm import Arm
from experiments.config.compute import Backend
from experiments.engine.block import build_model, run_block
from experiments.engine.run import run_arm, run_whole
from experiments.errors import RunError
from sim.model import IraqModel
from sim.record.outcomes import Aggregation, Outcome, Worse
from sim.record.record import Record
from sim.record.recorder import Recorder
from sim.rule import Rule
from sim.state import NotFiniteError, refuse_not_finite
from sim.theatre.tables import DATA
from sim.worlds import CHUNK, Worlds

DAYS = 40
"""Not whole weeks, and more than a month."""


@pytest.fixture(scope="module")
def arm() -> Arm:
    return with_priors("us_pullout", f"ensemble.days={DAYS}", "ensemble.record=detailed")


@pytest.fixture(scope="module")
def data(arm: Arm) -> xr.Dataset:
    return run_block(arm, Worlds(5, 6))


def column(table: str, name: str) -> list[str]:
    """Read a column of a shipped table."""
    with (DATA / table).open(encoding="utf-8") as file:
        return [row[name] for row in csv.DictReader(file)]


# labels


def test_every_dimension_is_labelled(arm: Arm, data: xr.Dataset) -> None:
    assert list(data["world"].values) == [5, 6, 7, 8, 9, 10]
    assert list(data["day"].values) == [DAYS]
    assert list(data["week"].values) == [0, 1, 2, 3, 4, 5]
    for dimension, table, name in (
        ("member", "coalition_members.csv", "member"),
        ("site", "sites.csv", "site"),
        ("faction", "factions.csv", "faction"),
        ("governorate", "governorates.csv", "governorate"),
        ("neighbour", "neighbours.csv", "neighbour"),
    ):
        assert list(data[dimension].values) == column(table, name)
    assert data.attrs == {"scenario": "us_pullout", "key": arm.key, "seed": arm.seed}
    assert all(variable.dims[0] == "world" for variable in data.data_vars.values())


def test_every_outcome_says_what_it_is(data: xr.Dataset) -> None:
    for name, variable in data.data_vars.items():
        assert variable.attrs["long_name"], name
        assert variable.attrs["units"], name
    assert data["truce_days"].attrs["worse"] == -1
    assert data["attacks_by_site"].dims == ("world", "day", "site")
    assert data["attacks_by_site_by_week"].dims == ("world", "week", "site")


def test_a_row_belongs_to_its_label(arm: Arm, data: xr.Dataset) -> None:
    troops = dict(zip(column("coalition_members.csv", "member"), column("coalition_members.csv", "troops"), strict=True))
    present = dict(zip(troops, column("coalition_members.csv", "status_at_start"), strict=True))
    at_first = data["troops_by_member_by_week"].isel(week=0).max("world")
    assert {name: float(at_first.sel(member=name)) for name in ("denmark", "singapore", "new_zealand")} == {
        name: float(troops[name]) * (present[name] == "present") for name in ("denmark", "singapore", "new_zealand")
    }
    exits = run_block(with_priors("mid_member_exit", f"ensemble.days={DAYS}"), Worlds(0, 3))["exit_day_by_member"]
    assert (exits.sel(member="denmark") <= 30).all()
    assert exits.sel(member="italy").isnull().all()


def test_what_was_drawn_is_kept(arm: Arm, data: xr.Dataset) -> None:
    assert list(data["draw"].values) == [5, 6, 7, 8, 9, 10]
    shared = dataclasses.replace(arm, ledger=dataclasses.replace(arm.ledger, worlds_per_draw=4))
    assert list(run_block(dataclasses.replace(shared, days=3), Worlds(0, 6))["draw"].values) == [0, 0, 0, 0, 1, 1]
    model = build_model(arm, Worlds(5, 6))
    forms = data["form_knock_on_form"].attrs["forms"]
    assert forms == ["cascade", "free_standing", "compensating"]
    for number, form in enumerate(forms):
        in_form = model.parameters.variant("knock_on_form", form)[0] == 1.0
        np.testing.assert_array_equal(data["form_knock_on_form"] == number, in_form)


@pytest.mark.parametrize(
    ("record", "weekly"),
    [("totals", set()), ("weekly", {"attacks_by_week"}), ("detailed", {"attacks_by_week", "attacks_by_site_by_week"})],
)
def test_as_much_is_kept_as_was_asked_for(arm: Arm, record: str, weekly: set[str]) -> None:
    kept = run_block(dataclasses.replace(arm, record=Record(record), days=15), Worlds(0, 2))
    assert {"attacks_by_week", "attacks_by_site_by_week"} & set(kept.data_vars) == weekly
    assert ("week" in kept.coords) == bool(weekly)
    assert {"attacks", "attacks_by_site", "form_strikes"} <= set(kept.data_vars)


# totals, weeks and months


def test_a_total_is_the_sum_of_its_weeks(data: xr.Dataset) -> None:
    flows = [name for name, variable in data.data_vars.items() if variable.attrs.get("aggregation") == "flow"]
    totals = [str(name) for name in flows if not str(name).endswith("_by_week")]
    assert len(totals) > 30
    for name in totals:
        summed = data[f"{name}_by_week"].astype(float).sum("week")
        np.testing.assert_allclose(data[name].isel(day=0), summed, rtol=1e-5, atol=1e-6, err_msg=name)
    assert float(data["attacks"].sum()) > 0.0


def test_a_level_stands_at_the_end_as_in_its_last_week(data: xr.Dataset) -> None:
    for name in ("restraint", "lead_troop_share", "troops_by_member", "islamic_state_capability"):
        np.testing.assert_array_equal(data[name].isel(day=0), data[f"{name}_by_week"].isel(week=-1))


def test_the_last_month_is_the_last_thirty_days(arm: Arm, data: xr.Dataset) -> None:
    model = build_model(arm, Worlds(5, 6))
    days = []
    for _ in range(DAYS):
        model.step()  # ty: ignore[missing-argument]
        days.append(sum(cell.attacks for cell in model.agents if type(cell).__name__ == "IslamicStateCell"))
    np.testing.assert_array_equal(data["islamic_state_attacks_last_month"].isel(day=0), sum(days[-30:]))
    np.testing.assert_array_equal(data["islamic_state_attacks"].isel(day=0), sum(days))
    assert (sum(days[:-30]) > 0).any()


def counted(days: int, aggregation: Aggregation) -> dict[int, float]:
    """Record a model in which on day d there are d + 1 attacks; return what is reported, by reporting day."""
    outcome = Outcome("attacks", "", "", aggregation, Worse.MORE, lambda model: np.full((1, 1), model.day + 1.0))
    recorder = Recorder(days, Record.TOTALS, [outcome])
    for day in range(days):
        recorder.take(cast(IraqModel, SimpleNamespace(day=day)))
    return {day: float(value[0, 0]) for day, value in zip(recorder.days, recorder.totals["attacks"], strict=True)}


def summed(first: int, last: int) -> float:
    """Add up the numbers from first to last."""
    return float(sum(range(max(1, first), last + 1)))


@pytest.mark.parametrize("days", [1, 29, 30, 31, 365, 395, 400, 730, 760, 1096])  # 395 and 760: a month after a year
def test_the_last_month_before_any_reporting_day(days: int) -> None:
    assert counted(days, Aggregation.LAST_MONTH) == {day: summed(day - 29, day) for day in counted(days, Aggregation.FLOW)}


def test_totals_are_reported_every_year_and_at_the_end() -> None:
    assert counted(40, Aggregation.FLOW) == {40: summed(1, 40)}
    assert counted(800, Aggregation.FLOW) == {365: summed(1, 365), 730: summed(1, 730), 800: summed(1, 800)}
    assert list(counted(365, Aggregation.FLOW)) == [365]
    assert list(counted(366, Aggregation.FLOW)) == [365, 366]
    assert list(counted(394, Aggregation.FLOW)) == [365, 394]


def test_a_ratio_is_one_sum_over_another_and_unknown_where_that_is_none() -> None:
    """In world 0 there are d attacks on d + 1 targets on day d, in world 1 no targets after the first week, in world 2 none."""

    def targets(day: int) -> list[float]:
        return [day + 1.0, 2.0 * (day < 7), 0.0]

    outcome = Outcome("attacks_per_exposure", "", "", Aggregation.RATIO, Worse.MORE,
                      lambda model: np.array([[model.day, 1.0, 0.0]]), per=lambda model: np.array([targets(model.day)]))  # fmt: skip
    recorder = Recorder(10, Record.WEEKLY, [outcome])
    for day in range(10):
        recorder.take(cast(IraqModel, SimpleNamespace(day=day)))
    np.testing.assert_allclose(recorder.totals[outcome.name][0][0], [45 / 55, 10 / 14, np.nan])
    first, second = recorder.weekly[outcome.name]
    np.testing.assert_allclose(first[0], [21 / 28, 7 / 14, np.nan])
    np.testing.assert_allclose(second[0], [24 / 27, np.nan, np.nan])


def test_attacks_per_exposure_are_attacks_over_exposure(data: xr.Dataset) -> None:
    recorded = data["attacks_per_exposure"].values
    assert (recorded > 0.0).any()
    np.testing.assert_allclose(recorded, (data["attacks"] / data["exposure"]).values, rtol=1e-6)


# blocks and workers


def stored(arm: Arm, **changed: Any) -> xr.Dataset:
    """Run an arm into a folder of its own and return what is stored."""
    arm = dataclasses.replace(
        arm, compute=dataclasses.replace(arm.compute, **changed), results=arm.results / "-".join(map(str, changed.values()))
    )
    return run_arm(arm).open(arm.worlds).load()


@pytest.fixture
def small(arm: Arm) -> Arm:
    return dataclasses.replace(arm, worlds=8, days=20)


def differences(datasets: Sequence[xr.Dataset]) -> list[str]:
    """Return what differs in any bit, values or labels, between the first and any other."""
    first, *others = datasets
    differing = [name for other in others for name in same_bits(first, other)]
    labels = [str(name) for other in others for name in first.coords if not first[name].identical(other[name])]
    return differing + labels


def test_the_size_of_blocks_never_shows(small: Arm) -> None:
    by_three, at_once = stored(small, block=3), stored(small, block=1024)
    assert differences([at_once, by_three, run_block(small, Worlds(0, 8))]) == []
    assert float(at_once["attacks"].sum()) > 0.0


def test_a_block_of_several_chunks_is_stored_chunk_by_chunk(small: Arm) -> None:
    long = dataclasses.replace(small, worlds=2 * CHUNK + 5, days=2, record=Record.TOTALS)
    assert differences([stored(long, block=CHUNK), stored(long, block=4 * CHUNK), stored(long, block=700)]) == []


@pytest.mark.slow
def test_the_number_of_workers_never_shows(small: Arm) -> None:
    assert differences([stored(small, block=2), stored(small, block=2, backend=Backend.LOCAL, workers=2)]) == []


# what is no number


def broken(arm: Arm, monkeypatch: pytest.MonkeyPatch, name: str, value: float) -> None:
    """Let a state of the last two of four worlds, from world 5 on, become something else on the last day."""
    live = IraqModel.run

    def run(model: IraqModel, days: int) -> None:
        live(model, days)
        kind, _, state = name.partition(".")
        getattr(model, kind).memory[state][:, 2:] = value

    monkeypatch.setattr(IraqModel, "run", run)
    run_block(arm, Worlds(5, 4))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_state_that_is_no_number_fails_the_block_by_name(arm: Arm, monkeypatch: pytest.MonkeyPatch, value: float) -> None:
    said = f"the state militias.grievance is {value} in 2 of 4 worlds, the first of them world 7"
    with pytest.raises(NotFiniteError, match=said):
        broken(arm, monkeypatch, "militias.grievance", value)


def test_never_is_a_value_that_a_state_says_it_has(arm: Arm, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(arm, monkeypatch, "islamic_state.resurgence_day", np.nan)
    broken(arm, monkeypatch, "lead.announced_on", np.inf)
    with pytest.raises(NotFiniteError, match="the state lead.announced_on is nan"):
        broken(arm, monkeypatch, "lead.announced_on", np.nan)


@pytest.mark.parametrize(
    ("aggregation", "value", "fails"), [("FIRST_DAY", np.nan, False), ("FIRST_DAY", np.inf, True), ("LEVEL", np.nan, True)]
)
def test_an_outcome_that_is_no_number_fails_the_block_by_name(arm: Arm, aggregation: str, value: float, fails: bool) -> None:
    odd = Outcome("odd", "an odd one", "1", Aggregation[aggregation], Worse.NEITHER, lambda model: np.full((1, 2), value))
    recorder = Recorder(1, Record.TOTALS, [odd])
    build_model(arm, Worlds(5, 2), recorder).run(1)
    said = f"the outcome odd is {value} in 2 of 2 worlds, the first of them world 5"
    with pytest.raises(NotFiniteError, match=said) if fails else nullcontext():
        recorder.check_finite(np.array([5, 6]))


def test_the_command_line_names_what_is_no_number(knockon: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "experiments.engine.side_by_side.check_finite",
        lambda model: refuse_not_finite("the state x", np.array([[np.nan]]), np.array([0])),
    )
    answer = knockon("run", "ensemble.worlds=1", "ensemble.days=2", "ensemble.uncertainty=none")
    assert answer.code == 1
    assert "the state x is nan in 1 of 1 worlds, the first of them world 0" in answer.err


def test_a_block_that_fails_ends_work_on_a_whole_in_one_line(arm: Arm) -> None:
    def fail(worlds: Worlds) -> xr.Dataset:
        raise ValueError("a negative rate")

    with pytest.raises(RunError, match=r"^the year: worlds 0 to 7 could not be computed \(ValueError: a negative rate\)$"):
        run_whole(fail, 8, arm.compute, "the year")


def test_an_ordinary_day_calls_no_rule_outside_the_compiled_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """An outcome that NumPy adds up, in place of a rule, once made each day of 64 worlds a quarter slower."""
    arm = with_priors("us_pullout", "ensemble.days=40")
    model = build_model(arm, Worlds(0, 4), Recorder(arm.days, arm.record))
    model.run(31)
    called: list[str] = []
    call = Rule.__call__

    def noted(rule: Rule, *inputs: object, **named: object) -> object:
        called.append(rule.name)
        return call(rule, *inputs, **named)

    monkeypatch.setattr(Rule, "__call__", noted)
    model.run(3)  # no day on which a week ends
    assert called == []
