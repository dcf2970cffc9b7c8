"""Run the ensembles of the patterns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd
import xarray as xr

from experiments.config.arm import Arm
from experiments.config.history import with_fixed, year_before
from experiments.engine.block import build_model, compile_rules
from experiments.engine.dataset import to_dataset
from experiments.engine.progress import PROGRESS
from experiments.engine.run import run_whole
from experiments.studies.validate.patterns import Ensembles
from sim.arrays import Array
from sim.history.year_before import set_campaigns
from sim.model import IraqModel
from sim.policies.full_pullout import FullPullout
from sim.record.outcomes import BY_NAME
from sim.record.record import Record
from sim.record.recorder import Recorder
from sim.state import check_finite
from sim.worlds import Worlds

SCENARIOS = ("stay", "us_pullout", "us_pullout_without_knock_on", "mid_member_exit")
LONG, MEDIUM, SHORT, YEAR = 1274, 730, 120, 365
"""Horizons in days: three years after a complete exit; the default; the exit of a member; one year."""
REFIT_DRAWS, REFIT_WORLDS = 24, 32
"""Draws of the parameters for the refit of burstiness, and worlds per draw."""

BY_WEEK = (
    "islamic_state_attacks", "islamic_state_attacks_last_month", "islamic_state_attacks_by_governorate", "lead_troop_share",
    "propensity", "members_out", "exit_day_by_member", "incident_hazard", "mission_presence", "green_zone_protection",
    "government_falls", "fall_hazard", "security_closures", "closure_hazard", "civilian_deaths_by_islamic_state",
)  # fmt: skip
NO_CAMPAIGNS = {
    "patron.campaign_volatility": 0.0,
    "patron.effect_of_contested_presence_on_rockets": 0.0,
    "patron.effect_of_contested_presence_on_convoys": 0.0,
}
NO_FEEDBACK = {
    "truce.onset_hazard": 0.0,
    "patron.pre_election_caution": 0.0,
    "lead_nation.retaliation_probability": 0.0,
    "lead_nation.unprovoked_strike_hazard": 0.0,
    "militias.effect_of_enforcement": 0.0,
    "coalition.exit_hazard": 1e-12,
    "embassy.security_closure_hazard": 1e-12,
    "embassy.closure_after_breach": 0.0,
}
"""Overrides that turn off all other reasons why attacks cluster or decline."""

type Reader = Callable[[IraqModel], Array]
READERS: Mapping[str, tuple[tuple[str, ...], Reader]] = {
    **{
        name: ((), BY_NAME[name].read) for name in ("attacks", "rocket_attacks", "convoy_attacks", "members_leaving", "strikes")
    },
    "coalition_deaths": (("site",), lambda m: m.sites.coalition_deaths),
    "civilian_deaths": (("site",), lambda m: m.sites.civilian_deaths),
    "iraqi_force_deaths": (("site",), lambda m: m.sites.iraqi_deaths),
}
"""Daily outcomes: further dimensions, and the function that reads the model."""


@dataclass(frozen=True, slots=True)
class Run:
    """An ensemble of the patterns.

    Attributes:
        arm: its days are the horizon.
        daily: names of `READERS` to keep by day; if empty, weekly outcomes are kept.
        begin: changes the model before its first day.
    """

    arm: Arm
    worlds: int
    daily: tuple[str, ...] = ()
    begin: Callable[[IraqModel], None] | None = None

    def block(self, worlds: Worlds) -> xr.Dataset:
        """Run a block of worlds."""
        recorder = None if self.daily else Recorder(self.arm.days, Record.WEEKLY, [BY_NAME[name] for name in BY_WEEK])
        model = build_model(self.arm, worlds, recorder)
        if self.begin is not None:
            self.begin(model)
        at_start = model.situation.islamic_state_rate[0].copy()  # as given, or from the year before
        kept: dict[str, list[Array]] = {name: [] for name in self.daily}
        for day in range(self.arm.days):
            model.run(1)
            PROGRESS.block(worlds, (day + 1) / self.arm.days)
            for name, days in kept.items():
                days.append(READERS[name][1](model).astype(np.int16))
        check_finite(model)
        if recorder is None:
            return _labelled_days(self.arm, model, kept)
        data = to_dataset(self.arm, model, recorder)
        starters = [member.name for member in self.arm.theatre.members if member.present]
        return data.sel(member=starters).assign(islamic_state_at_start=("world", at_start))


def _labelled_days(arm: Arm, model: IraqModel, kept: Mapping[str, Sequence[Array]]) -> xr.Dataset:
    variables: dict[str, tuple[list[str], Array]] = {}
    for name, days in kept.items():
        values, more = np.moveaxis(np.stack(days), -1, 0), READERS[name][0]
        variables[name] = (["world", "date", *more], values if more else values[:, :, 0])
    ratio = np.zeros(model.worlds.count) + (model.militias.own_excitation + model.militias.cross_excitation)[0]
    variables |= {"branching_ratio": (["world"], ratio), "draw": (["world"], model.parameters.draws)}
    dates = pd.date_range(arm.theatre.start, periods=arm.days)
    return xr.Dataset(variables, coords={"world": model.worlds.numbers, "date": dates})


def runs_of(arms: Mapping[str, Arm], worlds: int) -> dict[str, Run]:
    """Return the runs of the patterns; those of the refit have at most `REFIT_DRAWS` times `REFIT_WORLDS` worlds."""
    stay, pullout, without, exit_of_member = (with_fixed(arms[name], {}, worlds_per_draw=1) for name in SCENARIOS)
    still = with_fixed(replace(stay, days=MEDIUM), NO_CAMPAIGNS, REFIT_WORLDS)
    before = year_before(stay)
    whole_year = replace(before, days=before.days + 1)  # the peak was counted to the end of the day of the start
    deaths_and_strikes = ("attacks", "strikes", "coalition_deaths", "civilian_deaths", "iraqi_force_deaths")
    refitted = min(REFIT_DRAWS * REFIT_WORLDS, max(REFIT_WORLDS, worlds // REFIT_WORLDS * REFIT_WORLDS))
    return {
        "stay": Run(replace(stay, days=MEDIUM), worlds),
        "us_pullout": Run(replace(pullout, days=LONG), worlds),
        "without_knock_on": Run(replace(without, days=MEDIUM), worlds),
        "mid_member_exit": Run(replace(exit_of_member, days=SHORT), worlds),
        "days_of_stay": Run(replace(stay, days=YEAR), worlds, deaths_and_strikes),
        "year_before": Run(whole_year, worlds, ("attacks", "rocket_attacks", "convoy_attacks", "members_leaving")),
        "memory_alone": Run(with_fixed(still, NO_FEEDBACK), refitted, ("attacks",), _begin_at_the_mean),
        "with_feedback": Run(still, refitted, ("attacks",), _begin_at_the_mean),
    }


def _begin_at_the_mean(model: IraqModel) -> None:
    set_campaigns(model, np.zeros_like(model.patron.rockets), np.zeros_like(model.patron.convoys))


def run_all(arms: Mapping[str, Arm], worlds: int) -> Ensembles:
    """Run every ensemble; a failed block ends the job, since fewer worlds would give other statistics."""
    stay, runs = arms["stay"], runs_of(arms, worlds)
    compile_rules(stay)
    PROGRESS.plan((Path(name), name, run.worlds) for name, run in runs.items())
    found = {name: run_whole(run.block, run.worlds, stay.compute, name) for name, run in runs.items()}
    members = arms["mid_member_exit"].theatre.members
    exits = next(policy for _, policy in arms["mid_member_exit"].policies if policy.days_by_member)
    # by its class: cuts and ultimatums that were in force on 30 September can be withdrawn as well, and began before
    pullout = next(policy for _, policy in arms["us_pullout"].policies if isinstance(policy, FullPullout))
    leaver, day = next(iter(getattr(exits, exits.days_by_member).items()))
    return Ensembles(
        **found,
        announced_on=cast(float, pullout.start.value),
        left_on=max(float(day), cast(float, exits.start.value)),
        leaver=leaver,
        dependants=tuple(member.name for member in members if member.present and member.framework_nation == leaver),
    )
