"""Sums over the members of the coalition: the weight of recent decisions, and counts by status."""

import numpy as np
import pytest

from sim.agents.coalition import count_of, weight_of_recent_decisions
from sim.agents.codes import OUT, PRESENT


@pytest.mark.parametrize(("day", "weight"), [(10.0, 22.0), (190.0, 22.0), (191.0, 0.0)])
def test_decision_counts_for_180_days(day, weight):
    assert weight_of_recent_decisions(10.0, 22.0, day, 180.0) == weight


def test_weights_are_added_over_members():
    decided_on = np.array([[0.0, -1e9], [50.0, 50.0], [-1e9, -1e9]])
    total = np.zeros((1, 2))
    weight_of_recent_decisions(decided_on, np.array([[3.0], [4.0], [5.0]]), 100.0, 90.0, out=total)
    assert total.tolist() == [[4.0, 4.0]]


@pytest.mark.parametrize(("status", "starter", "counted"), [(OUT, 1.0, 1.0), (OUT, 0.0, 0.0), (PRESENT, 1.0, 0.0)])
def test_only_starters_of_the_status_count(status, starter, counted):
    assert count_of(status, OUT, starter) == counted
