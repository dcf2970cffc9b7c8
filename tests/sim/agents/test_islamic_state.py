"""The Islamic State's remnants: growth against suppression, and attacks."""

import math

import numpy as np
import pytest
from asking import SHARE, chance, moves, quickly, ways
from hypothesis import given
from hypothesis import strategies as st

from sim.agents.islamic_state import (
    attacks_a_day,
    capability_after,
    cell_attacks,
    days_above_level,
    product,
    season_of,
    weight_of_neighbour,
)


@pytest.mark.parametrize(("a_month", "a_day"), [(365.0, 12.0), (170.0, 5.589041), (0.0, 0.0)])
def test_monthly_rate_as_a_daily_one(a_month, a_day):
    assert attacks_a_day(a_month) == pytest.approx(a_day)


@pytest.mark.parametrize(
    ("day", "expected"), [(135.0, 1.25), (317.5, 0.75), (226.25, 1.0), (135.0 - 365.0 / 6.0, 1.125), (500.0, 1.25)]
)
def test_season_peaks_in_the_middle_of_may(day, expected):
    assert season_of(0.25, 135.0, day) == pytest.approx(expected)


@quickly
@given(amplitude=st.floats(0.1, 0.4), peak=st.floats(1.0, 365.0))
def test_season_is_one_over_the_year(amplitude, peak):
    year = [season_of(amplitude, peak, float(day)) for day in range(365)]
    assert np.mean(year) == pytest.approx(1.0)
    assert max(year) <= 1.0 + amplitude


@pytest.mark.parametrize(
    ("border", "share", "neighbours", "expected"),
    [(1.0, 0.25, 2.0, 2.0), (0.0, 0.25, 2.0, 0.0), (1.0, 0.0, 2.0, 0.0), (1.0, 0.25, 0.0, 0.0)],
)
def test_weight_of_a_neighbour(border, share, neighbours, expected):
    assert weight_of_neighbour(border, share, neighbours) == pytest.approx(expected)


def test_neighbours_at_their_shares_weigh_one_together():
    shares, borders = (0.3, 0.2, 0.1, 0.4), (1.0, 1.0, 0.0, 1.0)
    weights = [weight_of_neighbour(border, share, 3.0) for border, share in zip(borders, shares, strict=True)]
    assert sum(product(weight, share) for weight, share in zip(weights, shares, strict=True)) == pytest.approx(1.0)


STATUS_QUO = {
    "capability": 1.0, "governorate_share": 0.2, "rate_at_start": 5.0, "growth_rate": 0.004, "presence_driven_recruitment": 0.25,
    "lead": 1.0, "saturation_at_start": 0.1, "exogenous_trend": 0.0, "suppression": 0.0042, "enabler_dependence": 0.5, "enablers": 1.0, "quality": 1.0,
    "presence": 1.0, "local_share_of_enablers": 0.25, "joint_operations_share": 0.5, "disputed_weight": 0.8, "trust": 0.5,
    "trust_at_start": 0.5, "closed_borders": 0.0, "inflow_stopped_by_closed_border": 0.5,
    "neighbours": 5.0, "diffusion_rate": 0.001, "cross_border_inflow": 0.0006, "partner_support_dependence": 0.5, "growth_volatility": 0.02, "floor": 0.02,
    "normal": 0.0,
}  # fmt: skip
CAPABILITY_DOMAINS = {
    "capability": st.floats(0.02, 10.0), "governorate_share": st.floats(0.04, 0.4), "rate_at_start": st.floats(4.0, 7.0),
    "growth_rate": st.floats(0.002, 0.007), "presence_driven_recruitment": st.floats(0.0, 0.3), "lead": SHARE,
    "saturation_at_start": st.floats(0.05, 0.2), "exogenous_trend": st.floats(-0.0012, 0.0009), "suppression": st.floats(0.001, 0.007),
    "enabler_dependence": st.floats(0.05, 0.6), "enablers": SHARE, "quality": SHARE,
    "presence": SHARE, "local_share_of_enablers": st.floats(0.0, 0.6), "joint_operations_share": st.floats(0.0, 0.4),
    "disputed_weight": SHARE, "trust": SHARE, "trust_at_start": st.floats(0.3, 0.7), "closed_borders": SHARE,
    "inflow_stopped_by_closed_border": SHARE, "neighbours": st.floats(0.0, 20.0),
    "diffusion_rate": st.floats(0.0002, 0.002), "cross_border_inflow": st.floats(0.0002, 0.0015), "partner_support_dependence": SHARE,
    "growth_volatility": st.floats(0.01, 0.03), "floor": st.just(0.02), "normal": st.floats(-4.0, 4.0),
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 1.0),
        ({"capability": 2.0, "neighbours": 10.0}, 1.9986),
        ({"lead": 0.0}, 0.9994),
        ({"lead": 0.5, "partner_support_dependence": 0.0}, 0.99955),
        ({"lead": 0.0, "presence_driven_recruitment": 0.0}, 1.0003),
        ({"exogenous_trend": 0.0005}, 1.0005),
        ({"enablers": 0.0, "presence": 0.0}, 1.0021),
        ({"enablers": 0.0, "presence": 0.0, "enabler_dependence": 0.25}, 1.00105),
        ({"enablers": 0.0}, 1.001575),
        ({"presence": 0.0}, 1.000525),
        ({"presence": 0.0, "local_share_of_enablers": 0.0}, 1.0),
        ({"enablers": 0.0, "local_share_of_enablers": 1.0}, 1.0),
        ({"enablers": 0.4, "presence": 0.8}, 1.00105),
        ({"presence": 2.0, "local_share_of_enablers": 0.5}, 0.99895),
        ({"trust": 0.0}, 1.00168),
        ({"trust": 0.25}, 1.00084),
        ({"trust": 0.75}, 0.99916),
        ({"trust": 0.0, "disputed_weight": 0.0}, 1.0),
        ({"trust": 0.0, "joint_operations_share": 0.0}, 1.0),
        ({"trust": 0.0, "quality": 0.5}, 1.00294),
        ({"closed_borders": 1.0}, 0.9997),
        ({"closed_borders": 0.5}, 0.99985),
        ({"closed_borders": 1.0, "inflow_stopped_by_closed_border": 1.0}, 0.9994),
        ({"closed_borders": 1.0, "lead": 0.0, "presence_driven_recruitment": 0.0}, 0.99985),
        ({"quality": 0.5}, 1.0021),
        ({"quality": 0.5, "enablers": 0.0, "presence": 0.0}, 1.00315),
        ({"neighbours": 10.0}, 1.001),
        ({"neighbours": 0.0}, 0.999),
        ({"normal": 2.0}, 1.04),
        ({"normal": -2.0, "growth_volatility": 0.03}, 0.94),
        ({"normal": -100.0}, 0.02),
        ({"governorate_share": 0.0}, 0.0),
        ({"cross_border_inflow": 0.0}, 0.9994),
    ],
)
def test_capability_a_day_later(change, expected):
    """From one attack per day at its share of five: growth 0.0036, suppression 0.0042, inflow 0.0006."""
    assert capability_after(**{**STATUS_QUO, **change}) == pytest.approx(expected)


@ways(
    up="capability exogenous_trend neighbours cross_border_inflow partner_support_dependence normal",
    down="presence_driven_recruitment suppression enablers presence trust closed_borders inflow_stopped_by_closed_border quality",
)
def test_direction_of_capability(name, direction):
    below = {**CAPABILITY_DOMAINS, "capability": st.floats(0.02, 0.2), "normal": st.floats(-1.0, 1.0)}
    moves(capability_after, below, name, direction)


@quickly
@given(inputs=st.fixed_dictionaries(CAPABILITY_DOMAINS))
def test_capability_never_falls_below_its_floor(inputs):
    assert capability_after(**inputs) >= 0.02 * inputs["governorate_share"] * inputs["rate_at_start"]


@quickly
@given(
    share=st.floats(0.04, 0.4), rate=st.floats(4.0, 7.0), growth=st.floats(0.002, 0.007), saturation=st.floats(0.05, 0.2),
    inflow=st.floats(0.0002, 0.0015), dependence=st.floats(0.05, 0.6),
)  # fmt: skip
def test_status_quo_is_stationary(share, rate, growth, saturation, inflow, dependence):
    start = share * rate
    same = {
        "growth_rate": growth,
        "saturation_at_start": saturation,
        "cross_border_inflow": inflow,
        "enabler_dependence": dependence,
    }
    suppression = growth * (1.0 - saturation) + inflow
    inputs = {
        **STATUS_QUO,
        **same,
        "governorate_share": share,
        "rate_at_start": rate,
        "capability": start,
        "suppression": suppression,
    }
    assert capability_after(**{**inputs, "neighbours": rate}) == pytest.approx(start)


@pytest.mark.parametrize(
    ("capability", "season", "own_excitation", "excitation", "mean"),
    [(1.0, 1.0, 0.3, 0.3, 1.0), (1.0, 1.25, 0.3, 0.0, 0.875), (2.0, 1.0, 0.0, 0.0, 2.0), (0.0, 1.0, 0.3, 0.1, 0.1)],
)
def test_mean_attacks_of_a_cell(capability, season, own_excitation, excitation, mean):
    none = chance(lambda u: cell_attacks(u, capability, season, own_excitation, excitation, 0.9)[0] == 0.0)
    assert -math.log(none) == pytest.approx(mean)


@pytest.mark.parametrize(("uniform", "attacks", "excitation"), [(0.1, 0.0, 0.27), (0.5, 1.0, 0.30), (0.95, 3.0, 0.36)])
def test_attacks_leave_excitation(uniform, attacks, excitation):
    """Mean 1; a tenth of the old 0.3 fades, each attack adds 0.3 x 0.1."""
    assert cell_attacks(uniform, 1.0, 1.0, 0.3, 0.3, 0.9) == pytest.approx((attacks, excitation))


@ways(up="capability season excitation", down="self_excitation")
def test_direction_of_attacks_of_a_cell(name, direction):
    domains = {
        "capability": st.floats(0.01, 3.0), "season": st.floats(0.6, 1.4), "self_excitation": st.floats(0.1, 0.45),
        "excitation": SHARE, "kept": st.just(0.9),
    }  # fmt: skip
    moves(lambda **inputs: -chance(lambda u: cell_attacks(u, **inputs)[0] == 0.0), domains, name, direction)


def test_product_is_added_over_agents_in_each_world():
    total = np.zeros((1, 2))
    product(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[0.5], [2.0]]), out=total)
    assert total.tolist() == [[6.5, 9.0]]


@pytest.mark.parametrize(
    ("days", "level", "expected"), [(3.0, 10.1, 4.0), (3.0, 10.0, 0.0), (59.0, 45.0, 60.0), (59.0, 5.0, 0.0)]
)
def test_days_above_twice_the_start_run_without_a_break(days, level, expected):
    assert days_above_level(days, level, 5.0, 2.0) == expected
