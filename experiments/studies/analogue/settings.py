"""What the config says of a past coalition: its table, its span, how the ends of its mandate are read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from omegaconf import DictConfig, OmegaConf

from experiments.config.arm import Arm, Start
from experiments.config.defaults import conf_folder
from experiments.config.fields import Day, Section, listed, read
from experiments.config.read import read_arm
from experiments.config.yaml_files import read_yaml
from experiments.errors import InputError
from experiments.studies.analogue.exits import Chronicle
from experiments.studies.analogue.mandate import EndsOfMandate, read_mandate
from experiments.studies.analogue.study import stage_coalition
from sim.ledger.parameters import Uncertainty
from sim.rule import Array
from sim.theatre.past_coalition import PastCoalition, read_past_coalition
from sim.theatre.tables import DataError

STAGE = "iraq_2020"
"""Whose sites and governorates stand on the stage and never act."""
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


@dataclass(frozen=True, slots=True)
class Analogue:
    """A past coalition, ready to run.

    Attributes:
        name: of the theatre. `table`: file of the coalition.
        arm: of `stage_coalition`, to the end of what is observed.
        others: other readings of the day of the lead's announcement.
        mandate: None where none is given.
    """

    name: str
    table: str
    past: PastCoalition
    arm: Arm
    others: tuple[date, ...]
    mandate: EndsOfMandate | None

    def announced(self, when: date) -> "Analogue":
        """Return the same coalition, its lead's announcement on another day."""
        past = replace(self.past, announced=when)
        return replace(self, past=past, arm=stage_coalition(self.arm, past))

    def chronicle(self) -> Chronicle:
        """Return when the members came and left, in days of the model."""
        day_of = self.arm.theatre.day
        exits = [float(day_of(stay.exit)) if stay.exit else np.nan for stay in self.past.stays]
        return Chronicle(
            names=tuple(stay.member.label for stay in self.past.stays),
            arrival=np.array([float(day_of(stay.arrival)) for stay in self.past.stays]),
            exit=np.where(np.array(exits) < self.arm.days, exits, np.nan),
            announced=float(day_of(self.past.announced)),
            end=float(self.arm.days),
        )

    def near_end_of_mandate(self) -> Array:
        """Return the days on which an exit may be the work of an end of mandate, (days,) of bool."""
        if self.mandate is None:
            return np.zeros(self.arm.days, dtype=bool)
        return self.mandate.near(self.arm.theatre, self.arm.days)

    def with_trigger(self, triggers: Sequence[str]) -> Array:
        """Return the members whose exit has one of these triggers, (members,) of bool."""
        return np.array([stay.trigger in triggers for stay in self.past.stays])


def read_analogue(config: DictConfig, theatre: str, overrides: Sequence[str]) -> Analogue:
    """Check a composed config and make the coalition of it.

    Args:
        config: composed by Hydra, of the job analogue.
        theatre: the name chosen in the group of theatres.
        overrides: that it was composed with.

    Raises:
        InputError: something cannot be used; one line.
    """
    for override in overrides:
        if override.partition("=")[0].lstrip("+~") in _SET_BY_THE_TABLE:
            raise InputError(f"{override}: the table of the coalition sets it; knockon analogue takes theatre, ensemble.worlds")
    plain = OmegaConf.to_container(config.theatre, resolve=True)
    if isinstance(plain, dict) and "other_announcements" not in plain:
        raise InputError(f"theatre={theatre} has no exits to be held against; try theatre=mnfi_2003 or theatre=past_coalition")
    given = read(_PastTheatre, "theatre", plain)
    if not (table := given.tables.members):
        raise InputError("theatre.tables.members is empty: which table? theatre.tables.members=./my_coalition.csv")
    try:
        past = read_past_coalition(table, given.announced)
        mandate = read_mandate(given.mandate, past)
    except DataError as error:
        raise InputError(str(error)) from None
    _check_members(table, past)
    end = given.end or past.last_exit + timedelta(days=1)
    others = given.other_announcements
    for announced in (past.announced, *others):
        if not past.first_day < announced < end:
            raise InputError(f"the announcement of {announced} lies outside the span of the table, {past.first_day} to {end}")
    kept = [override for override in overrides if not override.lstrip("+~").startswith("theatre")]
    arm = read_arm(_on_stage(config, past.first_day, (end - past.first_day).days), "stay", kept)
    _check_stage(arm)
    return Analogue(theatre, table, past, stage_coalition(arm, past), others, mandate)


def _check_members(table: str, past: PastCoalition) -> None:
    """Refuse members that the rules of peers and of framework nations have no meaning for."""
    for member in past.members:
        if member.framework_nation == member.name:
            raise InputError(f"{table}: {member.label} is its own framework_nation; leave it empty")
    if not any(member.troops for member in past.members):
        raise InputError(f"{table}: no member has troops, so none has a weight among its peers; give troops, or 1 to each")


def _check_stage(arm: Arm) -> None:
    """Refuse what an arm may have and a past coalition may not."""
    if arm.policies:
        raise InputError(f"policies.{arm.policies[0][0]}: a past coalition has the exit of its lead and no other policy")
    if arm.start is Start.HISTORY:
        raise InputError("ensemble.start=history: a past coalition starts when its first member arrives")
    if arm.ledger.uncertainty is not Uncertainty.PRIOR:
        raise InputError(
            f"ensemble.uncertainty={arm.ledger.uncertainty}: the exits of a past coalition are estimated from the priors;"
            " leave ensemble.uncertainty=prior"
        )


def _on_stage(config: DictConfig, start: date, days: int) -> DictConfig:
    """Return the config of an arm: the stage's tables, no dated event of 2020, the coalition's first day and span."""
    file = conf_folder() / "theatre" / f"{STAGE}.yaml"
    stage = {**read_yaml(file), "start": start.isoformat()}
    nothing = {"start": (start - timedelta(days=1)).isoformat(), "fixed": {}, "events": {}}
    arm = OmegaConf.masked_copy(config, [str(key) for key in config if key not in ("hydra", "theatre")])
    OmegaConf.set_struct(arm, False)
    arm.theatre, arm.history = stage, nothing
    arm.calendar = {name: event for name, event in config.calendar.items() if "date" not in event}
    arm.ensemble.days = days
    return arm


def table_name(table: str) -> str:
    """Return a table's file name, without the folder that it may lie in."""
    return Path(table).name
