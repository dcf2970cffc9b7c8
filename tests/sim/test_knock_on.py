"""The minister's fear, measured on the same worlds: exits that cause exits."""

import numpy as np
import pytest
import xarray as xr
from conftest import block

pytestmark = [pytest.mark.slow, pytest.mark.promised]

COUNT = 512


@pytest.fixture(scope="module")
def arms() -> dict[str, xr.Dataset]:
    names = (
        "stay",
        "us_pullout",
        "us_pullout_without_knock_on",
        "us_pullout_feared_knock_on",
        "us_pullout_without_peer_effects",
    )
    return {name: block(name, count=COUNT) for name in names}


def test_without_the_knock_on_no_exit_is_caused_by_it(arms: dict[str, xr.Dataset]) -> None:
    without, pullout = (arms[name]["knock_on_exits"] for name in ("us_pullout_without_knock_on", "us_pullout"))
    assert (without <= pullout).all()
    in_the_first_fortnight = block("as_of_30_september", "ensemble.days=14", count=COUNT)["knock_on_exits"].isel(day=0)
    np.testing.assert_array_equal(without.isel(day=-1), in_the_first_fortnight)  # before the dial is turned
    assert float(pullout.isel(day=-1).mean()) > 3


def test_in_the_cascade_form_the_knock_on_means_more_exits(arms: dict[str, xr.Dataset]) -> None:
    forms = arms["us_pullout"]["form_knock_on_form"]
    cascade = forms.values == forms.attrs["forms"].index("cascade")
    fewer = arms["us_pullout_without_knock_on"]["members_out"].isel(day=-1) < arms["us_pullout"]["members_out"].isel(day=-1)
    assert 0.75 < cascade.mean() < 0.95
    assert float(fewer.values[cascade].mean()) >= 0.8


def test_the_sign_is_open_in_the_compensating_form(arms: dict[str, xr.Dataset]) -> None:
    forms = arms["us_pullout"]["form_knock_on_form"]
    compensating = forms.values == forms.attrs["forms"].index("compensating")
    difference = (arms["us_pullout"]["members_out"] - arms["us_pullout_without_knock_on"]["members_out"]).isel(day=-1)
    there = difference.values[compensating]
    assert (there < 0).any()
    assert (there > 0).any()


def test_the_dial_is_monotone_on_average(arms: dict[str, xr.Dataset]) -> None:
    out = [
        float(arms[name]["members_out"].isel(day=-1).mean())
        for name in (
            "us_pullout_without_knock_on",
            "us_pullout_without_peer_effects",
            "us_pullout",
            "us_pullout_feared_knock_on",
        )
    ]
    assert out == sorted(out)


def test_a_leaving_framework_nation_takes_its_dependants() -> None:
    stay, leave = (block(name, "ensemble.days=90", count=256) for name in ("as_of_30_september", "mid_member_exit"))
    baltic, rest = ["estonia", "latvia", "lithuania"], ["italy", "germany", "france", "poland", "hungary"]

    def left(data: xr.Dataset, members: list[str]) -> float:
        return float(np.isfinite(data["exit_day_by_member"].isel(day=-1).sel(member=members)).mean())

    assert left(leave, baltic) > left(stay, baltic) + 0.3
    assert left(leave, rest) < left(stay, rest) + 0.1
