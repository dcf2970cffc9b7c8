"""Helpers that the tests of many rules share."""

import math
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

_ROUNDING = 1e-12
_MANY = 1000
LN2, LN3 = math.log(2.0), math.log(3.0)
SHARE = st.floats(0.0, 1.0)
FLAG = st.sampled_from([0.0, 1.0])
DAYS = st.floats(-800.0, 800.0)
"""Domains of inputs: a share, a yes or no, days from an event."""
quickly = settings(deadline=None, max_examples=50, derandomize=True, database=None)
"""Settings of a property: the same examples in every run."""


def moves(function: Callable[..., float], domains: Mapping[str, st.SearchStrategy], name: str, direction: int) -> None:
    """Check over the domains of all inputs that a rule never falls (+1) or never rises (-1) with one of them.

    The rule must also move at least once, so that an input it forgot is found.
    """
    moved = []

    def once(inputs: dict[str, float], other: float) -> None:
        less, more = sorted((inputs[name], other))
        below, above = function(**{**inputs, name: less}), function(**{**inputs, name: more})
        change = direction * (above - below)
        assert change >= -_ROUNDING * max(1.0, abs(above)), f"{name} from {less} to {more} gives {below} to {above}"
        moved.append(change > 0.0)

    asked = given(inputs=st.fixed_dictionaries(dict(domains)), other=domains[name])
    quickly(asked(once))()
    if not any(moved):  # a few examples can all lie where an input plays no part
        settings(quickly, max_examples=_MANY)(asked(once))()
    assert any(moved), f"{name} makes no difference"


def ways(up: str = "", down: str = "") -> pytest.MarkDecorator:
    """Ask a test once for each input, as `name` and `direction`: those that a rule rises with, and those that it falls with."""
    cases = [*((name, +1) for name in up.split()), *((name, -1) for name in down.split())]
    return pytest.mark.parametrize(("name", "direction"), cases)


def chance(happens: Callable[[float], bool]) -> float:
    """Return the probability of an event that happens for every uniform below some point, by bisection."""
    low, high = 0.0, 1.0
    if not happens(low):
        return 0.0
    while (middle := (low + high) / 2.0) not in (low, high):
        low, high = (middle, high) if happens(middle) else (low, middle)
    return high
