"""Properties of every world of every scenario: bounds, conservation, and consistency of the recorded outcomes."""

from hashlib import sha256

import numpy as np
import pytest
import xarray as xr
from conftest import arm, block

from experiments.config.defaults import names_in
from experiments.config.history import year_before
from experiments.engine.block import build_model
from sim.phase import Phase
from sim.record.outcomes import BY_NAME, OUTCOMES
from sim.worlds import Worlds

SHARES = (
    "lead_troop_share", "announced", "members_troops_gone", "coalition_troops_gone", "mission_presence", "political_capital",
    "green_zone_protection", "kurdish_trust", "restraint",
)  # fmt: skip


@pytest.fixture(scope="module", params=["stay", "us_pullout", "combined_package", "as_of_30_september", "crackdown"])
def data(request: pytest.FixtureRequest) -> xr.Dataset:
    return block(request.param, "ensemble.record=detailed", "ensemble.days=250", count=96)


def test_nothing_is_negative_but_a_stance(data: xr.Dataset) -> None:
    for outcome in OUTCOMES:
        if outcome.name != "stance":
            assert not (data[outcome.name] < 0).any(), outcome.name


def test_shares_stay_between_0_and_1(data: xr.Dataset) -> None:
    for name in SHARES:
        assert float(data[f"{name}_by_week"].max()) <= 1.0, name


def test_nothing_is_missing_but_days_of_what_never_happened_and_rates_without_exposure(data: xr.Dataset) -> None:
    for name, variable in data.data_vars.items():
        may_miss = str(name).startswith("exit_day") or "resurgence_day" in str(name) or "per_exposure" in str(name)
        if variable.dtype.kind == "f" and not may_miss:
            assert np.isfinite(variable).all(), name
    xr.testing.assert_equal(data["attacks_per_exposure_by_week"].isnull(), data["exposure_by_week"] == 0.0)
    assert np.isfinite(data["attacks_per_exposure"]).all()


OTHERS = "civilian_deaths_by_others"


def test_parts_add_up(data: xr.Dataset) -> None:
    parts = {
        "attacks": ["rocket_attacks", "convoy_attacks"],
        "civilian_deaths": [name for name in BY_NAME if name.startswith("civilian_deaths_by_") and name != OTHERS],
        OTHERS: ["civilian_deaths_by_militias", "civilian_deaths_by_strikes", "civilian_deaths_by_air_operations"],
    }
    for whole, names in parts.items():
        np.testing.assert_allclose(data[whole], sum(data[name] for name in names), rtol=1e-5)
    for whole, part in (
        ("attacks", "attacks_by_site"),
        ("attacks", "attacks_by_faction"),
        ("displaced_attacks", "displaced_attacks_by_target"),
        ("islamic_state_attacks", "islamic_state_attacks_by_governorate"),
    ):
        dimension = next(iter(set(data[part].dims) - {"world", "day"}))
        np.testing.assert_allclose(data[whole], data[part].sum(dimension), rtol=1e-5)
    everywhere = data["attacks_by_governorate"].sum("governorate")
    np.testing.assert_allclose(everywhere, data["attacks"] + data["displaced_attacks"], rtol=1e-4)


def test_troops_are_conserved(data: xr.Dataset) -> None:
    start = sum(member.troops for member in arm().theatre.members if member.present)
    here = data["troops_by_member"].sum("member")
    np.testing.assert_allclose(here / start, 1 - data["members_troops_gone"], atol=1e-5)
    total = (start + 3000) * (1 - data["coalition_troops_gone"])
    np.testing.assert_allclose(total, here + data["lead_troops"], rtol=1e-4)


def test_who_is_out_for_good_stays_out(data: xr.Dataset) -> None:
    assert (np.diff(data["members_out_by_week"].values, axis=1) >= 0).all()
    assert (data["members_out"] <= 29).all()
    decided = np.isfinite(data["exit_day_by_member"]).sum("member")
    assert (data["members_out"] <= decided).all()
    np.testing.assert_array_equal(decided, data["members_leaving"])


def test_lethal_breaches_are_breaches_are_incidents(data: xr.Dataset) -> None:
    assert (data["lethal_breaches"] <= data["breaches"]).all()
    assert (data["breaches"] <= data["incidents"]).all()
    assert (data["lethal_breach_hazard"] <= data["breach_hazard"]).all()
    assert (data["breach_hazard"] <= data["incident_hazard"]).all()


def test_hazards_predict_the_events() -> None:
    events = block("stay", "ensemble.days=365", count=1024)
    for hazard, happened in (
        ("incident_hazard", "incidents"),
        ("fall_hazard", "government_falls"),
        ("closure_hazard", "security_closures"),
    ):
        expected, found = (float(events[name].isel(day=-1).mean()) for name in (hazard, happened))
        assert abs(found - expected) < 4 * np.sqrt(expected / 1024) + 0.02 * expected


def test_the_model_reads_every_parameter_and_no_other() -> None:
    read: set[str] = set()
    arms = [arm(scenario) for scenario in ("stay", "partial_cut", "diplomats_out")]
    for each in (*arms, year_before(arms[0])):
        model = build_model(each, Worlds(0, 4))
        model.run(365 if each.phase is Phase.HISTORY else 20)
        read |= {name for name in model.parameters.read if not name.startswith("switches.")}
    assert read == set(arm().ledger.parameters)


def test_every_form_of_every_switch_is_told_apart() -> None:
    model = build_model(arm(), Worlds(0, 4))
    forms = {name for name in model.parameters.read if name.startswith("switches.")}
    assert {name.split(".")[1] for name in forms} == set(arm().ledger.switches)


CHANGES = {
    "us_pullout": ("as_of_30_september", "lead_troop_share", -1),
    "slow_pullout": ("us_pullout", "lead_troop_share", +1),
    "us_pullout_without_knock_on": ("us_pullout", "members_out", -1),
    "us_pullout_without_peer_effects": ("us_pullout", "members_out", -1),
    "us_pullout_feared_knock_on": ("us_pullout", "members_out", +1),
    "us_pullout_over_the_horizon": ("us_pullout", "enablers", +1),
    "us_pullout_nato_backfill": ("us_pullout", "nato_staff", +1),
    "us_pullout_rethink": ("us_pullout", "lead_troop_share", +1),
    "partial_cut": ("as_of_30_september", "lead_troop_share", -1),
    "combined_package": ("partial_cut", "truce_days", +1),
    "diplomats_out": ("as_of_30_september", "mission_presence", -1),
    "move_to_erbil": ("as_of_30_september", "mission_presence", -1),
    "ultimatum": ("stay", "truce_days", +1),
    "as_of_30_september": ("ultimatum", "green_zone_protection", +1),
    "green_zone_force": ("stay", "green_zone_protection", +1),
    "crackdown": ("as_of_30_september", "arrests", +1),
    "brokered_truce": ("as_of_30_september", "truce_days", +1),
    "retaliation_restraint": ("as_of_30_september", "strikes", -1),
    "mid_member_exit": ("as_of_30_september", "members_out", +1),
}
"""By scenario: what it differs from, in what, and which way; what policies do is told by the policies themselves."""


def three_months(scenario: str) -> xr.Dataset:
    return block(scenario, "ensemble.days=90", count=96)


@pytest.mark.parametrize("scenario", names_in("scenario"))
def test_every_scenario_runs_and_does_what_its_name_says(scenario: str) -> None:
    data = three_months(scenario)
    assert (data.sizes["world"], list(data["day"].values)) == (96, [90])
    assert bool(arm(scenario, "ensemble.days=90").policies) == (scenario != "stay")
    if scenario.startswith(("us_pullout", "slow_pullout", "partial_cut")):
        assert ((data["announced"] > 0.0) == ("rethink" not in scenario)).all()
        assert (data["lead_troop_share"] < 1.0).all()
    if scenario in ("stay", "green_zone_force"):  # in all others the ultimatum may be carried out
        assert (data["announced"] == 0.0).all()
        assert (data["lead_troop_share"] == 1.0).all()


def bits(data: xr.Dataset) -> bytes:
    return sha256(b"".join(data[name].values.tobytes() for name in sorted(map(str, data.data_vars)))).digest()


@pytest.mark.parametrize("scenario", CHANGES)
def test_every_scenario_differs_from_what_it_adds_to(scenario: str) -> None:
    base, moved, sign = CHANGES[scenario]
    assert sign * float((three_months(scenario)[moved] - three_months(base)[moved]).mean()) > 0.0


def test_no_two_scenarios_are_alike() -> None:
    assert {"stay", *CHANGES} <= set(names_in("scenario"))
    assert len({arm(name, "ensemble.days=90").key for name in names_in("scenario")}) == len(names_in("scenario"))
    assert len({bits(three_months(name)) for name in names_in("scenario")}) == len(names_in("scenario"))
