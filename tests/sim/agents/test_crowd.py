"""What mobilises the street."""

import pytest
from asking import FLAG, moves, quickly
from hypothesis import given
from hypothesis import strategies as st

from sim.agents.crowd import mobilisation_after

REST = {
    "mobilisation": 0.6, "mobilisation_decay_days": 12.0, "strike": 0.0, "mobilisation_per_strike": 1.2, "civilians_killed": 0.0,
    "mobilisation_per_civilian_event": 0.25, "mobilisation_noise": 0.1, "normal": 0.0,
}  # fmt: skip
DOMAINS = {
    "mobilisation": st.floats(0.0, 8.0), "mobilisation_decay_days": st.floats(5.0, 25.0), "strike": FLAG,
    "mobilisation_per_strike": st.floats(0.5, 2.0),
    "civilians_killed": st.sampled_from([0.0, 1.0, 7.0]), "mobilisation_per_civilian_event": st.floats(0.0, 0.6),
    "mobilisation_noise": st.just(0.12), "normal": st.floats(-4.0, 4.0),
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 0.55),
        ({"mobilisation_decay_days": 6.0}, 0.5),
        ({"strike": 1.0}, 1.75),
        ({"civilians_killed": 1.0}, 0.8),
        ({"civilians_killed": 7.0}, 0.8),
        ({"normal": 1.5}, 0.7),
        ({"normal": -1.5}, 0.55),
        ({"strike": 1.0, "civilians_killed": 2.0, "normal": 1.0}, 2.1),
    ],
)
def test_mobilisation_after_a_day(change, expected):
    assert mobilisation_after(**{**REST, **change}) == pytest.approx(expected)


@pytest.mark.parametrize("name", sorted(set(DOMAINS) - {"mobilisation_noise"}))
def test_everything_raises_mobilisation(name):
    moves(mobilisation_after, DOMAINS, name, +1)


@quickly
@given(inputs=st.fixed_dictionaries(DOMAINS))
def test_mobilisation_is_never_negative(inputs):
    assert mobilisation_after(**inputs) >= 0.0
