"""Small rules change their results in the direction that each case states; and every rule appears in a test."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from asking import moves
from hypothesis import strategies as st

from experiments.reference import catalogue
from sim.agents.campaign import intensity_at_start, level_at_start
from sim.agents.claims import claimed_by_facade, claims_after
from sim.agents.coalition import count_of, weight_of_recent_decisions
from sim.agents.departure import exit_duration
from sim.agents.embassy import mission_presence
from sim.agents.enablers import civilian_deaths_of_air_operations
from sim.agents.enforcement import arrests_today
from sim.agents.islamic_state import attacks_a_day, days_above_level, weight_of_neighbour
from sim.agents.member_calendar import mean_log_effect
from sim.agents.patron import campaign_intensity
from sim.agents.retaliation import deterrence_memory
from sim.agents.sites import exposure_of, from_origin
from sim.agents.tolls import deaths_by_cell, zeta_normaliser
from sim.arithmetic import over_agents, product

SHARE, POSITIVE, RATE = st.floats(0.0, 1.0), st.floats(0.1, 10.0), st.floats(0.01, 3.0)
COUNT, FLAG, DAYS = st.integers(0, 20).map(float), st.sampled_from([0.0, 1.0]), st.integers(1, 400).map(float)
EFFECT, BELOW_HALF = st.floats(0.0, 2.0), st.floats(0.0, 0.45)
MEANS = {
    "has_mandate": FLAG, "mandate_window_days": st.floats(1.0, 120.0), "effect_of_mandate_renewal": EFFECT, "has_election": FLAG,
    "election_window_days": st.floats(1.0, 365.0), "effect_of_election": EFFECT,
}  # fmt: skip
LEVELS = {
    "share": SHARE,
    "rate": RATE,
    "self_excitation": BELOW_HALF,
    "cross_excitation": BELOW_HALF,
    "others": st.just(4.0),
}
ARREST = {"crackdown": SHARE, "arrest_rate": SHARE, "arrest_reversal_probability": SHARE, "arrest": SHARE, "reversal": SHARE}
BELOW_ONE = st.floats(0.0, 0.999)
CELL = {
    "uniform": BELOW_ONE, "toll": BELOW_ONE, "victims": BELOW_ONE, "attacks": COUNT, "fatal_share": SHARE,
    "civilian_share_of_fatal_attacks": SHARE, "death_toll_exponent": st.just(2.0), "death_toll_cap": st.just(3.0),
    "toll_normaliser": st.just(49.0 / 36.0),
}  # fmt: skip

type Case = tuple[Callable[..., float], Mapping[str, st.SearchStrategy], str, int]


def part(rule: Callable[..., tuple[float, ...]], number: int) -> Callable[..., float]:
    """Return one of a rule's results."""
    return lambda **inputs: rule(**inputs)[number]


CASES: dict[str, Case] = {
    "a campaign that starts at more attacks is more intense": (
        intensity_at_start, {"rate_at_start": RATE, "branching_ratio": BELOW_HALF, "base": RATE}, "rate_at_start", +1),
    "a larger share has more attacks": (level_at_start, LEVELS, "share", +1),
    "a higher rate has more attacks": (level_at_start, LEVELS, "rate", +1),
    "starters count": (count_of, {"status": st.just(3), "wanted": st.just(3), "starter": FLAG}, "starter", +1),
    "a longer memory holds more decisions": (
        weight_of_recent_decisions, {"decided_on": DAYS, "weight": POSITIVE, "day": DAYS, "peer_memory_days": DAYS}, "peer_memory_days", +1),
    "a later decision is fresher": (
        weight_of_recent_decisions, {"decided_on": DAYS, "weight": POSITIVE, "day": DAYS, "peer_memory_days": DAYS}, "decided_on", +1),
    "a mission further gone has less presence": (
        mission_presence, {"status": st.integers(0, 3), "mission_presence_reduced": st.just(0.6), "mission_presence_moved": st.just(0.3)}, "status", -1),
    "more air power kills more": (
        civilian_deaths_of_air_operations, {"uniform": SHARE, "civilian_deaths_of_air_operations": POSITIVE, "air": POSITIVE}, "air", +1),
    "a slower member takes longer": (
        exit_duration, {"exit_duration_days": POSITIVE, "exit_duration_spread": SHARE, "normal": st.floats(-3.0, 3.0)}, "normal", +1),
    "a stronger mandate effect takes more off the base": (mean_log_effect, MEANS, "effect_of_mandate_renewal", +1),
    "a wider election window takes more off the base": (mean_log_effect, MEANS, "election_window_days", +1),
    "a harder crackdown arrests more": (lambda **inputs: sum(arrests_today(**inputs)), ARREST, "crackdown", +1),
    "arrests likelier reversed are sustained less": (part(arrests_today, 0), ARREST, "arrest_reversal_probability", -1),
    "arrests likelier reversed are reversed more": (part(arrests_today, 1), ARREST, "arrest_reversal_probability", +1),
    "more a month is more a day": (attacks_a_day, {"attacks_per_month": POSITIVE}, "attacks_per_month", +1),
    "days above a level go on": (
        days_above_level, {"days": DAYS, "level": RATE, "reference": RATE, "multiple": st.just(2.0)}, "level", +1),
    "a higher multiple is passed less": (
        days_above_level, {"days": DAYS, "level": RATE, "reference": RATE, "multiple": POSITIVE}, "multiple", -1),
    "more attacks kill more civilians": (part(deaths_by_cell, 0), CELL, "attacks", +1),
    "a larger civilian share kills more civilians": (part(deaths_by_cell, 0), CELL, "civilian_share_of_fatal_attacks", +1),
    "a larger civilian share kills fewer of the forces": (part(deaths_by_cell, 1), CELL, "civilian_share_of_fatal_attacks", -1),
    "products grow": (product, {"first": POSITIVE, "second": POSITIVE}, "first", +1),
    "a neighbour among many counts less": (
        weight_of_neighbour, {"border": FLAG, "governorate_share": RATE, "neighbours": COUNT.map(lambda n: n + 1.0)}, "neighbours", -1),
    "more facades claim more": (claimed_by_facade, {"uniform": SHARE, "attacks": COUNT, "facade_share": SHARE}, "facade_share", +1),
    "claims are kept longer": (claims_after, {"claims": COUNT, "attacks": COUNT, "claims_memory_days": DAYS}, "claims_memory_days", +1),
    "claims add up": (claims_after, {"claims": COUNT, "attacks": COUNT, "claims_memory_days": DAYS}, "attacks", +1),
    "a campaign drifts with its noise": (
        campaign_intensity,
        {"intensity": st.floats(-2.0, 2.0), "contested": SHARE, "effect_of_contested_presence": EFFECT, "campaign_persistence_days": DAYS, "campaign_volatility": SHARE, "normal": st.floats(-3.0, 3.0)},
        "normal", +1),
    "a strike is remembered": (deterrence_memory, {"deterrence": SHARE, "strike": FLAG}, "strike", +1),
    "presence exposes": (exposure_of, {"attractiveness": SHARE, "presence": SHARE, "in_campaign": FLAG}, "presence", +1),
    "a likelier origin has more attacks": (from_origin, {"uniform": SHARE, "attacks": COUNT, "erbil_attacks_from_nineveh": SHARE}, "erbil_attacks_from_nineveh", +1),
    "a steeper power law sums to less": (
        zeta_normaliser, {"death_toll_exponent": st.floats(1.5, 3.5), "death_toll_cap": st.integers(1, 50).map(float)}, "death_toll_exponent", -1),
    "sums grow": (over_agents, {"value": POSITIVE}, "value", +1),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_small_rule_moves_as_its_words_say(case: str) -> None:
    moves(*CASES[case])


def test_every_rule_is_asked_something() -> None:
    asked = "\n".join(file.read_text(encoding="utf-8") for file in Path(__file__).parent.glob("test_*.py"))
    assert [name for name in catalogue.rules() if len(re.findall(rf"\b{name}\b", asked)) < 2] == []
