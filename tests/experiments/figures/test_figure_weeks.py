"""Are weeks added up, and partial weeks left out of rates?"""

import numpy as np
import pytest
import xarray as xr

from experiments.figures.draw import DAYS_A_MONTH, weekly


@pytest.fixture
def data() -> xr.Dataset:
    """Two worlds, two weeks and two days."""
    by_week = np.array([[1.0, 2.0, 4.0], [0.0, 5.0, 1.0]])
    names = ("attacks_by_week", "members_out_by_week")
    return xr.Dataset(dict.fromkeys(names, (("world", "week"), by_week)), {"day": [16]})


def test_flows_are_added_up_from_nothing(data: xr.Dataset) -> None:
    months, values = weekly(data, "attacks")
    assert values.tolist() == [[0.0, 1.0, 3.0, 7.0], [0.0, 0.0, 5.0, 6.0]]
    assert np.allclose(months * DAYS_A_MONTH, [0, 7, 14, 16])


def test_a_rate_leaves_the_partial_last_week_out(data: xr.Dataset) -> None:
    months, values = weekly(data, "attacks", rate=True)
    assert values.tolist() == [[1.0, 2.0], [0.0, 5.0]]
    assert np.allclose(months * DAYS_A_MONTH, [7, 14])


def test_a_whole_last_week_stays_in_a_rate(data: xr.Dataset) -> None:
    assert weekly(data.assign_coords(day=[21]), "attacks", rate=True)[1].shape == (2, 3)


def test_a_level_is_as_it_stands(data: xr.Dataset) -> None:
    months, values = weekly(data, "members_out")
    assert values.tolist() == data["members_out_by_week"].values.tolist()
    assert np.allclose(months * DAYS_A_MONTH, [7, 14, 16])
