"""Several announcements in a row, or an announcement and an ultimatum: which of them holds?"""

import numpy as np
import pytest
from conftest import arm

from experiments.engine.block import build_model
from sim.agents.codes import CLOSED, DIPLOMATS, FULL, NEVER, NOTHING, OPEN, PARTIAL, REDUCED
from sim.model import IraqModel
from sim.worlds import Worlds

CERTAIN = ("ensemble.uncertainty=none", "embassy.security_closure_hazard=0.000000000001", "~calendar.inauguration")


@pytest.fixture
def model() -> IraqModel:
    """One world without chance in what the lead does, on day 0."""
    model = build_model(arm("stay", *CERTAIN), Worlds(0, 3))
    model.step()
    return model


def everywhere(model: IraqModel) -> np.ndarray:
    return np.ones((1, model.worlds.count), dtype=bool)


def cut(model: IraqModel, share: float) -> None:
    model.lead.announce(everywhere(model), PARTIAL, share, share, model.lead.exit_duration, NEVER)


def test_a_larger_announcement_goes_on_from_the_troops_now_there(model: IraqModel) -> None:
    cut(model, 0.5)
    model.run(45)
    halfway = model.lead.troop_share.copy()
    np.testing.assert_allclose(halfway, 1 - 0.5 * 0.98 * 45 / 90)
    model.lead.announce_full_pullout(everywhere(model))
    assert (model.lead.announcement == FULL).all()
    np.testing.assert_array_equal(model.lead.share_then, halfway)
    model.run(90)
    np.testing.assert_allclose(model.lead.troop_share, 0.02)


def test_a_smaller_announcement_changes_nothing(model: IraqModel) -> None:
    model.lead.announce_full_pullout(everywhere(model))
    model.run(10)
    before = [getattr(model.lead, name).copy() for name in model.lead.states]
    cut(model, 0.5)
    for name, value in zip(model.lead.states, before, strict=True):
        np.testing.assert_array_equal(getattr(model.lead, name), value, err_msg=name)


def test_a_closing_of_the_mission_is_kept_under_a_larger_cut(model: IraqModel) -> None:
    model.lead.announce(everywhere(model), DIPLOMATS, 0.0, 0.25, 45.0, 45.0)
    closes_on = model.lead.mission_closes_on.copy()
    cut(model, 0.5)
    assert (model.lead.announcement == PARTIAL).all()
    np.testing.assert_array_equal(model.lead.mission_closes_on, closes_on)
    model.step()
    assert (model.embassy.status == REDUCED).all()
    model.run(45)
    assert (model.embassy.status == CLOSED).all()


def test_diplomats_leaving_on_top_of_a_cut_still_leave(model: IraqModel) -> None:
    cut(model, 0.5)
    model.lead.announce(everywhere(model), DIPLOMATS, 0.0, 0.25, 45.0, 45.0)
    assert (model.lead.announcement == PARTIAL).all()
    assert np.isfinite(model.lead.mission_closes_on).all()


def test_a_withdrawal_leaves_troops_where_they_are_and_opens_the_mission(model: IraqModel) -> None:
    model.lead.announce_full_pullout(everywhere(model))
    model.run(30)
    share = model.lead.troop_share.copy()
    assert (model.embassy.status == REDUCED).all()
    model.lead.withdraw(everywhere(model))
    model.run(60)
    np.testing.assert_array_equal(model.lead.troop_share, share)
    assert (model.embassy.status == OPEN).all()
    assert (model.lead.announcement == NOTHING).all()
    assert (model.lead.credibility == 0).all()


def test_what_was_withdrawn_can_be_announced_again(model: IraqModel) -> None:
    model.lead.announce_full_pullout(everywhere(model))
    model.run(30)
    share = model.lead.troop_share.copy()
    model.lead.withdraw(everywhere(model))
    model.run(5)
    model.lead.announce_full_pullout(everywhere(model))
    np.testing.assert_array_equal(model.lead.share_then, share)
    model.run(90)
    np.testing.assert_allclose(model.lead.troop_share, 0.02)


def test_a_full_pullout_ends_an_ultimatum(model: IraqModel) -> None:
    model.lead.issue_ultimatum(everywhere(model), 56.0, 28.0)
    assert (model.lead.ultimatum == 1).all()
    model.lead.announce_full_pullout(everywhere(model))
    assert (model.lead.ultimatum == 0).all()


def test_an_executed_ultimatum_is_a_full_pullout_that_day() -> None:
    sure = ("lead_nation.ultimatum_execution_intercept=99", *CERTAIN)
    model = build_model(arm("ultimatum", *sure), Worlds(0, 3))
    model.run(7)
    assert (model.lead.announcement == NOTHING).all()
    model.step()  # day 7: the first weekly review after day 0
    assert (model.lead.announcement == FULL).all()
    assert (model.lead.announced_on == 7).all()
    assert (model.lead.executed == 1).all()


def test_an_executed_ultimatum_replaces_a_partial_cut() -> None:
    sure = ("lead_nation.ultimatum_execution_intercept=99", "policies.ultimatum.start=40", *CERTAIN)
    model = build_model(arm("partial_cut", *sure), Worlds(0, 3))
    model.run(48)
    assert (model.lead.announcement == FULL).all()
    np.testing.assert_allclose(model.lead.share_then, 1 - 0.5 * 0.98 * (46 - 14) / 90)


def test_an_ultimatum_lapses_after_one_extension() -> None:
    never = (
        "lead_nation.ultimatum_execution_intercept=-99",
        "truce.onset_hazard=0",
        "lead_nation.ultimatum_extension_probability=1",
    )
    model = build_model(arm("ultimatum", *never, *CERTAIN), Worlds(0, 3))
    model.run(56 + 28)
    assert (model.lead.ultimatum == 1).all()
    model.step()
    assert (model.lead.ultimatum == 0).all()


@pytest.mark.parametrize(("extension", "days"), [(10, 10), (0, 0)])
def test_an_extension_of_a_policy_replaces_the_parameter(extension: int, days: int) -> None:
    never = (
        "lead_nation.ultimatum_execution_intercept=-99",
        "truce.onset_hazard=0",
        "lead_nation.ultimatum_extension_probability=1",
    )
    setting = f"policies.ultimatum.extension_days={extension}"
    model = build_model(arm("ultimatum", *never, setting, *CERTAIN), Worlds(0, 3))
    model.run(56 + days)
    assert (model.lead.ultimatum == 1).all()
    model.step()
    assert (model.lead.ultimatum == 0).all()


def test_an_inauguration_withdraws_an_unfinished_pullout_only() -> None:
    sure = ("ensemble.uncertainty=none", "lead_nation.successor_reversal_probability=1")
    slow, quick = (
        build_model(arm("stay", *sure, f"+policies.full_pullout={{start: 14, stretch: {s}}}"), Worlds(0, 3)) for s in (3, 1)
    )
    for model in (slow, quick):
        model.run(114)
    assert (slow.lead.announcement == NOTHING).all()
    assert (slow.lead.withdrawn == 1).all()
    assert (quick.lead.announcement == FULL).all()
    np.testing.assert_allclose(quick.lead.troop_share, 0.02)


def test_members_already_drawing_down_go_on_after_a_rethink() -> None:
    model = build_model(arm("us_pullout_rethink"), Worlds(0, 256))
    model.run(61)
    leaving = model.coalition.status == 1
    assert leaving.sum() > 50
    model.run(200)
    assert (model.coalition.status[leaving] == 3).all()
