"""Limits that are true by construction: outcomes that must be zero are zero, and outcomes that must not move do not move."""

import dataclasses

import numpy as np
import pytest
import xarray as xr
from conftest import arm, block

from experiments.config.arm import Arm
from experiments.engine.block import run_block
from sim.ledger.parameters import Ledger
from sim.worlds import Worlds

CERTAIN = "ensemble.uncertainty=none"
NO_FEEDBACK = (
    "patron.effect_of_credible_exit=0",
    "patron.pre_election_caution=0",
    "patron.ultimatum_caution=0",
    "patron.strike_reaction=0",
    "truce.onset_hazard=0",
    "militias.effect_of_grievance=0",
    "militias.effect_of_deterrence=0",
    "militias.effect_of_enforcement=0",
)


def fixed(arm: Arm, **values: dict[str, float] | float) -> Arm:
    """Fix parameters (`group__entry`) whatever their prior."""
    parameters = dict(arm.ledger.parameters)
    for name, value in values.items():
        entry = parameters[name.replace("__", ".")]
        numbers = tuple(value.items()) if isinstance(value, dict) else value
        parameters[entry.name] = dataclasses.replace(entry, value=numbers, prior=None)
    ledger = Ledger(parameters, arm.ledger.switches, arm.ledger.uncertainty, arm.ledger.worlds_per_draw)
    return dataclasses.replace(arm, ledger=ledger)


def run(arm: Arm, count: int = 64) -> xr.Dataset:
    return run_block(arm, Worlds(0, count))


def nobody(arm: Arm) -> dict[str, float]:
    return {name: 0.0 for name, _ in arm.theatre.factions}


def test_without_militias_there_are_no_attacks_no_displaced_ones_and_no_provoked_strikes() -> None:
    pullout = arm("us_pullout", "ensemble.days=120", "lead_nation.unprovoked_strike_hazard=0")
    data = run(fixed(pullout, militias__faction_share_rockets=nobody(pullout), militias__faction_share_convoys=nobody(pullout)))
    for name in ("attacks", "displaced_attacks", "strikes", "coalition_deaths", "civilian_deaths_by_militias", "facade_claims"):
        assert (data[name] == 0).all(), name


@pytest.mark.parametrize("scenario", ["stay", "us_pullout"])
def test_interception_saves_soldiers_never_all_and_no_civilian(scenario: str) -> None:
    still = (
        "lead_nation.retaliation_probability=0",
        "lead_nation.unprovoked_strike_hazard=0",
        "coalition.effect_of_coalition_deaths=0",
        "government.cost_of_civilian_death=0",
        "lead_nation.ultimatum_effect_of_deaths=0",
        "ensemble.days=120",
    )
    none, full = (block(scenario, *still, f"sites.interception_probability={p}", count=256) for p in (0, 1))
    assert float(full["coalition_deaths"].sum()) < float(none["coalition_deaths"].sum())
    assert float(full["coalition_deaths"].sum()) > 0
    np.testing.assert_array_equal(full["civilian_deaths_by_militias"], none["civilian_deaths_by_militias"])
    np.testing.assert_array_equal(full["attacks"], none["attacks"])


def test_a_kept_truce_without_leaks_stops_all_attacks_on_sites() -> None:
    kept = ("truce.compliance_floor=1", "truce.rocket_rate_in_truce=0", "truce.convoy_rate_in_truce=0")
    always = ("truce.onset_hazard=1000000", "truce.mean_length_days=1000000000")
    data = block("stay", *kept, *always, "ensemble.days=60")
    assert (data["truce_days"] == 60).all()
    assert (data["attacks"] == 0).all()


def test_without_any_channel_islamic_state_does_not_notice_the_exit() -> None:
    closed = (
        "islamic_state.enabler_dependence=0",
        "government.force_quality_loss_without_advisers=0",
        "islamic_state.presence_driven_recruitment=0",
        "neighbours.partner_support_dependence=0",
        "government.force_quality_loss_when_divided=0",
        "kurdistan.joint_operations_share=0",
        "ensemble.days=200",
    )
    stay, leave = (block(scenario, *closed) for scenario in ("stay", "us_pullout"))
    np.testing.assert_array_equal(stay["islamic_state_attacks"], leave["islamic_state_attacks"])
    assert (leave["lead_troop_share"].isel(day=-1) < 1).mean() > 0.9


def test_full_support_from_afar_leaves_only_the_advice_channel() -> None:
    afar = ("over_the_horizon.air_effect=1", "over_the_horizon.surveillance_effect=1", "ensemble.days=160")
    with_advice = block("us_pullout_over_the_horizon", *afar)
    assert float(with_advice["enablers"].isel(day=-1).min()) >= 1 - 0.55  # prior of the advice weight ends well below
    no_advice = ("'islamic_state.enabler_weights.value={surveillance: 0.5, air: 0.5, advice: 0}'",)
    held = block("us_pullout_over_the_horizon", *afar, *(o.strip("'") for o in no_advice), CERTAIN)
    np.testing.assert_allclose(held["enablers"], 1.0, atol=1e-6)


def test_without_effects_members_leave_at_the_base_hazard() -> None:
    plain = (
        CERTAIN,
        "coalition.effect_of_lead_exit=0",
        "coalition.effect_of_host_closing=0",
        "coalition.effect_of_peer_exits=0",
        "coalition.effect_of_framework_nation_exit=0",
        "coalition.effect_of_coalition_deaths=0",
        "coalition.effect_of_attack_rate=0",
        "coalition.effect_of_election=0",
        "coalition.effect_of_mandate_renewal=0",
        "coalition.effect_of_host_request=0",
        "coalition.effect_of_is_threat=0",
        "coalition.relocation_share=0",
        "coalition.collective_decision_probability=0",
    )
    worlds, days, members, hazard = 1024, 365, 29, 0.00037
    data = block("us_pullout", *plain, count=worlds)
    decided = float(data["members_leaving"].sel(day=days).mean())
    expected = members * -np.expm1(-hazard * days)
    error = np.sqrt(members * 0.126 * 0.874 / worlds)
    assert abs(decided - expected) < 4 * error
    assert (data["knock_on_exits"] == 0).all()


def test_a_closed_embassy_has_no_incident() -> None:
    gone = block(
        "us_pullout",
        "lead_nation.exit_duration_days=20",
        "ensemble.days=160",
        "ensemble.record=weekly",
        "~calendar.inauguration",
    )
    closed = gone["mission_closed_by_week"].values > 0
    hazard = gone["incident_hazard_by_week"].values
    assert closed[:, 20:].any()
    assert (hazard[:, 1:][closed[:, :-1]] == 0).all()


def test_without_excitation_noise_or_feedback_attacks_are_poisson() -> None:
    still = (
        CERTAIN,
        *NO_FEEDBACK,
        "militias.self_excitation=0",
        "militias.cross_excitation=0",
        "patron.campaign_volatility=0.000000001",
        "patron.rocket_rate_at_start=0.123",
        "patron.convoy_rate_at_start=0.012",
        "patron.effect_of_contested_presence_on_rockets=0",
        "patron.effect_of_contested_presence_on_convoys=0",
        "lead_nation.retaliation_probability=0",
        "lead_nation.unprovoked_strike_hazard=0",
        "coalition.exit_hazard=0.000000000001",
        "embassy.security_closure_hazard=0.000000000001",
        "government.fall_hazard=0",
        "government.cost_of_civilian_death=0",
        "government.cost_of_embassy_attack=0",
        "ensemble.days=100",
    )
    attacks = block("stay", *still, count=1024)["attacks"].isel(day=-1).values
    mean = 100 * (0.123 + 0.012)
    assert abs(attacks.mean() - mean) < 4 * np.sqrt(mean / 1024)
    assert abs(attacks.var(ddof=1) / attacks.mean() - 1.0) < 4 * np.sqrt(2 / 1023)


def test_without_noise_islamic_state_stays_where_it_is() -> None:
    still = (
        CERTAIN,
        "islamic_state.growth_volatility=0.0000000001",
        "government.fall_hazard=0",
        "kurdistan.joint_operations_share=0",
        "islamic_state.local_share_of_enablers=0",
        "neighbours.border_closing_per_attack=0",
        "islamic_state.advice_through_mission=0",
    )
    quiet = ("coalition.exit_hazard=0.000000000001", "ensemble.days=200")
    capability = block("stay", *still, *quiet, count=8)["islamic_state_capability"]
    np.testing.assert_allclose(capability, 12 * 170 / 365, rtol=1e-4)
