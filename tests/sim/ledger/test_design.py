"""A design replaces the uniforms of the dice by its quantiles, row by row, and changes nothing else."""

import numpy as np
import pytest

from sim.dice import uniforms_of
from sim.ledger.design import Design, DesignError
from sim.ledger.parameters import Domain, Ledger, Parameter, Switch, Uncertainty
from sim.ledger.priors import Prior
from sim.ledger.sampled_parameters import Drawn
from sim.worlds import Worlds

SPEED = Parameter("river.speed", 2.0, Prior.read(["uniform", 1.0, 3.0]), Domain.POSITIVE)
DEPTH = Parameter("river.depth", 5.0, Prior.read(["loguniform", 1.0, 9.0]), Domain.POSITIVE)
WIDTH = Parameter("river.width", 7.0, None, Domain.POSITIVE)
SHARES = Parameter("river.shares", (("left", 0.25), ("right", 0.75)), Prior.read(["dirichlet", 8.0]), Domain.SHARE)
FORM = Switch("form", (("wet", 0.25), ("dry", 0.75)))


def drawn(design: Design | None, worlds: Worlds, uncertainty: Uncertainty = Uncertainty.PRIOR, each: int = 1) -> Drawn:
    parameters = {parameter.name: parameter for parameter in (SPEED, DEPTH, WIDTH, SHARES)}
    return Drawn(Ledger(parameters, {"form": FORM}, uncertainty, each, design), 7, worlds)


def test_a_world_takes_the_quantiles_of_its_row() -> None:
    design = Design(("river.speed",), np.array([[0.0], [0.25], [0.5]]), worlds_per_row=2)
    river = drawn(design, Worlds(1, 4)).river
    assert river.speed.tolist() == [[1.0, 1.5, 1.5, 2.0]]


def test_what_the_design_does_not_name_is_drawn_as_without_it() -> None:
    design = Design(("river.speed",), np.full((8, 1), 0.5))
    np.testing.assert_array_equal(drawn(design, Worlds(2, 6)).river.depth, drawn(None, Worlds(2, 6)).river.depth)


def test_without_uncertainty_all_but_the_design_stands_as_it_is() -> None:
    design = Design(("river.speed", "switches.form"), np.array([[0.1, 0.2], [0.9, 0.9]]))
    here = drawn(design, Worlds(0, 2), Uncertainty.NONE)
    assert here.river.speed.tolist() == [[1.2, 2.8]]
    assert here.river.depth.tolist() == [[5.0, 5.0]]
    assert here.variant("form", "wet").tolist() == [[1.0, 0.0]]


def test_the_quantiles_that_the_dice_would_give_give_the_same_worlds() -> None:
    plain = drawn(None, Worlds(0, 40), each=3)
    names = ("river.speed", "river.shares.left", "river.shares.right", "switches.form")
    rows = uniforms_of(plain.seed, names, np.arange(14)).T
    designed = drawn(Design(names, rows, worlds_per_row=3), Worlds(0, 40), Uncertainty.NONE)
    np.testing.assert_array_equal(designed.river.speed, plain.river.speed)
    np.testing.assert_array_equal(designed.river.by_name("shares")["left"], plain.river.by_name("shares")["left"])
    np.testing.assert_array_equal(designed.variant("form", "dry"), plain.variant("form", "dry"))


def test_a_block_takes_its_own_rows() -> None:
    design = Design(("river.speed",), np.linspace(0.0, 0.9, 50)[:, None], worlds_per_row=3)
    whole = drawn(design, Worlds(0, 150)).river.speed
    np.testing.assert_array_equal(drawn(design, Worlds(37, 60)).river.speed, whole[:, 37:97])


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("river.sped",), "river.sped, which is not drawn"),
        (("river.width",), "river.width, which is not drawn"),
        (("river.shares.left",), "a part of river.shares"),
    ],
)
def test_a_design_that_would_change_nothing_or_half_is_refused(names: tuple[str, ...], message: str) -> None:
    with pytest.raises(DesignError, match=message):
        drawn(Design(names, np.full((2, len(names)), 0.5)), Worlds(0, 2))


@pytest.mark.parametrize(
    ("names", "table", "each", "message"),
    [
        (("a", "a"), [[0.1, 0.2]], 1, "a more than once"),
        (("a", "b"), [[0.1], [0.2]], 1, "needs rows with one quantile per name"),
        (("a", "b"), [[0.1, 0.2], [0.3, 1.0]], 1, "row 1 of the design has b=1"),
        (("a",), [[float("nan")]], 1, "row 0 of the design has a=nan"),
        (("a",), [[0.5]], 0, "worlds_per_row=0"),
    ],
)
def test_a_table_that_is_none_is_refused(names: tuple[str, ...], table: list[list[float]], each: int, message: str) -> None:
    with pytest.raises(DesignError, match=message):
        Design(names, np.array(table), each)


def test_worlds_beyond_the_last_row_are_refused() -> None:
    with pytest.raises(DesignError, match="rows for 6 worlds, not for world 6"):
        drawn(Design(("river.speed",), np.full((3, 1), 0.5), 2), Worlds(4, 3))


def test_the_digest_covers_names_quantiles_and_worlds_a_row() -> None:
    table = np.array([[0.1, 0.2], [0.3, 0.4]])
    digests = {
        Design(("a", "b"), table).digest,
        Design(("b", "a"), table).digest,
        Design(("a", "b"), table + 1e-12).digest,
        Design(("a", "b"), table, 2).digest,
        Design(("a", "b"), table, 1, 2).digest,
    }
    assert len(digests) == 5
    assert Design(("a", "b"), table.copy(order="F")).digest == Design(("a", "b"), table).digest


def test_rounds_share_the_draws_of_what_the_design_does_not_name() -> None:
    design = Design(("river.speed",), np.linspace(0.0, 0.9, 12)[:, None], worlds_per_row=2, rows_per_round=3)
    worlds = design.carried(Worlds(0, 24))
    assert worlds.dice.tolist() == list(range(6)) * 4
    river = drawn(design, worlds).river
    np.testing.assert_array_equal(river.depth[0], np.tile(drawn(None, Worlds(0, 6)).river.depth[0], 4))
    assert len(np.unique(river.speed)) == 12


def test_columns_of_fixed_parameters_can_be_left_out() -> None:
    design = Design(("river.speed", "river.shares.left", "river.depth"), np.array([[0.1, 0.2, 0.3]]))
    rest = design.without(["river.speed", "river.shares"])
    assert rest is not None
    assert rest.names == ("river.depth",)
    assert rest.quantiles.tolist() == [[0.3]]
    assert design.without(["river.speed", "river.shares", "river.depth"]) is None
