"""Arms side by side in one model give, to the bit, the results of each arm alone."""

from collections.abc import Sequence

import numpy as np
import pytest
from composing import composed

from experiments.config.arm import Arm
from experiments.config.defaults import names_in
from experiments.config.policies import shipped_policies
from experiments.engine.block import run_block
from experiments.engine.side_by_side import SideBySide, families
from sim.worlds import Worlds

DAYS = ("ensemble.days=120", "ensemble.record=detailed")


def check(arms: Sequence[Arm], worlds: Worlds) -> None:
    """Compare every value, name and attribute of arms side by side with those of each alone."""
    block = SideBySide(arms, worlds)
    assert list(block.run()) == list(range(1, arms[0].days + 1))
    together = block.datasets()
    assert len(together) == len(arms)
    for arm, data in zip(arms, together, strict=True):
        assert data.identical(run_block(arm, worlds)), arm


def test_every_scenario() -> None:
    check([composed(name, *DAYS) for name in names_in("scenario")], Worlds(3, 4))


def test_every_policy_on_days_of_its_own() -> None:
    arms = [
        composed("stay", *DAYS, f"+policies.{name}={settings}".replace("'", ""))
        for day, (name, (kind, _)) in enumerate(shipped_policies().items(), start=20)
        for settings in ({"start": day, **kind.example}, {"start": ["uniform", 5, 60], **kind.example})
    ]
    check(arms, Worlds(731, 3))


def test_a_model_that_begins_anew_with_other_policies() -> None:
    arms = [composed(name, *DAYS) for name in names_in("scenario")]
    block = SideBySide(arms[:1], Worlds(3, 4))
    list(block.run())
    for arm in reversed(arms):
        stale = block.run()
        next(stale, None)
        block.become([arm])
        assert block.datasets()[0].sizes.get("week", 0) == 0
        list(block.run())
        assert block.datasets()[0].identical(run_block(arm, Worlds(3, 4))), arm
        with pytest.raises(RuntimeError, match="other arms have replaced"):
            next(stale)
    for others in (arms[:2], [composed("stay", *DAYS, "militias.effect_of_restraint=1.5")]):
        with pytest.raises(ValueError, match="arms can replace others"):
            block.become(others)


def test_the_states_of_a_year_before() -> None:
    about = ("ensemble.uncertainty=prior", "ensemble.start=history", "ensemble.days=20")
    check([composed(name, *about) for name in ("stay", "us_pullout", "crackdown")], Worlds(5, 4))


@pytest.mark.slow
def test_many_worlds_and_two_years() -> None:
    check([composed(name, "ensemble.worlds=300") for name in names_in("scenario")[:6]], Worlds(900, 300))


def test_what_differs_in_more_than_policies_runs_apart() -> None:
    arms = {
        label: composed(*words)
        for label, words in {
            "a": ("stay", "ensemble.days=30"),
            "b": ("us_pullout", "ensemble.days=40"),
            "c": ("us_pullout", "ensemble.days=30"),
            "d": ("stay", "ensemble.days=30", "militias.effect_of_restraint=1.5"),
            "e": ("crackdown", "ensemble.days=30", "militias.effect_of_restraint=1.5"),
            "f": ("stay", "ensemble.days=30", "ensemble.seed=7"),
        }.items()
    }
    assert [list(family) for family in families(arms)] == [["a", "c"], ["b"], ["d", "e"], ["f"]]
    with pytest.raises(ValueError, match="only in their policies"):
        SideBySide([arms["a"], arms["d"]], Worlds(0, 2))


def test_worlds_come_once_for_each_arm() -> None:
    worlds = Worlds(5, 3, period=2).side_by_side(2)
    np.testing.assert_array_equal(worlds.numbers, [5, 6, 7, 5, 6, 7])
    np.testing.assert_array_equal(worlds.dice, [1, 0, 1, 1, 0, 1])
    assert [worlds.columns(arm) for arm in range(2)] == [slice(0, 3), slice(3, 6)]
    assert worlds.side_by_side(1) == Worlds(5, 3, period=2)
    with pytest.raises(ValueError, match="5 worlds cannot be divided equally among 2 arms"):
        Worlds(0, 5, arms=2)
