"""Who claims the attacks."""

from itertools import pairwise

import numpy as np
import pytest

from sim.agents.claims import claimed_by_facade, claims_after


@pytest.mark.parametrize(("claims", "attacks", "expected"), [(60.0, 2.0, 61.0), (60.0, 0.0, 59.0), (0.0, 3.0, 3.0)])
def test_claims_fade_by_a_sixtieth(claims, attacks, expected):
    assert claims_after(claims, attacks, 60.0) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("uniform", "attacks", "facade", "claimed"),
    [(0.39, 1.0, 0.6, 0.0), (0.41, 1.0, 0.6, 1.0), (0.9, 4.0, 0.0, 0.0), (0.1, 4.0, 1.0, 4.0), (0.5, 0.0, 0.9, 0.0)],
)
def test_facade_claims(uniform, attacks, facade, claimed):
    assert claimed_by_facade(uniform, attacks, facade) == claimed


def test_more_uniform_claims_more():
    claims = [claimed_by_facade(uniform, 8.0, 0.5) for uniform in np.linspace(0.0, 0.999, 40)]
    assert all(one <= other for one, other in pairwise(claims))
    assert (min(claims), max(claims)) == (0.0, 8.0)
