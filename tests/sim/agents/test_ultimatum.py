"""The review of the ultimatum."""

import pytest
from asking import FLAG, LN2, SHARE, chance, moves, ways
from hypothesis import strategies as st

from sim.agents.ultimatum import review_of_ultimatum

RATE = st.floats(0.0, 3.0)

REVIEW = {
    "days_since_issue": 7.0, "days_to_deadline": 49.0, "extended": 0.0, "ultimatum_review_days": 7.0, "ultimatum_extension_days": 28.0,
    "ultimatum_extension_probability": 0.5, "truce": 0.0, "attack_rate": 0.656, "peak_attack_rate": 0.656, "attack_rate_floor": 0.001,
    "recent_deaths": 0.0, "deaths_counted_at_most": 2.0, "enforcement_gained": 0.0, "host_asks_to_stay": 0.0,
    "members_remaining": 0.0, "ultimatum_execution_intercept": -2.0 * LN2, "ultimatum_effect_of_attacks": 1.0,
    "ultimatum_effect_of_deaths": LN2, "ultimatum_effect_of_truce": LN2, "ultimatum_effect_of_enforcement": 2.0 * LN2, "ultimatum_effect_of_lobbying": 2.0 * LN2,
}  # fmt: skip
REVIEW_DOMAINS = {
    **{name: st.just(REVIEW[name]) for name in ("days_since_issue", "days_to_deadline", "extended", "ultimatum_review_days")},
    **{name: st.just(REVIEW[name]) for name in ("ultimatum_extension_days", "ultimatum_extension_probability", "peak_attack_rate", "attack_rate_floor")},
    "truce": FLAG, "attack_rate": RATE, "recent_deaths": st.floats(0.0, 30.0), "deaths_counted_at_most": st.just(2.0),
    "enforcement_gained": st.floats(-0.5, 1.5), "host_asks_to_stay": FLAG, "members_remaining": SHARE,
    "ultimatum_execution_intercept": st.floats(-3.5, -1.0), "ultimatum_effect_of_attacks": st.floats(0.3, 1.8),
    "ultimatum_effect_of_deaths": st.floats(0.4, 2.0), "ultimatum_effect_of_truce": st.floats(0.5, 2.5),
    "ultimatum_effect_of_enforcement": st.floats(0.2, 2.0), "ultimatum_effect_of_lobbying": st.floats(0.0, 1.6),
}  # fmt: skip


def execution(**inputs):
    return chance(lambda u: review_of_ultimatum(**inputs, execute=u, extend=0.5)[0] == 1.0)


@pytest.mark.parametrize(
    ("change", "odds"),
    [
        ({}, 1 / 4),
        ({"attack_rate": 1.312}, 1 / 2),
        ({"attack_rate": 0.328}, 1 / 8),
        ({"attack_rate": 1.312, "ultimatum_effect_of_attacks": 2.0}, 1.0),
        ({"attack_rate": 0.0}, 1 / 2624),
        ({"recent_deaths": 1.0}, 1 / 2),
        ({"recent_deaths": 9.0}, 1.0),
        ({"truce": 1.0}, 1 / 8),
        ({"enforcement_gained": 0.5}, 1 / 8),
        ({"enforcement_gained": -0.5}, 1 / 2),
        ({"host_asks_to_stay": 1.0}, 1 / 8),
        ({"members_remaining": 1.0}, 1 / 8),
        ({"host_asks_to_stay": 1.0, "members_remaining": 1.0}, 1 / 16),
        ({"host_asks_to_stay": 1.0, "members_remaining": 0.5}, 2**-3.5),
    ],
)
def test_odds_that_an_ultimatum_is_executed(change, odds):
    assert execution(**{**REVIEW, **change}) == pytest.approx(odds / (1.0 + odds))


@pytest.mark.parametrize(("days", "probability"), [(0.0, 0.0), (6.0, 0.0), (7.0, 0.2), (8.0, 0.0), (14.0, 0.2)])
def test_ultimatum_is_reviewed_every_week_after_its_issue(days, probability):
    assert execution(**{**REVIEW, "days_since_issue": days}) == pytest.approx(probability)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"days_to_deadline": 1.0, "extend": 0.0}, (0.0, 0.0, 0.0)),
        ({"days_to_deadline": 0.0, "extend": 0.49}, (0.0, 0.0, 28.0)),
        ({"days_to_deadline": 0.0, "extend": 0.5}, (0.0, 1.0, 0.0)),
        ({"days_to_deadline": 0.0, "extend": 0.0, "extended": 1.0}, (0.0, 1.0, 0.0)),
        ({"days_to_deadline": 0.0, "extend": 0.0, "truce": 1.0}, (0.0, 1.0, 0.0)),
        ({"days_to_deadline": 0.0, "extend": 0.0, "ultimatum_extension_days": 0.0}, (0.0, 1.0, 0.0)),
        ({"days_to_deadline": 0.0, "extend": 0.0, "execute": 0.19}, (1.0, 0.0, 0.0)),
    ],
)
def test_deadline_is_extended_once_or_the_ultimatum_lapses(change, expected):
    assert review_of_ultimatum(**{**REVIEW, "execute": 0.99, **change}) == expected


@ways(
    up="ultimatum_execution_intercept attack_rate recent_deaths ultimatum_effect_of_deaths",
    down="truce ultimatum_effect_of_truce enforcement_gained host_asks_to_stay members_remaining ultimatum_effect_of_lobbying",
)
def test_direction_of_execution(name, direction):
    moves(execution, REVIEW_DOMAINS, name, direction)
