"""Run a past coalition either freely (by the model's own rule) or replayed with the known decisions of its members."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import xarray as xr

from experiments.config.arm import Arm
from experiments.engine.run import run_whole
from experiments.studies.analogue.exits import Chronicle, chronicle_of
from experiments.studies.analogue.likelihood import ExitLikelihood, Stays
from sim.agents.lead_nation import FULL, NEVER
from sim.arrays import Array
from sim.day import COALITION_ALONE
from sim.history.forcings import Forcing, Spell
from sim.model import IraqModel
from sim.state import check_finite
from sim.theatre.past_coalition import PastCoalition
from sim.worlds import Worlds

PARAMETERS = (
    "exit_hazard", "effect_of_lead_exit", "effect_of_peer_exits", "effect_of_framework_nation_exit",
    "effect_of_mandate_renewal", "peer_memory_days", "exit_duration_days",
)  # fmt: skip
"""Parameters of the exits that the observed exits may inform."""
LEAD, PEERS = "effect of the lead as it acts", "effect of peers as it acts"
"""Effects that are multiplied by the factor of the world's variant of the knock-on."""
_SEEING = COALITION_ALONE[:-2]
"""The stages of a day up to the point where members have seen the lead's action; the rest of the day is replayed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownExit(Spell):
    """The lead announces its exit on a known day, and is gone on another."""

    meaning = "a full exit is announced, to be complete on the last day"

    def happen(self, model: IraqModel) -> None:
        """Announce it."""
        everywhere = np.full(model.lead.weight.shape, True)
        model.lead.announce(everywhere, FULL, 1.0, 1.0, float(self.until - self.day), NEVER)

    def end(self, model: IraqModel) -> None:
        """Do nothing: by then, under the rules, the lead is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NearEndOfMandate(Forcing):
    """Days before an end of the mandate, with an effect on the exits.

    Attributes:
        near: (days,) of bool, whether the effect acts.
        effect: (worlds,) added to the log hazard on these days, by the world's number.
    """

    near: Array
    effect: Array
    meaning = "on the days before an end of the mandate, every member's hazard is multiplied"

    def act(self, model: IraqModel) -> None:
        """Set the base hazard of today."""
        base = model.parameters.coalition.exit_hazard
        mine = np.exp(self.effect[model.worlds.numbers]).reshape(1, -1) if self.near[model.day] else 1.0
        np.multiply(base, mine, out=model.coalition.hazard_rule["exit_hazard"])


def stage_coalition(arm: Arm, past: PastCoalition) -> Arm:
    """Give an arm the members, the lead's dates and the first day of a past coalition; the rest of its theatre never acts."""
    first = past.first_day
    theatre = replace(arm.theatre, start=first, members=past.members)
    known = KnownExit(day=theatre.day(past.announced), until=theatre.day(past.gone))
    return replace(arm, theatre=theatre, calendar=replace(arm.calendar, start=first), forcings=(("known_exit", known),))


def coalition_alone(arm: Arm, worlds: Worlds, seeing: bool = False) -> IraqModel:
    """Return the model of an arm of `stage_coalition`, in which only lead and members act.

    The rest is neutral for the members: attacks at their reference rate, no recent deaths, the Islamic State as at the start,
    a host without demands; the base hazard is an average over past conditions. With `seeing`, the day ends when the members
    have seen the lead's action.
    """
    known, day = [event for _, event in arm.forcings], _SEEING if seeing else COALITION_ALONE
    model = IraqModel(arm.ledger, arm.theatre, arm.calendar, (), worlds, arm.seed, forcings=known, day=day)
    model.situation.attack_rate[...] = model.parameters.situation.reference_attack_rate
    return model


def run_freely(arm: Arm, near: Array | None = None, effect: Array | None = None) -> Array:
    """Return the day of each member's complete exit in every world, (worlds, members); NaN if there is none before the end.

    An end of the mandate adds `effect`, (worlds,), to the log hazard on the days `near` it, (days,) of bool.
    """
    if near is not None and effect is not None:
        known = NearEndOfMandate(day=0, near=near, effect=effect)
        arm = replace(arm, forcings=(*arm.forcings, ("near_end_of_mandate", known)))
    return run_whole(partial(_run_block, arm), arm.worlds, arm.compute, "free run")["exit_day"].values


def _run_block(arm: Arm, worlds: Worlds) -> xr.Dataset:
    model = coalition_alone(arm, worlds)
    model.run(arm.days)
    check_finite(model)
    coalition = model.coalition
    gone = np.where(coalition.decided_on >= 0, coalition.decided_on + np.ceil(coalition.exit_days), np.nan)
    exit_day = np.where(gone < arm.days, gone, np.nan).T
    return xr.Dataset({"exit_day": (("world", "member"), exit_day)}, coords={"world": worlds.numbers})


def replay_exits(arm: Arm, past: PastCoalition, acts: Array, covariate: Array | None = None) -> ExitLikelihood:
    """Replay the observed exits in every world, each with its own draw of the parameters.

    The covariate, (worlds,), is added to the log hazard of the model's rule on the days `acts`, (days,) of bool.
    """
    data = run_whole(partial(_replay_block, arm, past, acts, covariate), arm.worlds, arm.compute, "replay")
    left, stayed = (np.moveaxis(data[name].values, 0, -1) for name in ("left", "stayed"))
    return ExitLikelihood(left, stayed)


def _replay_block(arm: Arm, past: PastCoalition, acts: Array, covariate: Array | None, worlds: Worlds) -> xr.Dataset:
    model = coalition_alone(arm, worlds, seeing=True)
    coalition, own = model.coalition, model.parameters.coalition
    known = chronicle_of(past, model.theatre, arm.days)
    mine = None if covariate is None else covariate[worlds.numbers].reshape(1, -1)
    stays = Stays(known, own.exit_duration_days, own.exit_duration_spread, mine)
    decides_on, hazard = decision_days(known, coalition.exit_days), coalition.array()
    for day in range(arm.days):
        model.step()  # ty: ignore[missing-argument]
        coalition.hazards(out=hazard)
        stays.add_day(day, hazard, bool(acts[day]))
        coalition.follow(decides_on == day)
    likelihood, dimensions = stays.likelihood(), ("world", "hazards", "member")
    values = {name: (dimensions, np.moveaxis(getattr(likelihood, name), -1, 0)) for name in ("left", "stayed")}
    return xr.Dataset(values, coords={"world": worlds.numbers})


def decision_days(known: Chronicle, exit_days: Array) -> Array:
    """Return the day of each member's decision in a replay, (members, worlds); infinite if the member stays.

    An unknown day is the day of the exit minus the length of a departure in this world, `exit_days` (members, worlds).
    """
    exit_day, decided, arrival = (values[:, np.newaxis] for values in (known.exit, known.decided, known.arrival))
    by_exit = np.maximum(exit_day - np.ceil(exit_days), arrival)
    return np.where(np.isfinite(decided), decided, np.where(np.isfinite(exit_day), by_exit, np.inf))


def drawn_parameters(arm: Arm) -> dict[str, Array]:
    """Return each world's draw of the parameters of the exits, and 1 or 0 for each variant of the knock-on, (worlds,)."""
    data = run_whole(partial(_drawn_block, arm), arm.worlds, arm.compute, "draws")
    return {str(name): data[name].values for name in data.data_vars}


def _drawn_block(arm: Arm, worlds: Worlds) -> xr.Dataset:
    model = coalition_alone(arm, worlds)
    own, coalition = model.parameters.coalition, model.coalition
    drawn = {name: getattr(own, name) for name in PARAMETERS}
    drawn |= {LEAD: coalition.effect_of_lead, PEERS: coalition.effect_of_peers}
    variants = [variant for variant, _ in arm.ledger.switches["knock_on_form"].weights]
    drawn |= {variant: model.parameters.variant("knock_on_form", variant) for variant in variants}
    values = {name: ("world", np.broadcast_to(given, (1, worlds.count))[0].copy()) for name, given in drawn.items()}
    return xr.Dataset(values, coords={"world": worlds.numbers})
