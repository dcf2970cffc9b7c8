"""A mechanism is a set of neutral values: the core is the full model without mechanisms; every dated event can be taken out."""

import pytest
from conftest import arm, block, same_bits

from experiments.config.mechanisms import shipped_mechanisms
from experiments.reference import catalogue

pytestmark = [pytest.mark.slow, pytest.mark.promised]

BEYOND_CORE = [name for name, mechanism in shipped_mechanisms().items() if mechanism.beyond_core]
OFF = tuple(f"mechanisms.{name}=off" for name in BEYOND_CORE)
DAYS, YEAR = "ensemble.days=150", "ensemble.days=260"
SCENARIO = {"patron": "us_pullout", "partner_support": "us_pullout", "recruitment": "us_pullout"}
"""Where a mechanism shows within the horizon, but for `stay`."""
SHOWS_IN = {
    "lead_election": "restraint", "inauguration": "lead_troop_share", "early_election": "political_capital",
    "member_mandates": "members_leaving",
    "member_elections": "members_leaving",
}  # fmt: skip
"""By event: what changes without it."""


@pytest.mark.parametrize("scenario", ["stay", "us_pullout", "as_of_30_september"])
def test_the_full_model_with_every_mechanism_off_is_the_core_bit_for_bit(scenario: str) -> None:
    assert arm(scenario, *OFF).key == arm(scenario, "model=core").key
    assert arm(scenario).key != arm(scenario, "model=core").key
    assert same_bits(block(scenario, DAYS, *OFF, count=16), block(scenario, DAYS, "model=core", count=16)) == []


@pytest.mark.parametrize("mechanism", shipped_mechanisms())
def test_each_mechanism_makes_a_difference(mechanism: str) -> None:
    scenario = SCENARIO.get(mechanism, "stay")
    assert same_bits(block(scenario, YEAR, count=64), block(scenario, YEAR, f"mechanisms.{mechanism}=off", count=64)) != []


@pytest.mark.parametrize("event", catalogue.shipped("calendar", "known_2020"))
def test_each_dated_event_can_be_taken_out_and_is_missed(event: str) -> None:
    scenario = "slow_pullout" if event == "inauguration" else "stay"
    differing = same_bits(block(scenario, YEAR, count=64), block(scenario, YEAR, f"~calendar.{event}", count=64))
    assert f"{SHOWS_IN[event]}_by_week" in differing
