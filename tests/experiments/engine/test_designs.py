"""Arms whose draws are the rows of a design."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from composing import with_priors
from conftest import same_bits

from experiments.config.history import with_fixed
from experiments.config.ledger import drawn_numbers, drawn_switches, with_design
from experiments.engine.block import run_block
from experiments.engine.run import run_arm
from experiments.errors import InputError
from sim.dice import uniforms_of
from sim.ledger.design import Design
from sim.ledger.parameters import Uncertainty
from sim.worlds import Worlds

NAME = "coalition.exit_hazard"


def design(quantile: float = 0.5, name: str = NAME, rows: int = 4) -> Design:
    return Design((name,), np.full((rows, 1), quantile), worlds_per_row=2)


def test_the_key_of_the_arm_covers_the_design_and_what_the_rest_does() -> None:
    stay = with_priors()
    keys = {
        stay.key,
        with_design(stay, design()).key,
        with_design(stay, design(0.25)).key,
        with_design(stay, design(), uncertainty=Uncertainty.NONE).key,
        with_design(stay, design(), worlds_per_draw=1).key,
        with_design(stay, design(rows=5)).key,
    }
    assert len(keys) == 6
    assert with_design(stay, design()).key == with_design(stay, design()).key


def test_a_design_of_what_is_not_drawn_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(
        InputError, match="names coalition.exit_hazzard, which is not drawn; did you mean coalition.exit_hazard"
    ):
        with_design(with_priors(), design(name="coalition.exit_hazzard"))
    with pytest.raises(InputError, match="names policies.full_pullout.start, which is not drawn"):
        with_design(with_priors("us_pullout"), design(name="policies.full_pullout.start"))
    with pytest.raises(InputError, match="names switches.displacemen, which is not drawn"):
        with_design(with_priors(), design(name="switches.displacemen"))


def test_what_is_drawn_counts_every_number_once() -> None:
    stay = with_priors()
    numbers = drawn_numbers(stay)
    assert "militias.faction_share_rockets.nujaba" in numbers
    assert all(parameter.prior is not None for parameter in numbers.values())
    assert set(drawn_switches(stay)) == {f"switches.{name}" for name in stay.ledger.switches}


def test_forced_switches_are_not_drawn() -> None:
    assert "switches.displacement" not in drawn_switches(with_priors("stay", "switches.displacement=high"))


def test_a_prior_of_a_policys_start_is_drawn() -> None:
    arm = with_priors("us_pullout", "policies.full_pullout.start=[uniform,14,60]")
    assert "policies.full_pullout.start" in drawn_numbers(arm)


def test_a_fixed_parameter_leaves_the_design() -> None:
    arm = with_design(with_priors(), Design((NAME, "truce.onset_hazard"), np.full((2, 2), 0.5)))
    fixed = with_fixed(arm, {"truce.onset_hazard": 0.0})
    assert fixed.ledger.design is not None
    assert fixed.ledger.design.names == (NAME,)


def test_a_design_runs_and_is_stored_as_one_set_of_worlds(tmp_path: Path) -> None:
    small = ("ensemble.days=30", "ensemble.record=totals")
    stay = replace(with_priors("stay", *small), results=tmp_path)
    none, many = 1e-6, 0.999
    rows = Design(
        ("militias.mean_rocket_rate", "patron.rocket_rate_at_start"), np.repeat([[none] * 2, [many] * 2], 8, axis=0), 4
    )
    arm = with_design(stay, rows, uncertainty=Uncertainty.NONE, worlds_per_draw=1)
    data = run_arm(arm).open(arm.worlds)
    assert data.sizes["world"] == 64
    attacks = data["rocket_attacks"].isel(day=-1).values
    assert attacks[:32].mean() < attacks[32:].mean()


def test_worlds_of_a_later_round_are_the_same_but_for_their_quantiles() -> None:
    """Rows 0 to 5, again the same, and then one number elsewhere: the first two rounds are the same worlds."""
    arm = with_priors("us_pullout", "ensemble.days=40", "ensemble.record=totals")
    low = np.linspace(0.1, 0.6, 6)
    rows = Design((NAME,), np.concatenate([low, low, low + 0.3])[:, None], worlds_per_row=3, rows_per_round=6)
    data = run_block(with_design(arm, rows, worlds_per_draw=1), Worlds(0, 54))
    first, again, other = (data.isel(world=slice(low, low + 18)).drop_vars(["world", "draw"]) for low in (0, 18, 36))
    assert same_bits(first, again) == []
    assert same_bits(first, other) != []
    assert data["draw"].values.tolist() == [world // 3 for world in range(54)]


@pytest.mark.parametrize(("first", "count"), [(20, 1), (7, 31), (0, 40)])
def test_a_world_of_a_design_is_the_same_in_any_block(first: int, count: int) -> None:
    arm = with_priors("us_pullout", "ensemble.days=40", "ensemble.record=totals")
    rows = Design((NAME,), np.linspace(0.0, 0.9, 20)[:, None], worlds_per_row=2, rows_per_round=3)
    designed = with_design(arm, rows)
    alone = run_block(designed, Worlds(20, 1))
    assert same_bits(alone, run_block(designed, Worlds(first, count)).sel(world=[20])) == []


def test_the_first_round_has_the_dice_of_the_ensemble() -> None:
    arm = with_priors("us_pullout", "ensemble.days=40", "ensemble.record=totals")
    plain = run_block(arm, Worlds(0, 12))
    uniforms = uniforms_of(arm.seed, [NAME], np.arange(12))[0]
    rows = Design((NAME,), np.tile(uniforms, 2)[:, None], rows_per_round=12)
    designed = run_block(with_design(arm, rows), Worlds(0, 24))
    assert same_bits(plain, designed.isel(world=slice(0, 12))) == []
    assert same_bits(plain.drop_vars(["world", "draw"]), designed.isel(world=slice(12, 24)).drop_vars(["world", "draw"])) == []
