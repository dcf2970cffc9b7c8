"""What each kind of known event does, and which error follows an entry that cannot be read."""

from dataclasses import replace

import numpy as np
import pytest
from conftest import arm

from experiments.config.history import year_before
from experiments.engine.block import build_model
from sim.agents.codes import PRESENT, RELOCATED
from sim.history.events import read_forcings
from sim.history.forcings import ForcingError
from sim.model import IraqModel
from sim.worlds import Worlds

FEW = Worlds(0, 24)


def after(days: int, **events: object) -> tuple[IraqModel, IraqModel]:
    """Return the year before after so many days, with these events and without any."""
    before = year_before(arm("stay"))
    forced = read_forcings(before.theatre, {name: {"source": "x", **entry} for name, entry in events.items()})  # ty: ignore
    models = build_model(replace(before, forcings=forced), FEW), build_model(replace(before, forcings=()), FEW)
    for model in models:
        model.run(days)
    return models


def test_a_strike_happens_on_its_day_and_its_consequences_follow() -> None:
    strike = {"kind": "strike", "date": "2019-10-05"}
    with_it, without = after(5, strike=strike)
    assert (with_it.lead.strikes == 1.0).all()
    assert (with_it.militias.grievance >= without.militias.grievance).all()
    assert (with_it.lead.deterrence > without.lead.deterrence).all()
    assert (with_it.crowd.mobilisation > without.crowd.mobilisation).all()
    with_it, without = after(6, strike=strike)
    np.testing.assert_array_equal(with_it.lead.strikes, without.lead.strikes)


def test_other_strikes_do_not_happen_and_are_noted() -> None:
    spell = {"kind": "no_other_strike", "date": "2019-10-01", "until": "2020-10-01"}
    strike = {"kind": "strike", "date": "2019-12-29"}
    model, _ = after(1, strike=strike, spell=spell)
    decided = happened = 0.0
    for _ in range(300):
        model.step()
        decided, happened = decided + model.lead.decided_strike, happened + model.lead.strikes
    assert np.asarray(decided).sum() > 5
    np.testing.assert_array_equal(happened, 1.0)


def test_a_caretaker_rules_until_the_next_cabinet() -> None:
    caretaker = {"kind": "caretaker", "date": "2019-10-04", "until": "2019-10-20"}
    model, _ = after(4, caretaker=caretaker)
    assert (model.government.caretaker_days > 10).all()
    assert (model.government.enforcement == 0.0).all()
    model.run(15)
    assert (model.government.caretaker_days <= 1).all()
    model.run(1)
    assert (model.government.caretaker_days == 0.0).all()
    assert (model.government.enforcement > 0.0).all()


@pytest.mark.parametrize(("kind", "channel", "other"), [("training_halt", "advice", "air"), ("air_pause", "air", "advice")])
def test_a_halt_takes_its_channel_away_for_its_time(kind: str, channel: str, other: str) -> None:
    halt = {"kind": kind, "date": "2019-10-03", "until": "2019-10-06"}
    halted, free = after(3, halt=halt)
    share = getattr(halted.parameters.year_before, f"{channel}_suspended")
    np.testing.assert_allclose(getattr(halted.enablers, channel), (1.0 - share) * getattr(free.enablers, channel))
    np.testing.assert_array_equal(getattr(halted.enablers, other), getattr(free.enablers, other))
    halted, free = after(6, halt=halt)
    np.testing.assert_array_equal(getattr(halted.enablers, channel), getattr(free.enablers, channel))


def test_members_move_away_and_come_back() -> None:
    away = {"kind": "members_away", "date": "2019-10-03", "until": "2019-10-08", "members": ["denmark", "estonia"]}
    model, other = after(3, away=away)
    denmark, italy = model.agent("denmark"), model.agent("italy")
    there = other.agent("denmark").status == PRESENT
    assert (denmark.status[there] == RELOCATED).all()
    assert (denmark.troops[there] == 0.0).all()
    assert (italy.status == other.agent("italy").status).all()
    assert (model.coalition.remaining < other.coalition.remaining)[:, there].all()
    model.run(5)
    assert (denmark.status[there] == PRESENT).mean() > 0.9
    assert (denmark.troops[denmark.status == PRESENT] == 150.0).all()


def test_a_base_adds_presence_until_it_is_handed_over() -> None:
    handover = {"kind": "base_handover", "date": "2019-10-04", "site": "western_base"}
    with_it, without = after(3, one=handover, two=handover)
    added = with_it.sites.presence - without.sites.presence
    np.testing.assert_allclose(added[2], 2.0 * with_it.parameters.year_before.presence_of_a_base[0])
    assert (np.delete(added, 2, axis=0) == 0.0).all()
    with_it.run(1)
    np.testing.assert_allclose(with_it.sites.beyond, 0.0, atol=1e-15)


def test_the_announced_cut_is_seen_and_then_over() -> None:
    cut = {"kind": "announced_cut", "date": "2019-10-03", "until": "2019-10-13"}
    model, _ = after(4, cut=cut)
    np.testing.assert_allclose(model.lead.credibility, 1.0 - 3000.0 / 5200.0)
    np.testing.assert_array_equal(model.lead.troop_share, 1.0)
    model.run(9)
    assert (model.lead.weight == 0.0).all()
    assert (model.lead.withdrawn == 0.0).all()


def test_a_vote_stands_from_its_day_on_and_contests_presence_where_the_host_asks_to_stay() -> None:
    vote, stay = {"kind": "vote", "date": "2019-10-04"}, {"kind": "stance", "date": "2019-10-02", "stance": "stay"}
    for events, expected in (({"vote": vote, "stay": stay}, 1.0), ({"stay": stay}, 0.0)):
        model, _ = after(3, **events)
        assert (model.government.vote_stands == 0.0).all()
        assert (model.patron.contested == 0.0).all()
        model.run(2)
        asks = model.government.stance > 0.0
        assert asks.mean() > 0.9
        assert (model.government.vote_stands == expected).all()
        np.testing.assert_array_equal(model.patron.contested[asks], expected)


def test_stance_and_protest() -> None:
    vote, protest = {"kind": "stance", "date": "2019-10-02", "stance": "leave"}, {"kind": "protest", "date": "2019-10-02"}
    model, other = after(2, vote=vote, protest=protest)
    assert (model.government.stance == -1.0).all()
    raised = model.crowd.mobilisation - other.crowd.mobilisation
    assert (raised > 0.2).all()


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        ("soon", "history.events.x='soon' is not a mapping with a kind, a date and a source"),
        ({"kind": "storm"}, "history.events.x.kind='storm' is none of strike, no_other_strike, "),
        ({"kind": "strike", "source": "s"}, "history.events.x misses date"),
        ({"kind": "strike", "date": "2020-01-03"}, "history.events.x misses source"),
        ({"kind": "strike", "date": "January", "source": "s"}, "history.events.x.date='January' is not a date such as 2020-01-03"),
        ({"kind": "strike", "date": "2020-01-03", "size": 2, "source": "s"}, "history.events.x.size is no setting of strike"),
        (
            {"kind": "air_pause", "date": "2020-01-03", "until": "2020-01-03", "source": "s"},
            "history.events.x.until=2020-01-03 is not after 2020-01-03",
        ),
        ({"kind": "stance", "date": "2020-01-03", "stance": "go", "source": "s"}, "history.events.x.stance='go' is none of stay, "),
        ({"kind": "base_handover", "date": "2020-01-03", "site": "k1", "source": "s"}, "history.events.x.site='k1' is none of embassy"),
        (
            {"kind": "members_away", "date": "2020-01-03", "until": "2020-01-09", "members": ["narnia"], "source": "s"},
            "is not a list of members: narnia",
        ),
    ],
)  # fmt: skip
def test_an_entry_that_cannot_be_read(entry: object, complaint: str) -> None:
    with pytest.raises(ForcingError) as error:
        read_forcings(year_before(arm("stay")).theatre, {"x": entry})
    assert complaint in str(error.value)
