"""The lead nation: it announces an exit, leaves or stays, issues an ultimatum, and answers attacks with strikes."""

import math
from typing import TYPE_CHECKING

import numpy as np

from sim.agents.announcement import perceived_exit, troops_leaving
from sim.agents.codes import FULL, NEVER, NOTHING, PARTIAL
from sim.agents.retaliation import clarity_of_attribution, deterrence_memory, retaliation
from sim.agents.situation import decaying_count
from sim.agents.ultimatum import review_of_ultimatum
from sim.arithmetic import above, minus, nothing, plus
from sim.arrays import Array, Value
from sim.kind import BY_POLICY, CARRIED, Kind
from sim.rule import rule
from sim.tape import repeated, same_every_day

if TYPE_CHECKING:
    from sim.model import IraqModel

_NO_EXIT = "no exit is announced on day 0: the cut of September 2020 is complete, and shares refer to the troops of day 0"


@rule
def halved_over(level: float, deterrence_half_life_days: float) -> float:
    """Return tomorrow's level: level 2^(-1/half-life)."""
    return level * math.exp(-math.log(2.0) / deterrence_half_life_days)


class LeadNation(Kind, name="lead"):
    """The lead nation.

    States:
        troop_share [share]: share of the lead's troops of day 0 that are still in Iraq.
        announcement [code]: announcement in force: 0 none, 1 diplomats, 2 partial, 3 full.
        announced_on [day]: day of the announcement in force.
        share_to_go [share]: share of the troops that leaves under the announcement in force.
        weight [share]: weight of the announcement for the other actors.
        share_then [share]: troop share on the day of the announcement.
        duration [days]: days from the announcement to the completion of the exit.
        progress [share]: completed share of the announced exit.
        mission_closes_on [day]: day on which the mission closes; infinite if no closing is announced.
        ultimatum [0 or 1]: 1 while an ultimatum is in force.
        issued_on [day]: day of issue of the ultimatum.
        deadline [day]: deadline of the ultimatum.
        extended [0 or 1]: 1 if the deadline was extended.
        extension [days]: length of the one possible extension of the deadline.
        executed [0 or 1]: 1 after an ultimatum was executed.
        credibility [share]: credibility of the exit for the patron.
        loss [0-1]: loss of the lead, as the members perceive it.
        window [days]: days left for a strike in answer to a coalition death.
        deterrence [0-1]: memory of strikes.
        deaths_to_answer [deaths]: yesterday's coalition deaths at its bases and in the embassy, plus contractors by their
            weight.
        recent_deaths [deaths]: memory of these deaths, which fades.
        recent_strikes [strikes]: memory of strikes as a count, which fades.
        ordered_strike [code]: 1 a known strike happens today, -1 no strike happens, 0 the lead decides.
        decided_strike [0 or 1]: 1 if the lead itself decided on a strike today.
        strikes [0 or 1]: 1 if a strike happened today.
        militia_deaths [persons]: militia fighters killed by today's strike.
        iraqi_deaths [persons]: Iraqi forces killed by today's strike.
        civilian_deaths [persons]: civilians killed by today's strike.
        restraint [share]: strength of the policy retaliation_restraint.
        withdrawn [0 or 1]: 1 after an announcement was withdrawn.
    """

    decisions = ("execute", "extend", "strike", "struck", "militia toll", "iraqi toll", "civilian toll", "reversal")

    def __init__(self, model: "IraqModel") -> None:
        super().__init__(model, ["lead_nation"])
        drawn = model.parameters
        own = self.own = drawn.lead_nation
        self.troops_at_start = own.troops_at_start
        self.exit_duration = own.exit_duration_days
        self.diplomats_exit_days = own.diplomats_exit_days
        self.embassy_closing_progress = own.embassy_closing_progress
        self.residual = own.residual_share
        self.reversal_probability = own.successor_reversal_probability
        self.ultimatum_rule = own.inputs_of(review_of_ultimatum) | drawn.situation.inputs_of(review_of_ultimatum)
        self.extension_days = self.ultimatum_rule.pop("ultimatum_extension_days")  # a policy may set another
        self.deadline_days = np.round(own.ultimatum_deadline_days)
        coalition = drawn.coalition
        self.perception = coalition.inputs_of(perceived_exit)
        self.retaliation_rule = (
            own.inputs_of(retaliation) | drawn.situation.inputs_of(retaliation) | drawn.militias.inputs_of(retaliation)
        )
        self.half_life = own.deterrence_half_life_days
        self.death_memory = coalition.death_memory_days
        self.strike_memory = drawn.situation.strike_memory_days

        self.troop_share = self.state(
            "troop_share", 1.0, at_day_0="1 on day 0 by definition: shares refer to the troops of that day"
        )
        self.announcement = self.state("announcement", NOTHING, np.int8, at_day_0=_NO_EXIT)
        self.announced_on = self.state("announced_on", NEVER, never=NEVER, at_day_0=_NO_EXIT)
        self.share_to_go = self.state("share_to_go", at_day_0=_NO_EXIT)
        self.weight = self.state("weight", at_day_0=_NO_EXIT)
        self.share_then = self.state("share_then", 1.0, at_day_0=_NO_EXIT)
        self.duration = self.state("duration", 1.0, at_day_0=_NO_EXIT)
        self.progress = self.state("progress", at_day_0=_NO_EXIT)
        self.mission_closes_on = self.state("mission_closes_on", NEVER, never=NEVER, at_day_0=_NO_EXIT)
        self.ultimatum = self.state("ultimatum", at_day_0=BY_POLICY)
        self.issued_on = self.state("issued_on", NEVER, never=NEVER, at_day_0=BY_POLICY)
        self.deadline = self.state("deadline", NEVER, never=NEVER, at_day_0=BY_POLICY)
        self.extended = self.state("extended", at_day_0=BY_POLICY)
        self.extension = self.state("extension", at_day_0=BY_POLICY)
        self.executed = self.state("executed", at_day_0=BY_POLICY)
        self.credibility = self.state("credibility")
        self.loss = self.state("loss")
        self.window = self.state("window", at_day_0=CARRIED)
        self.deterrence = self.state("deterrence", at_day_0=CARRIED)
        self.deaths_to_answer = self.state("deaths_to_answer", at_day_0=CARRIED)
        self.recent_deaths = self.state("recent_deaths", at_day_0=CARRIED)
        self.recent_strikes = self.state("recent_strikes", at_day_0=CARRIED)
        self.ordered_strike = self.state("ordered_strike")
        self.decided_strike = self.state("decided_strike")
        self.strikes = self.state("strikes")
        self.militia_deaths = self.state("militia_deaths")
        self.iraqi_deaths = self.state("iraqi_deaths")
        self.civilian_deaths = self.state("civilian_deaths")
        self.restraint = self.state("restraint", at_day_0=BY_POLICY)
        self.withdrawn = self.state("withdrawn", at_day_0=BY_POLICY)
        self.days_since, self.clarity = self.vector(), self.vector()
        self.days_since_issue, self.days_to_deadline = self.vector(), self.vector()
        self.is_executed, self.lapses, self.days_added = self.vector(), self.vector(), self.vector()
        self.enforcement_gained, self.host_asks_to_stay = self.vector(), self.vector()
        self._review = repeated(self._review_ultimatum)

    def announce(self, where: Array, kind: int, share: Value, weight: Value, duration: Value, closes_in: Value) -> None:
        """Announce an exit in some worlds.

        A larger announcement replaces a smaller one and continues from the present troops. An announced closing of the
        mission is kept. An announced full pullout ends an ultimatum.

        Args:
            where: (1, worlds) the worlds.
            kind: DIPLOMATS, PARTIAL or FULL.
            share: share of the troops that is to go, 0-1.
            weight: how much the announcement counts for the patron, the members and the public, 0-1.
            duration: days until the exit is complete.
            closes_in: days until the mission closes; infinite when it stays.
        """
        day = self.model.day
        acts = where & (np.asarray(weight) > 0.0)
        larger = acts & (weight > self.weight)
        for state, value in (
            (self.announcement, kind),
            (self.announced_on, day),
            (self.share_to_go, share),
            (self.weight, weight),
            (self.share_then, self.troop_share),
            (self.duration, duration),
            (self.progress, 0.0),
        ):
            np.copyto(state, value, where=larger, casting="unsafe")
        np.minimum(self.mission_closes_on, day + np.asarray(closes_in), out=self.mission_closes_on, where=acts)
        if kind == FULL:
            np.copyto(self.ultimatum, 0.0, where=larger)

    def announce_full_pullout(self, where: Array, strength: Value = 1.0, stretch: float = 1.0) -> None:
        """Announce that the troops (all of them at strength 1) and the embassy leave."""
        duration = self.exit_duration * stretch
        closes_in = np.ceil(self.embassy_closing_progress * duration)
        self.announce(where, FULL, strength, strength, duration, closes_in)

    def withdraw(self, where: Array) -> None:
        """Withdraw the announcement: troops and mission stay where they are, and a reduced mission is open again."""
        np.copyto(self.withdrawn, 1.0, where=where & (self.weight > 0.0))
        self.forget_announcement(where)

    def forget_announcement(self, where: Array) -> None:
        """Clear the announcement in some worlds, (1, worlds); troops and mission stay as they are."""
        for state, value in (
            (self.announcement, NOTHING),
            (self.announced_on, NEVER),
            (self.share_to_go, 0.0),
            (self.weight, 0.0),
            (self.progress, 0.0),
            (self.mission_closes_on, NEVER),
        ):
            np.copyto(state, value, where=where, casting="unsafe")

    def issue_ultimatum(self, where: Array, deadline_days: Value, extension_days: Value) -> None:
        """Issue the ultimatum to leave unless the attacks stop, in worlds where no full pullout is announced.

        Args:
            where: (1, worlds) the worlds.
            deadline_days: days from today to the deadline.
            extension_days: days by which the deadline may be moved once; with 0 the deadline never moves.
        """
        where = where & (self.announcement != FULL)
        for state, value in (
            (self.ultimatum, 1.0),
            (self.issued_on, self.model.day),
            (self.deadline, self.model.day + np.asarray(deadline_days)),
            (self.extended, 0.0),
            (self.extension, extension_days),
        ):
            np.copyto(state, value, where=where)

    def decide_on_exit(self) -> None:
        """Review the ultimatum, and inaugurate a successor."""
        if self.ultimatum.any():
            self._review()
            if self.is_executed.any() or self.lapses.any() or self.days_added.any():
                self._end_or_extend_ultimatum()
        if self.model.day == self.model.calendar.inauguration:
            unfinished = (self.announcement >= PARTIAL) & (self.progress < 1.0)
            self.withdraw(unfinished & (self.draws["reversal"] < self.reversal_probability))

    @same_every_day
    def leave(self) -> None:
        """Let the troops continue to leave where an exit is announced."""
        minus(self.model.today.day, self.announced_on, out=self.days_since)
        troops_leaving(
            days_since=self.days_since, duration=self.duration, share_to_go=self.share_to_go, residual_share=self.residual,
            share_then=self.share_then, share_now=self.troop_share, where=self.weight, out=(self.troop_share, self.progress),
        )  # fmt: skip

    @same_every_day
    def _review_ultimatum(self) -> None:
        government, model = self.model.government, self.model
        minus(model.today.day, self.issued_on, out=self.days_since_issue)
        minus(self.deadline, model.today.day, out=self.days_to_deadline)
        government.count_enforcement_gained(out=self.enforcement_gained)
        above(government.stance, 0.0, out=self.host_asks_to_stay)
        for none_yet in (self.is_executed, self.lapses, self.days_added):
            nothing(out=none_yet)
        review_of_ultimatum(
            days_since_issue=self.days_since_issue,
            days_to_deadline=self.days_to_deadline,
            extended=self.extended,
            ultimatum_extension_days=self.extension,
            truce=model.truce.in_force,
            attack_rate=model.situation.attack_rate,
            recent_deaths=self.recent_deaths,
            enforcement_gained=self.enforcement_gained,
            host_asks_to_stay=self.host_asks_to_stay,
            members_remaining=model.coalition.remaining,
            execute=self.draws["execute"],
            extend=self.draws["extend"],
            **self.ultimatum_rule,
            where=self.ultimatum,
            out=(self.is_executed, self.lapses, self.days_added),
        )

    def _end_or_extend_ultimatum(self) -> None:
        is_executed = self.is_executed > 0.0
        np.copyto(self.extended, 1.0, where=self.days_added > 0.0)
        self.deadline += self.days_added
        np.copyto(self.ultimatum, 0.0, where=is_executed | (self.lapses > 0.0))
        np.copyto(self.executed, 1.0, where=is_executed)
        self.announce_full_pullout(is_executed)

    @same_every_day
    def perceive(self) -> None:
        """Let the patron and the members see today's announcement."""
        perceived_exit(weight=self.weight, progress=self.progress, **self.perception, out=(self.credibility, self.loss))

    @same_every_day
    def retaliate(self) -> None:
        """Decide on a strike on the militias, given yesterday's deaths."""
        draws, model = self.draws, self.model
        militias = model.militias
        militias.count_claims()
        clarity_of_attribution(
            militias.claims_of_facades, militias.all_claims, militias.blur, militias.facade_share_at_start, out=self.clarity
        )
        retaliation(
            window=self.window,
            deaths_yesterday=self.deaths_to_answer,
            attack_rate=model.situation.attack_rate,
            mission_closed=model.embassy.closed_by_decision,
            clarity=self.clarity,
            lead=self.troop_share,
            restraint=self.restraint,
            ordered=self.ordered_strike,
            strike=draws["strike"],
            militia_toll=draws["militia toll"],
            iraqi_toll=draws["iraqi toll"],
            civilian_toll=draws["civilian toll"],
            **self.retaliation_rule,
            out=(
                self.strikes, self.window, self.militia_deaths, self.iraqi_deaths, self.civilian_deaths, self.decided_strike,
            ),
        )  # fmt: skip
        nothing(out=self.ordered_strike)
        deterrence_memory(self.deterrence, self.strikes, out=self.deterrence)

    @same_every_day
    def remember(self) -> None:
        """Let memories of strikes and deaths fade, and add today's strikes and deaths."""
        halved_over(self.deterrence, self.half_life, out=self.deterrence)
        model = self.model
        plus(model.sites.deaths_that_count, model.embassy.deaths, out=self.deaths_to_answer)
        decaying_count(self.recent_deaths, self.deaths_to_answer, self.death_memory, out=self.recent_deaths)
        decaying_count(self.recent_strikes, self.strikes, self.strike_memory, out=self.recent_strikes)
