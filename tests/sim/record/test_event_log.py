"""The event log changes no world, adds up to the recorded outcomes, and describes each change of a state."""

from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd
import pytest
from conftest import arm as composed
from conftest import same_bits

from experiments.engine.block import run_block
from experiments.engine.initial_state import build_model
from experiments.engine.replayed import Replayed, replay
from experiments.storage.arms import name_arms
from sim.agents.codes import CLOSED, MOVED, OUT, PRESENT, RELOCATED
from sim.model import IraqModel
from sim.record.event_log import EventLog
from sim.record.logged_event import UNITS, LoggedKind
from sim.worlds import Worlds

DAYS = 160
OVERRIDES = (f"ensemble.days={DAYS}", "ensemble.record=totals", "government.arrest_rate=0.02")
SCENARIOS = ("as_of_30_september", "us_pullout")


@cache
def replayed(world: int = 3) -> Replayed:
    return replay(name_arms([composed(scenario, *OVERRIDES) for scenario in SCENARIOS]), world)


def events(scenario: str) -> pd.DataFrame:
    table = replayed().events
    return table[table["arm"] == scenario]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_world_that_is_watched_is_the_same_world(scenario: str) -> None:
    unwatched = run_block(composed(scenario, *OVERRIDES), Worlds(2, 3)).isel(world=[1])
    assert same_bits(replayed().outcomes[scenario], unwatched) == []


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize(
    ("outcome", "kinds", "adds_up"),
    [
        ("attacks", [LoggedKind.ATTACK], True),
        ("displaced_attacks", [LoggedKind.DISPLACED_ATTACK], True),
        ("facade_claims", [LoggedKind.FACADE_CLAIM], True),
        ("civilian_deaths", [LoggedKind.CIVILIAN_DEATHS], True),
        ("iraqi_force_deaths", [LoggedKind.FORCE_DEATHS], True),
        ("militia_deaths", [LoggedKind.MILITIA_DEATHS], True),
        ("wounded", [LoggedKind.WOUNDED], True),
        ("strikes", [LoggedKind.STRIKE], True),
        ("arrests", [LoggedKind.ARREST, LoggedKind.ARREST_REVERSED], True),
        ("islamic_state_attacks", [LoggedKind.IS_ATTACK], True),
        ("members_leaving", [LoggedKind.DECIDES_TO_LEAVE, LoggedKind.KNOCKED_ON], False),
        ("knock_on_exits", [LoggedKind.KNOCKED_ON], False),
        ("incidents", [LoggedKind.INCIDENT], False),
        ("breaches", [LoggedKind.BREACH], False),
        ("government_falls", [LoggedKind.FALL], False),
    ],
)
def test_the_log_adds_up_to_the_outcome(scenario: str, outcome: str, kinds: list[str], adds_up: bool) -> None:
    logged = events(scenario)
    logged = logged[logged["event"].isin(kinds)]
    total = logged["magnitude"].sum() if adds_up else len(logged)
    assert total == pytest.approx(replayed().outcomes[scenario][outcome].sel(day=DAYS).item(), rel=1e-5)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_dead_of_the_coalition_and_the_contractors_on_convoys_are_told_apart_by_their_place(scenario: str) -> None:
    logged = events(scenario)
    logged = logged[logged["event"] == LoggedKind.COALITION_DEATHS]
    on_convoys = logged["target"] == "convoys"
    whole = replayed().outcomes[scenario].sel(day=DAYS)
    assert logged[on_convoys]["magnitude"].sum() == whole["contractor_deaths"].item()
    assert logged[~on_convoys]["magnitude"].sum() == whole["coalition_deaths"].item()


def test_attacks_lie_where_the_outcome_by_governorate_has_them() -> None:
    logged = events("us_pullout")
    placed = logged[
        logged["event"].isin([LoggedKind.ATTACK, LoggedKind.DISPLACED_ATTACK]) & (logged["place"] != "convoy routes")
    ]
    convoys = replayed().outcomes["us_pullout"]["convoy_attacks"].sel(day=DAYS).item()
    by_place = placed.groupby("place")["magnitude"].sum()
    whole = replayed().outcomes["us_pullout"]["attacks_by_governorate"].sel(day=DAYS).isel(world=0).to_series()
    assert by_place.sum() + convoys == pytest.approx(whole.sum())
    assert by_place.to_dict() == {
        place: attacks
        for place, attacks in whole.sub(_convoys_by_governorate(convoys), fill_value=0.0).round(3).items()
        if attacks > 0
    }


def _convoys_by_governorate(attacks: float) -> pd.Series:
    governorates = composed("us_pullout").theatre.governorates
    people = pd.Series({g.name: g.population for g in governorates if g.convoy_route})
    return attacks * people / people.sum()


def test_two_arms_part_when_the_policy_acts_and_not_before() -> None:
    both = replayed()
    assert both.parts_on == 14
    first = both.parting[both.parting["day"] == 14]
    assert "lead" in set(first["kind"])
    before = both.events[both.events["day"] < 14]
    one, other = (before[before["arm"] == scenario].drop(columns="arm").to_numpy().tolist() for scenario in SCENARIOS)
    assert one == other
    assert both.parting["state"].is_unique


def test_arms_that_start_apart_part_before_the_first_day() -> None:
    lower = composed("us_pullout", "ensemble.days=15", "patron.restraint_at_start=0.1")
    both = replay(name_arms([composed("us_pullout", "ensemble.days=15", "patron.restraint_at_start=0.9"), lower]), 0)
    assert both.parts_on == -1
    first = both.parting.iloc[0]
    assert (first["state"], first["agents"]) == ("patron.restraint", "patron")
    assert first["largest_difference"] == pytest.approx(0.8)


def test_the_same_arm_twice_never_parts() -> None:
    once = composed("us_pullout", "ensemble.days=15")
    assert replay(name_arms([once, once]), 5).parts_on is None


def test_a_log_is_of_one_world() -> None:
    with pytest.raises(ValueError, match="of one world, not of 2"):
        EventLog(build_model(composed("stay"), Worlds(0, 2)))


def test_every_kind_has_a_word_of_its_own_and_a_unit() -> None:
    assert len({kind.value for kind in LoggedKind}) == len(LoggedKind)
    assert set(UNITS) <= set(LoggedKind)


def told(change: Callable[[IraqModel], None], before: Callable[[IraqModel], None] = lambda m: None) -> list[tuple]:
    """Change states by hand between two days of a model, and return what the log makes of it."""
    model = build_model(composed("stay"), Worlds(0, 1))
    model.day = 40
    before(model)
    log = EventLog(model)
    change(model)
    log.take(model)
    return [(event.actor, event.kind, event.place, event.target, event.magnitude) for event in log.events]


def fill(name: str, value: float, row: int | slice = slice(None)) -> Callable[[IraqModel], None]:
    kind, _, state = name.partition(".")

    def change(model: IraqModel) -> None:
        getattr(getattr(model, kind), state)[row] = value

    return change


@pytest.mark.parametrize(
    ("before", "change", "event"),
    [
        (fill("truce.in_force", 0), fill("truce.in_force", 1), ("militias", LoggedKind.TRUCE_BEGINS, "", "", 1.0)),
        (fill("truce.in_force", 1), fill("truce.in_force", 0), ("militias", LoggedKind.TRUCE_ENDS, "", "", 1.0)),
        (
            fill("embassy.status", 0),
            fill("embassy.status", MOVED),
            ("lead_nation", LoggedKind.MISSION_MOVED, "baghdad", "embassy", 1.0),
        ),
        (
            fill("embassy.status", MOVED),
            fill("embassy.status", CLOSED),
            ("lead_nation", LoggedKind.MISSION_CLOSED, "baghdad", "embassy", 1.0),
        ),
        (fill("embassy.lethal", 0), fill("embassy.lethal", 1), ("crowd", LoggedKind.LETHAL_BREACH, "baghdad", "embassy", 1.0)),
        (fill("government.fell", 0), fill("government.fell", 1), ("iraqi_government", LoggedKind.FALL, "baghdad", "", 1.0)),
        (
            fill("government.caretaker_days", 1),
            fill("government.caretaker_days", 0),
            ("iraqi_government", LoggedKind.CABINET, "baghdad", "", 0.0),
        ),
        (
            fill("government.stance", 1),
            fill("government.stance", -1),
            ("iraqi_government", LoggedKind.STANCE, "baghdad", "", -1.0),
        ),
        (fill("lead.weight", 1), fill("lead.weight", 0), ("lead_nation", LoggedKind.WITHDRAWN, "", "", 1.0)),
        (fill("lead.ultimatum", 1), fill("lead.ultimatum", 0), ("lead_nation", LoggedKind.ULTIMATUM_ENDED, "", "", 1.0)),
        (
            lambda model: fill("lead.ultimatum", 1)(model),
            lambda model: [fill("lead.ultimatum", 0)(model), fill("lead.executed", 1)(model)],
            ("lead_nation", LoggedKind.ULTIMATUM_EXECUTED, "", "", 1.0),
        ),
        (
            lambda model: fill("lead.ultimatum", 1)(model),
            lambda model: [fill("lead.extended", 1)(model), fill("lead.deadline", 75)(model)],
            ("lead_nation", LoggedKind.ULTIMATUM_EXTENDED, "", "", 35.0),
        ),
        (
            fill("islamic_state.resurgence_day", np.nan),
            fill("islamic_state.severe_resurgence_day", 40),
            ("islamic_state", LoggedKind.SEVERE_RESURGENCE, "", "", pytest.approx(1.0)),
        ),
    ],
)
def test_a_change_of_state_is_one_event(before: Callable, change: Callable, event: tuple) -> None:
    assert told(change, before) == [event]


def test_an_announcement_is_told_with_its_kind_and_share() -> None:
    def announce(model: IraqModel) -> None:
        model.lead.announce_full_pullout(np.array([[True]]))

    assert told(announce) == [("lead_nation", LoggedKind.FULL_EXIT, "", "", 1.0)]


@pytest.mark.parametrize(
    ("was", "now", "kind"),
    [
        (PRESENT, RELOCATED, LoggedKind.RELOCATES),
        (RELOCATED, PRESENT, LoggedKind.RETURNS),
        (PRESENT, OUT, LoggedKind.HAS_LEFT),
        (RELOCATED, OUT, LoggedKind.HAS_LEFT),
    ],
)
def test_a_member_that_moves_is_told_with_its_troops(was: int, now: int, kind: LoggedKind) -> None:
    name, troops = "italy", {PRESENT: 900.0, RELOCATED: 0.0, OUT: 0.0}

    def put(status: int) -> Callable[[IraqModel], None]:
        def change(model: IraqModel) -> None:
            row = model.coalition.names.index(name)
            model.coalition.status[row], model.coalition.troops[row] = status, troops[status]

        return change

    assert told(put(now), put(was)) == [(name, kind, "", "", max(troops[was], troops[now]))]


def test_a_strike_is_told_with_the_faction_that_it_fell_on() -> None:
    def strike(model: IraqModel) -> None:
        model.lead.strikes.fill(1.0)
        model.lead.civilian_deaths.fill(2.0)
        model.militias.struck[model.militias.names.index("nujaba")] = 1.0

    assert told(strike) == [
        ("lead_nation", LoggedKind.STRIKE, "", "nujaba", 1.0),
        ("lead_nation", LoggedKind.CIVILIAN_DEATHS, "", "nujaba", 2.0),
    ]


def test_harm_is_told_with_those_that_attacked_there_that_day() -> None:
    def attack(model: IraqModel) -> None:
        site, factions = model.sites.names.index("erbil_base"), model.militias.names
        model.sites.attacks_by_faction[site, factions.index("nujaba")] = 2.0
        model.sites.attacks_by_faction[site, factions.index("kataib_hezbollah")] = 1.0
        model.sites.coalition_deaths[site] = 1.0

    harm = [event for event in told(attack) if event[1] is LoggedKind.COALITION_DEATHS]
    assert harm == [("kataib_hezbollah and nujaba", LoggedKind.COALITION_DEATHS, "erbil", "erbil_base", 1.0)]


def test_the_dead_in_the_embassy_are_told() -> None:
    assert told(fill("embassy.deaths", 3.0)) == [("crowd", LoggedKind.COALITION_DEATHS, "baghdad", "embassy", 3.0)]
