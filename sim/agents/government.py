"""The Iraqi government: it enforces, arrests, protects, takes a stance toward the coalition, and may fall."""

from typing import TYPE_CHECKING

import numpy as np

from sim.agents.codes import ASKS_TO_LEAVE, ASKS_TO_STAY, NEUTRAL
from sim.agents.enforcement import arrests_today, enforcement_of, protection_after
from sim.agents.political_capital import capital_after, fall_of_cabinet
from sim.agents.situation import decaying_count
from sim.arithmetic import minus, plus
from sim.arrays import Array
from sim.distributions import happens_within_a_day, sigmoid
from sim.kind import BY_POLICY, CARRIED, SINCE_DAY_0, Kind
from sim.rule import rule
from sim.tape import same_every_day

if TYPE_CHECKING:
    from sim.model import IraqModel


@rule
def stance_of(
    strikes: float,
    patron_friendly: float,
    capital: float,
    stance_leave_intercept: float,
    stance_leave_per_strike: float,
    stance_cabinet: float,
    stance_stay_slope: float,
    stance_capital: float,
    uniform: float,
) -> float:
    """Return the stance that the government draws when it reconsiders.

    The government asks the coalition to leave with probability sigma(st_0 + st_s strikes + st_c [patron-friendly cabinet]),
    else to stay with probability sigma(slope (C - C_st) - st_c [patron-friendly cabinet]), else it is neutral.
    """
    leave = sigmoid(stance_leave_intercept + stance_leave_per_strike * strikes + stance_cabinet * patron_friendly)
    if uniform < leave:
        return ASKS_TO_LEAVE
    stay = sigmoid(stance_stay_slope * (capital - stance_capital) - stance_cabinet * patron_friendly)
    return ASKS_TO_STAY if uniform < leave + (1.0 - leave) * stay else NEUTRAL


@rule
def reconsiders(uniform: float, stance_change_hazard: float) -> float:
    """Return 1 on a day on which the government reconsiders its stance, else 0; it seldom does."""
    return 1.0 if uniform < happens_within_a_day(stance_change_hazard) else 0.0


@rule
def weight_of_announcement(weight: float, announced_on: float, day: float) -> float:
    """Return the weight (0-1) of an exit that is announced today; 0 on other days."""
    return weight if announced_on == day else 0.0


@rule
def early_election(
    capital: float,
    caretaker_days: float,
    patron_friendly: float,
    election_held: float,
    held: float,
    cabinet: float,
    early_election_probability: float,
    capital_after_fall: float,
    patron_friendly_cabinet: float,
) -> tuple[float, float, float, float]:
    """Hold the early election with a probability: a new cabinet, and the caretaker ends.

    Returns:
        capital, caretaker days left, whether the cabinet is close to the patron, whether the election was held.
    """
    if held >= early_election_probability:
        return capital, caretaker_days, patron_friendly, election_held
    return capital_after_fall, 0.0, (1.0 if cabinet < patron_friendly_cabinet else 0.0), 1.0


class Government(Kind, agent="IraqiGovernment"):
    """The Iraqi government.

    States:
        capital [0-1]: political capital; starts at political_capital_at_start.
        enforcement [0-1]: enforcement against the militias; starts at enforcement_at_rest.
        protection [0-1]: protection of the Green Zone; starts at green_zone_protection_at_start.
        caretaker_days [days]: remaining days of a caretaker government.
        patron_friendly [0 or 1]: 1 if the cabinet is close to the patron.
        stance [code]: stance toward the coalition: -1 asks it to leave, 0 neutral, 1 asks it to stay.
        vote_stands [0 or 1]: 1 while parliament's vote to expel foreign troops stands.
        force [share]: strength of the policy green_zone_force.
        enforcing_force [share]: strength with which the same force enforces the law against the militias.
        crackdown [share]: strength of the policy crackdown.
        sustained_arrests [0 or 1]: 1 if a high-profile arrest was made and sustained today.
        reversed_arrests [0 or 1]: 1 if a high-profile arrest was made and reversed today.
        recent_arrests [arrests]: memory of arrests, which fades.
        fell [0 or 1]: 1 if the cabinet fell today.
        fall_hazard [1/day]: hazard of a fall of the cabinet today.
        election_held [0 or 1]: 1 after the early election was held.
    """

    decisions = ("arrest", "reversal", "fall", "cabinet", "reconsider", "stance", "early election", "early cabinet")

    def __init__(self, model: "IraqModel") -> None:
        super().__init__(model, ["iraqi_government"])
        own, situation = model.parameters.government, model.parameters.situation
        variant = model.parameters.variant
        self.enforcement_rule = own.inputs_of(enforcement_of)
        self.protection_at_start = own.green_zone_protection_at_start
        self.protection_rule = own.inputs_of(protection_after)
        self.arrest_rule = own.inputs_of(arrests_today)
        self.arrest_memory = situation.arrest_memory_days
        self.stance_change_hazard = own.stance_change_hazard
        self.stance_rule = own.inputs_of(stance_of)
        self.capital_rule = own.inputs_of(capital_after) | situation.inputs_of(capital_after)
        sign = variant("announcement", "helps") - variant("announcement", "hurts")
        self.capital_rule["effect_of_announcement"] = own.effect_of_announcement * sign
        self.capital_rule["capital_of_missions"] = own.capital_of_missions * variant("mission_is", "useful")
        self.fall_rule = own.inputs_of(fall_of_cabinet) | {"caretaker_days": np.round(own.caretaker_days)}
        self.election_rule = (own.early_election_probability, own.capital_after_fall, own.patron_friendly_cabinet)

        self.capital = self.state("capital", own.political_capital_at_start, at_day_0=CARRIED)
        self.enforcement = self.state("enforcement", own.enforcement_at_rest, at_day_0=CARRIED)
        self.protection = self.state("protection", self.protection_at_start, at_day_0=CARRIED)
        self.caretaker_days = self.state("caretaker_days", at_day_0=CARRIED)
        self.patron_friendly = self.state("patron_friendly", at_day_0=CARRIED)
        self.stance = self.state("stance", ASKS_TO_STAY, at_day_0="the government asked the coalition to stay on day 0")
        self.vote_stands = self.state(
            "vote_stands", 1.0, at_day_0="parliament voted on 5 January 2020, and the vote stood on day 0"
        )
        self.force = self.state("force", at_day_0=BY_POLICY)
        self.enforcing_force = self.state("enforcing_force", at_day_0=BY_POLICY)
        self.crackdown = self.state("crackdown", at_day_0=BY_POLICY)
        self.sustained_arrests = self.state("sustained_arrests")
        self.reversed_arrests = self.state("reversed_arrests")
        self.recent_arrests = self.state("recent_arrests", at_day_0=CARRIED)
        self.fell = self.state("fell")
        self.fall_hazard = self.state("fall_hazard")
        self.election_held = self.state("election_held", at_day_0=SINCE_DAY_0)
        self.reconsiders, self.announced_today, self.arrests = self.vector(), self.vector(), self.vector()
        self.gained = self.vector()

    def count_enforcement_gained(self, out: Array) -> None:
        """Write the host's effort as the lead sees it, (1, worlds): enforcement above rest plus protection above the start."""
        minus(self.enforcement, self.enforcement_rule["enforcement_at_rest"], out=self.gained)
        minus(self.protection, self.protection_at_start, out=out)
        plus(self.gained, out, out=out)

    def change(self, caretaker_days: float) -> None:
        """Let a new cabinet, not close to the patron, take office in all worlds, as a caretaker for `caretaker_days`."""
        np.copyto(self.capital, self.fall_rule["capital_after_fall"])
        self.caretaker_days.fill(caretaker_days)
        self.patron_friendly.fill(0.0)

    @same_every_day
    def govern(self) -> None:
        """Enforce, protect, arrest, and take a stance."""
        enforcement_of(
            crackdown=self.crackdown, enforcing_force=self.enforcing_force, truce=self.model.truce.in_force,
            brokered=self.model.truce.brokered, caretaker_days_left=self.caretaker_days, capital=self.capital,
            **self.enforcement_rule, out=self.enforcement,
        )  # fmt: skip
        protection_after(
            protection=self.protection, force=self.force,
            **self.protection_rule, out=self.protection,
        )  # fmt: skip
        arrests_today(
            crackdown=self.crackdown, arrest=self.draws["arrest"], reversal=self.draws["reversal"], **self.arrest_rule,
            out=(self.sustained_arrests, self.reversed_arrests),
        )  # fmt: skip
        reconsiders(self.draws["reconsider"], self.stance_change_hazard, out=self.reconsiders)
        stance_of(
            strikes=self.model.lead.recent_strikes, patron_friendly=self.patron_friendly, capital=self.capital,
            uniform=self.draws["stance"], **self.stance_rule, where=self.reconsiders, out=self.stance,
        )  # fmt: skip

    @same_every_day
    def politics(self) -> None:
        """Settle the day's gains and losses of capital; the government may fall."""
        model = self.model
        weight_of_announcement(model.lead.weight, model.lead.announced_on, model.today.day, out=self.announced_today)
        capital_after(
            capital=self.capital,
            civilian_deaths=model.civilian_deaths_by_militias,
            mission=model.embassy.mission_presence,
            other_missions=model.embassy.other_missions,
            embassy_attacks=model.sites.attacks_on(model.sites.embassy),
            fire_on_region=model.kurdistan.fire,
            strike=model.lead.strikes,
            breach=model.embassy.breach,
            islamic_state_ratio=model.islamic_state.ratio_to_start,
            announced_today=self.announced_today,
            sustained_arrest=self.sustained_arrests,
            reversed_arrest=self.reversed_arrests,
            **self.capital_rule,
            out=self.capital,
        )
        fall_of_cabinet(
            capital=self.capital, caretaker_days_left=self.caretaker_days, patron_friendly=self.patron_friendly,
            fall=self.draws["fall"], cabinet=self.draws["cabinet"], **self.fall_rule,
            out=(self.capital, self.caretaker_days, self.patron_friendly, self.fell, self.fall_hazard),
        )  # fmt: skip
        early_election(
            self.capital, self.caretaker_days, self.patron_friendly, self.election_held, self.draws["early election"],
            self.draws["early cabinet"], *self.election_rule, where=model.today.early_election,
            out=(self.capital, self.caretaker_days, self.patron_friendly, self.election_held),
        )  # fmt: skip

    @same_every_day
    def remember(self) -> None:
        """Add today's arrests to the memory of arrests."""
        plus(self.sustained_arrests, self.reversed_arrests, out=self.arrests)
        decaying_count(self.recent_arrests, self.arrests, self.arrest_memory, out=self.recent_arrests)
