"""Settings of a past coalition: its table, its span, and the reading of the ends of its mandate."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Annotated, Any

import numpy as np
from omegaconf import DictConfig, OmegaConf

from experiments.config.arm import Arm, Start
from experiments.config.defaults import conf_folder
from experiments.config.fields import Check, Day, Section, listed, read, whole
from experiments.config.files import read_yaml
from experiments.config.read import read_arm, resolved
from experiments.errors import InputError, nearest
from experiments.studies.analogue.study import stage_coalition
from sim.arrays import Array
from sim.ledger.parameters import Uncertainty
from sim.ledger.priors import Prior, PriorError
from sim.theatre.past_coalition import PastCoalition, read_past_coalition, triggers_of
from sim.theatre.tables import DataError

STAGE = "iraq_2020"
"""Theatre whose sites and governorates exist but never act."""
_SET_BY_THE_TABLE = ("scenario", "theatre.start", "ensemble.days", "ensemble.record")


@dataclass(frozen=True, slots=True)
class _PastTables(Section):
    members: str | None


@dataclass(frozen=True, slots=True)
class _PastTheatre(Section):
    tables: _PastTables
    end: Day | None
    announced: Day | None
    other_announcements: Annotated[tuple[Day, ...], listed("[2006-12-06]", null=(), or_empty=True)]
    mandate: Any


def _effect(given: object) -> Prior:
    try:
        prior = Prior.read(given)
        prior.check(0.5)  # any value: a prior around one is refused below
    except PriorError as error:
        raise ValueError(f"is no prior: {error}") from None
    if prior.wants_value:
        raise ValueError("is a prior around a value, but there is no value here; try [uniform, 0, 5]")
    return prior


type _Triggers = Annotated[tuple[str, ...], listed("[mandate]", null=(), or_empty=True)]


@dataclass(frozen=True, slots=True)
class EndsOfMandate(Section):
    """The reading of the ends of a mandate.

    Attributes:
        ends: dates. `days_before`: days before an end on which it may cause a decision to exit.
        effect: prior of the effect of these days on the log hazard.
        triggers: triggers of the exits that the source attributes to the end of the mandate.
        agreements: triggers of the exits that the source attributes to the end of the agreement that replaced the mandate.
    """

    ends: Annotated[tuple[Day, ...], listed("[2008-12-31]")]
    days_before: Annotated[int, whole(1, 3653)]
    effect: Annotated[Prior, Check(_effect)]
    triggers: _Triggers
    agreements: _Triggers


@dataclass(frozen=True, slots=True)
class Analogue:
    """A past coalition, ready to run.

    Attributes:
        name: of the theatre. `table`: file of the coalition.
        arm: of `stage_coalition`, to the end of the observations.
        others: other readings of the day of the lead's announcement.
    """

    name: str
    table: str
    past: PastCoalition
    arm: Arm
    others: tuple[date, ...]
    mandate: EndsOfMandate | None

    def announced(self, when: date) -> "Analogue":
        """Return the same coalition with its lead's announcement on another day."""
        past = replace(self.past, announced=when)
        return replace(self, past=past, arm=stage_coalition(self.arm, past))

    def near_end_of_mandate(self) -> Array:
        """Return the days on which an exit may be the effect of an end of mandate, (days,) of bool."""
        days = self.arm.days
        if self.mandate is None:
            return np.zeros(days, dtype=bool)
        left = np.array([self.arm.theatre.day(end) for end in self.mandate.ends])[:, np.newaxis] - np.arange(days)
        return ((left >= 0) & (left < self.mandate.days_before)).any(axis=0)


def read_analogue(config: DictConfig, theatre: str, overrides: Sequence[str]) -> Analogue:
    """Check a config of the job analogue, composed with these overrides, and make the coalition of it."""
    for override in overrides:
        if override.partition("=")[0].lstrip("+~") in _SET_BY_THE_TABLE:
            raise InputError(f"{override}: the table of the coalition sets it; knockon analogue takes theatre, ensemble.worlds")
    plain = OmegaConf.to_container(config.theatre, resolve=True)
    if isinstance(plain, dict) and "other_announcements" not in plain:
        raise InputError(f"theatre={theatre} has no observed exits; try theatre=mnfi_2003 or theatre=past_coalition")
    given = read(_PastTheatre, "theatre", plain)
    if not (table := given.tables.members):
        raise InputError("theatre.tables.members is empty: name a table, such as theatre.tables.members=./my_coalition.csv")
    try:
        past = read_past_coalition(table, given.announced)
        mandate = _read_mandate(given.mandate, past)
    except DataError as error:
        raise InputError(str(error)) from None
    for member in past.members:  # the rules of peers and of framework nations would have no meaning
        if member.framework_nation == member.name:
            raise InputError(f"{table}: {member.label} is its own framework_nation; leave that cell empty")
    if not any(member.troops for member in past.members):
        raise InputError(
            f"{table}: no member has troops, so no member has a weight among its peers; give troops, or 1 for each member"
        )
    end = given.end or past.last_exit + timedelta(days=1)
    others = given.other_announcements
    for announced in (past.announced, *others):
        if not past.first_day < announced < end:
            raise InputError(f"the announcement of {announced} lies outside the span of the table, {past.first_day} to {end}")
    kept = [override for override in overrides if not override.lstrip("+~").startswith("theatre")]
    arm = read_arm(resolved(_on_stage(config, past.first_day, (end - past.first_day).days)), "stay", kept)
    if arm.policies:
        raise InputError(f"policies.{arm.policies[0][0]}: a past coalition has the exit of its lead and no other policy")
    if arm.start is Start.HISTORY:
        raise InputError("ensemble.start=history: a past coalition starts when its first member arrives")
    if arm.ledger.uncertainty is not Uncertainty.PRIOR:
        estimated = "the exits of a past coalition are estimated from the priors; leave ensemble.uncertainty=prior"
        raise InputError(f"ensemble.uncertainty={arm.ledger.uncertainty}: {estimated}")
    return Analogue(theatre, table, past, stage_coalition(arm, past), others, mandate)


def _on_stage(config: DictConfig, start: date, days: int) -> DictConfig:
    """Return the config of an arm: the tables of the stage, no dated event of 2020, the coalition's first day and span."""
    arm = OmegaConf.masked_copy(config, [str(key) for key in config if key not in ("hydra", "theatre")])
    OmegaConf.set_struct(arm, False)
    arm.theatre = {**read_yaml(conf_folder() / "theatre" / f"{STAGE}.yaml"), "start": start.isoformat()}
    arm.history = {"start": (start - timedelta(days=1)).isoformat(), "fixed": {}, "events": {}}
    arm.calendar = {name: event for name, event in config.calendar.items() if "date" not in event}
    arm.ensemble.days = days
    return arm


def _read_mandate(given: object, past: PastCoalition) -> EndsOfMandate | None:
    if given is None:
        return None
    mandate, known = read(EndsOfMandate, "theatre.mandate", given), triggers_of(past.stays)
    for key in ("triggers", "agreements"):
        for trigger in getattr(mandate, key):
            if trigger not in known:
                hint = nearest(trigger, known) or f"; it has {', '.join(known) or 'none'}"
                raise InputError(f"theatre.mandate.{key}: {trigger!r} is no trigger of the table{hint}")
    return mandate
