"""The members of the coalition: whether, when and why each member leaves."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.agents.codes import AWAITED, DRAWING_DOWN, FULL, OUT, PRESENT, RELOCATED
from sim.agents.departure import departure, exit_duration
from sim.agents.exit_decision import common_log_hazard, decision, exit_hazard, highest_hazard, host_closed, may_change
from sim.agents.member_calendar import MemberCalendar
from sim.arithmetic import above, divided, equal, nothing, over_agents, same, times
from sim.arrays import Array
from sim.dice import start_normals
from sim.kind import BY_POLICY, Kind
from sim.rule import rule, total
from sim.tape import same_every_day

if TYPE_CHECKING:
    from sim.model import IraqModel
    from sim.theatre.theatre import Member

_NEVER_DECIDED = -30_000

_KNOWN = "the table of members says who was in the country on day 0, and with how many troops"


@total
def weight_of_recent_decisions(decided_on: float, weight: float, day: float, peer_memory_days: float) -> float:
    """Add the weights (root of troops) of the members that recently decided to leave for good."""
    return weight if day - decided_on <= peer_memory_days else 0.0


@total
def count_of(status: int, wanted: int, starter: float) -> float:
    """Count the members with a status among those present at the start."""
    return starter if status == wanted else 0.0


@rule
def arrival(status: int, troops: float, troops_at_start: float) -> tuple[int, float]:
    """Return status and troops (persons) of a member on its day of arrival: an awaited member is present with its troops."""
    return (PRESENT, troops_at_start) if status == AWAITED else (status, troops)


@rule
def decides_as_one(one_decision: float, weight: float) -> float:
    """Return 1 while an exit is announced in worlds where the alliance decides as one, else 0."""
    return one_decision if weight > 0.0 else 0.0


@rule
def no_return_today(no_return_during_pullout: float, announcement: int) -> float:
    """Return 1 where no member returns because a full pullout is announced, else 0."""
    return no_return_during_pullout if announcement == FULL else 0.0


class Coalition(Kind, agent="CoalitionMember"):
    """The members of the coalition other than the lead nation.

    States:
        status [code]: 0 present, 1 drawing down, 2 relocated, 3 out, 4 awaited.
        troops [persons]: troops of the member in the country.
        decided_on [day]: day of the decision to leave for good; far in the past if there is none.
        decided [0 or 1]: 1 if the member decided today to leave for good.
        knocked_on [0 or 1]: 1 if the knock-on caused today's decision to leave for good.
        knock_on_probability [probability]: probability that the knock-on caused today's decision to leave.
        ordered [0 or 1]: 1 if a policy makes the member leave today.
        knock_on_lead [factor]: dial on the effect of the lead's exit, shared by all members.
        knock_on_peers [factor]: dial on the effect of peers' exits, shared by all members.
        knock_on_framework [factor]: dial on the effect of a framework nation's exit, shared by all members.
        remaining [share]: remaining share of all members' troops at the start.
    """

    decisions = ("leave", "course")

    def __init__(self, model: "IraqModel") -> None:
        members = model.theatre.members
        super().__init__(model, [member.name for member in members])
        own, variant = model.parameters.coalition, model.parameters.variant
        self.starter = self.column([float(member.present) for member in members])
        self.troops_at_start = self.column([member.troops if member.present else 0.0 for member in members])
        self.all_troops = float(self.troops_at_start.sum())
        self.peer_weight = np.sqrt(self.troops_at_start)
        self.total_peer_weight = float(self.peer_weight.sum())
        arrivals = [member.arrival for member in members]
        self.arrival_day = self.column([float(model.theatre.day(date)) if date else 0.0 for date in arrivals])
        self.framework_of = {
            row: self.names.index(member.framework_nation) for row, member in enumerate(members) if member.framework_nation
        }
        self.has_framework = self.column([float(bool(member.framework_nation)) for member in members])

        free, compensating = variant("knock_on_form", "free_standing"), variant("knock_on_form", "compensating")
        cascade = variant("knock_on_form", "cascade")
        self.stepping_up = compensating * np.maximum(0.0, -own.compensating_factor)
        of_lead = cascade + free * own.free_standing_factor + compensating * own.compensating_factor
        self.effect_of_lead = own.effect_of_lead_exit * of_lead
        self.effect_of_host = own.effect_of_host_closing * of_lead
        self.effect_of_peers = own.effect_of_peer_exits * (cascade + compensating * own.compensating_factor)
        self.effect_of_framework = own.effect_of_framework_nation_exit
        self.calendar = MemberCalendar(self)
        normals = start_normals(model.seed_of_worlds, self.names, "departure", model.worlds)
        self.exit_days = self.array()
        exit_duration(own.exit_duration_days, own.exit_duration_spread, normals, out=self.exit_days)
        self.serves_in_nato_mission = self.column([float(member.in_nato_mission) for member in members])
        self._host(members)
        self.decision_rule = {
            "in_nato": self.column([float(member.in_nato) for member in members]),
            "relocation_share": own.relocation_share,
            "return_hazard": own.return_hazard,
            "no_return_during_pullout": own.no_return_during_pullout,
        }
        self.effect_of_nato_frame = own.effect_of_nato_frame
        self.peer_memory = own.peer_memory_days
        situation = model.parameters.situation
        self.hazard_rule = own.inputs_of(common_log_hazard) | situation.inputs_of(common_log_hazard)

        awaited = self.arrival_day > 0.0
        status_at_start = np.where(self.starter > 0.0, np.where(awaited, AWAITED, PRESENT), OUT)
        self.status = self.state("status", status_at_start, np.int8, at_day_0=_KNOWN)
        self.troops = self.state("troops", np.where(awaited, 0.0, self.troops_at_start), at_day_0=_KNOWN)
        self.decided_on = self.state("decided_on", _NEVER_DECIDED, np.int16, at_day_0=_KNOWN)
        self.decided = self.state("decided", 0, np.int8)
        self.knocked_on = self.state("knocked_on", 0, np.int8)
        self.knock_on_probability = self.state("knock_on_probability", 0.0, np.float32)
        self.ordered = self.state("ordered", 0, np.int8, at_day_0=BY_POLICY)
        self.knock_on_lead = self.remembered("knock_on_lead", self.vector(1.0), at_day_0=BY_POLICY)
        self.knock_on_peers = self.remembered("knock_on_peers", self.vector(1.0), at_day_0=BY_POLICY)
        self.knock_on_framework = self.remembered("knock_on_framework", self.vector(1.0), at_day_0=BY_POLICY)
        self.remaining = self.remembered("remaining", self.vector(1.0), at_day_0=_KNOWN)
        self.common = self.vector()
        self.recent = self.vector()
        self.bound = self.vector()
        self.framework_status = self.array(PRESENT, np.int8)
        self.deciding = self.array(0, np.int8)
        self.moving = self.array(0, np.int8)
        self.arrives = self.column([0.0] * len(members))
        self.host_asks_to_leave, self.recent_share, self.nato_frame = self.vector(), self.vector(), self.vector()
        self.lead_effect, self.host_effect, self.peer_effect = self.vector(), self.vector(), self.vector()
        self.framework_effect, self.alliance_decides, self.no_return = self.vector(), self.vector(), self.vector()
        self.nato_left, self.host_closed = self.vector(), self.array()

    def _host(self, members: "Sequence[Member]") -> None:
        """Take from the table where each member lives: at a base of the lead, with the NATO mission, or at its own."""
        own, sites = self.model.parameters.coalition, self.model.parameters.sites
        self.hosted_by_lead = self.column([float(member.hosted_by == "lead") for member in members])
        self.hosted_by_nato = self.column([float(member.hosted_by == "nato") for member in members])
        self.reliance = self.hosted_by_lead + self.hosted_by_nato * own.reliance_of_nato_hosted
        levels = sites.by_name("closing_levels")
        self.closing_levels = self.array(own.lead_gone_level)
        for row, member in enumerate(members):
            if member.hosted_at in levels:
                self.closing_levels[row] = levels[member.hosted_at]
        self.first_closing_level = np.max(self.closing_levels * self.hosted_by_lead, axis=0, keepdims=True)
        self.least_of_others = max(self.total_peer_weight - float(self.peer_weight.max()), 1.0)

    def order_exit(self, member: str, where: Array) -> None:
        """Let a named member leave for good today in some worlds, (1, worlds)."""
        self.ordered[self.names.index(member)] |= where[0]

    def move_away(self, members: Sequence[str]) -> None:
        """Let the named members that are present move their troops out of the country for a while, in all worlds."""
        for row in map(self.names.index, members):
            moves = self.status[row] == PRESENT
            np.copyto(self.status[row], RELOCATED, where=moves)
            np.copyto(self.troops[row], 0.0, where=moves)

    def come_back(self, members: Sequence[str]) -> None:
        """Let the named members that are away for a while come back, in all worlds."""
        for row in map(self.names.index, members):
            returns = self.status[row] == RELOCATED
            np.copyto(self.status[row], PRESENT, where=returns)
            np.copyto(self.troops[row], self.troops_at_start[row], where=returns)

    def arrive(self) -> None:
        """Let the members arrive whose day of arrival is today."""
        equal(self.arrival_day, self.model.today.day, out=self.arrives)
        arrival(self.status, self.troops, self.troops_at_start, where=self.arrives, out=(self.status, self.troops))

    def hazard_inputs(self) -> dict[str, Any]:
        """Return the inputs of today's exit hazards; statuses of peers and framework nations are yesterday's."""
        model = self.model
        above(0.0, model.government.stance, out=self.host_asks_to_leave)
        common_log_hazard(
            recent_deaths=model.lead.recent_deaths,
            attack_rate=model.situation.attack_rate,
            host_asks_to_leave=self.host_asks_to_leave,
            islamic_state_rate=model.situation.islamic_state_rate,
            islamic_state_at_start=model.islamic_state.rate_at_start,
            **self.hazard_rule,
            out=self.common,
        )
        weight_of_recent_decisions(self.decided_on, self.peer_weight, model.today.day, self.peer_memory, out=self.recent)
        for row, nation in self.framework_of.items():
            same(self.status[nation : nation + 1], out=self.framework_status[row : row + 1])
        self.calendar.follow(model.today.day)
        times(self.effect_of_nato_frame, model.nato.backfill, out=self.nato_frame)
        times(self.effect_of_lead, self.knock_on_lead, out=self.lead_effect)
        times(self.effect_of_host, self.knock_on_lead, out=self.host_effect)
        divided(model.nato.staff, model.nato.staff_at_start, out=self.nato_left)
        host_closed(
            model.lead.troop_share, self.closing_levels, self.hosted_by_lead, self.hosted_by_nato, self.nato_left,
            out=self.host_closed,
        )  # fmt: skip
        times(self.effect_of_peers, self.knock_on_peers, out=self.peer_effect)
        times(self.effect_of_framework, self.knock_on_framework, out=self.framework_effect)
        return {
            "common": self.common,
            "calendar": self.calendar.factor,
            "serves_in_nato_mission": self.serves_in_nato_mission,
            "effect_of_nato_frame": self.nato_frame,
            "reliance_on_lead": self.reliance,
            "loss": model.lead.loss,
            "effect_of_lead_exit": self.lead_effect,
            "host_closed_today": self.host_closed,
            "effect_of_host_closing": self.host_effect,
            "recent_weight": self.recent,
            "total_weight": self.total_peer_weight,
            "own_weight": self.peer_weight,
            "effect_of_peer_exits": self.peer_effect,
            "has_framework": self.has_framework,
            "framework_status": self.framework_status,
            "effect_of_framework_nation_exit": self.framework_effect,
        }

    def hazards(self, out: Array) -> None:
        """Write every member's exit hazard of today (1/day), whatever its status, into (agents, worlds)."""
        exit_hazard(**self.hazard_inputs(), out=out)

    @same_every_day
    def decide(self) -> None:
        """Let each member arrive or decide, given yesterday's statuses of its peers and its framework nation."""
        model, rule = self.model, self.decision_rule
        self.arrive()
        seen = self.hazard_inputs()
        divided(self.recent, self.least_of_others, out=self.recent_share)
        highest_hazard(
            self.common, model.lead.loss, self.lead_effect, model.lead.troop_share, self.first_closing_level, self.nato_left,
            self.host_effect, self.recent_share, self.peer_effect, out=self.bound,
        )  # fmt: skip
        decides_as_one(model.nato.decides_as_one, model.lead.weight, out=self.alliance_decides)
        no_return_today(rule["no_return_during_pullout"], model.lead.announcement, out=self.no_return)
        may_change(
            self.status, self.ordered, self.bound, self.calendar.factor, self.has_framework, self.framework_status,
            rule["in_nato"], self.alliance_decides, model.nato.draws["leave"], self.draws["leave"], self.draws["course"],
            rule["return_hazard"], out=(self.deciding, self.moving),
        )  # fmt: skip
        for today in (self.decided, self.knocked_on, self.knock_on_probability):
            nothing(out=today)
        decision(
            status=self.status,
            ordered=self.ordered,
            alliance_decides=self.alliance_decides,
            alliance_uniform=model.nato.draws["leave"],
            uniform=self.draws["leave"],
            course=self.draws["course"],
            no_return_today=self.no_return,
            **seen,
            **rule,
            where=self.deciding,
            out=(self.status, self.decided, self.knocked_on, self.knock_on_probability),
        )
        nothing(out=self.ordered)
        self._depart()

    def follow(self, decided: Array) -> None:
        """Let members leave for good where `decided`, (agents, worlds) of bool, says so; no other member decides."""
        self.arrive()
        np.copyto(self.decided, decided)
        np.copyto(self.status, DRAWING_DOWN, where=decided)
        np.copyto(self.moving, self.status == DRAWING_DOWN)
        self._depart()

    def _depart(self) -> None:
        departure(
            self.status, self.decided, self.decided_on, self.model.today.day, self.exit_days, self.troops_at_start,
            where=self.moving, out=(self.status, self.troops, self.decided_on),
        )  # fmt: skip
        over_agents(self.troops, out=self.remaining)
        divided(self.remaining, self.all_troops, out=self.remaining)

    def count(self, status: int) -> Array:
        """Count the members with a status, (1, worlds), without those that had left before the start."""
        number = self.vector()
        count_of(self.status, status, self.starter, out=number)
        return number
