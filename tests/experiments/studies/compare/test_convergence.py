"""Estimates from more and more worlds."""

import numpy as np
import pandas as pd
import pytest
from hand_made import dataset

from experiments.analysis.findings import find
from experiments.analysis.matters import IS_RATIO, Matters
from experiments.studies.compare.headlines import convergence, steps

REFERENCES = {"stay": "stay", "leave": "stay"}


def test_the_estimate_is_the_share_of_the_first_worlds_by_what_matters_among_all() -> None:
    random = np.random.default_rng(1)
    stay, leave = random.poisson(40.0, 1000), random.poisson(44.0, 1000)
    arms = {"stay": dataset({"attacks": stay}), "leave": dataset({"attacks": leave})}
    table = convergence(arms, REFERENCES, ["attacks"], Matters())
    assert set(table["arm"]) == {"leave"}
    smallest = 0.05 * np.median(stay)
    for side, sign in (("more", 1), ("fewer", -1)):
        rows = table[table["side"] == side]
        assert rows["worlds"].iloc[0] == 50
        assert rows["worlds"].iloc[-1] == 1000
        assert rows["worlds"].is_monotonic_increasing
        for _, row in rows.iterrows():
            first = sign * (leave - stay)[: row["worlds"]] >= smallest
            assert row["estimate"] == pytest.approx(first.mean())
        assert rows["error"].iloc[-1] == pytest.approx(first.std(ddof=1) / np.sqrt(1000), rel=0.02)
        assert rows["error"].iloc[-1] < rows["error"].iloc[0]


def test_its_last_point_is_the_finding_also_of_a_hazard_and_of_the_ratio() -> None:
    random, names = np.random.default_rng(2), ["fall_hazard", "islamic_state_attacks_last_month", "civilian_deaths"]
    arms = {
        label: dataset({name: random.gamma(1.0, scale, 200) for name in names})
        for label, scale in (("stay", 0.3), ("leave", 0.4))
    }
    last = convergence(arms, REFERENCES, names, Matters()).groupby(["outcome", "side"])[["estimate", "error"]].last()
    for row in find(arms, REFERENCES, names, Matters(), by_form=False).to_dict("records"):
        outcome = "islamic_state_attacks_last_month" if row["outcome"] == IS_RATIO else row["outcome"]
        for side in ("more", "fewer"):
            assert tuple(last.loc[(outcome, side)]) == pytest.approx((row[side], row[f"{side}_error"]))


def test_steps_end_with_whole_draws() -> None:
    counts = steps(np.repeat(np.arange(30), 10))
    assert all(count % 10 == 0 for count in counts)
    assert (counts[0], counts[-1]) == (50, 300)
    assert steps(np.arange(7)) == [7]


def test_draws_are_counted() -> None:
    values = np.random.default_rng(3).normal(size=200)
    arms = {name: dataset({"attacks": values * number}) for number, name in enumerate(("stay", "leave"))}
    arms = {name: data.assign(draw=("world", np.repeat(np.arange(20), 10))) for name, data in arms.items()}
    table: pd.DataFrame = convergence(arms, REFERENCES, ["attacks"], Matters())
    assert table["draws"].iloc[-1] == 20
