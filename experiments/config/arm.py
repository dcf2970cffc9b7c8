"""One arm, ready to run, and its identity."""

import dataclasses
import glob
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from experiments.analysis.matters import Matters
from experiments.config.compute import Compute
from experiments.config.posterior import Posterior
from experiments.config.show import Show
from experiments.config.sources import sources_hash
from experiments.figures.venue import Venue
from sim import agents
from sim.history.forcings import Forcing
from sim.ledger.parameters import Ledger, Parameter
from sim.phase import Phase
from sim.policies.policy import Policy
from sim.record.record import Record
from sim.theatre.calendar import Calendar
from sim.theatre.theatre import Theatre


class Start(StrEnum):
    """The initial states of the worlds of an arm."""

    AUTO = "auto"
    """`HISTORY` if draws come from a posterior, which was fitted to the year before; otherwise `GIVEN`."""

    GIVEN = "given"
    """The states of day 0 that the parameters give."""
    HISTORY = "history"
    """The states at the end of the year before, which is simulated with its known events."""


@dataclass(frozen=True, slots=True)
class History:
    """The known facts of the year before.

    Attributes:
        start: its first day.
        fixed: parameters with a fixed value in that year, for example of events that did not happen.
        forcings: its events by name.
    """

    start: date
    fixed: tuple[tuple[str, float], ...]
    forcings: tuple[tuple[str, Forcing], ...]


_WORLDS = frozenset({"sim.model", "sim.record.recorder", *agents.modules()})
"""Modules that simulate and record the days of every arm."""
_YEAR_BEFORE = "sim.history.year_before"
"""The module that sets the states at the start of the year before, and takes the states at its end."""


@dataclass(frozen=True, repr=False)
class Arm:
    """One arm, ready to run: everything that the model and its ensemble need.

    Attributes:
        swept: the overrides that it was composed with.
        venue: of the figures of its comparison. `matters`: the smallest differences that matter in it.
        dry_run: whether to print an estimate and compute nothing.
        resolved: the whole config as plain values, for the record.
        forcings: known events in its days. `phase`: of the dice. `posterior`: of its draws.
        title: of its comparison. `labels`: names for people, by label or scenario.
        show: what a comparison shows. `references`: scenarios to compare with, one after the other, if there are several.
        brought: the analyst's own tables and draws, each by its recorded name and its path.
    """

    scenario: str
    swept: tuple[str, ...]
    ledger: Ledger
    theatre: Theatre
    calendar: Calendar
    policies: tuple[tuple[str, Policy], ...]
    start: Start
    history: History
    worlds: int
    days: int
    seed: int
    record: Record
    compute: Compute
    venue: Venue
    matters: Matters
    results: Path
    reference: str
    dry_run: bool
    resolved: Mapping[str, object]
    forcings: tuple[tuple[str, Forcing], ...] = ()
    phase: Phase = Phase.DAYS
    posterior: Posterior | None = None
    brought: tuple[tuple[str, Path], ...] = ()
    title: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    show: Show = field(default_factory=Show)
    references: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Return one line: the whole config has a quarter of a million characters."""
        policies = ", ".join(f"{name} from day {_said(policy.start)}" for name, policy in self.policies)
        return (
            f"<Arm {self.scenario}-{self.key}: {self.worlds:,} worlds of {self.days:,} days, seed {self.seed},"
            f" uncertainty={self.ledger.uncertainty}; {policies or 'no policy'}>"
        )

    @cached_property
    def identity(self) -> Mapping[str, object]:
        """Return everything that changes a world's numbers, as plain values; tables, designs and sources as hashes."""
        ledger, theatre = self.ledger, self.theatre
        return {
            "model": sources_hash(self.modules),
            "tables": {
                field.name: _hash(_plain(getattr(theatre, field.name)))
                for field in dataclasses.fields(theatre)
                if field.name != "start"
            },
            "start": theatre.start.isoformat(),
            "calendar": _plain(self.calendar),
            "parameters": _plain(ledger.parameters),
            "switches": {name: _plain(switch.weights) for name, switch in ledger.switches.items()},
            "uncertainty": ledger.uncertainty.value,
            "worlds_per_draw": ledger.worlds_per_draw,
            "policies": _plain(self.policies),
            "days": self.days,
            "seed": self.seed,
            "record": self.record.value,
            **({} if self.phase is Phase.DAYS else {"phase": self.phase.name}),
            **({"forcings": _plain(self.forcings)} if self.forcings else {}),
            **({"history": _plain(self.history)} if self.start is Start.HISTORY else {}),
            **({"design": ledger.design.digest} if ledger.design else {}),
            **({"posterior": self.posterior.digest} if self.posterior else {}),
        }

    @cached_property
    def key(self) -> str:
        """Return the hash of the identity."""
        return _hash(self.identity)

    def with_policies(self, policies: tuple[tuple[str, Policy], ...], **unidentified: Any) -> "Arm":
        """Return the arm with other policies, and with other values of attributes that are no part of its identity.

        The rest of the identity is kept: to compute it again would take longer than to run a month.
        """
        arm = dataclasses.replace(self, policies=policies, **unidentified)
        changed = {"policies": _plain(policies), "model": sources_hash(arm.modules)}
        vars(arm)["identity"] = {**self.identity, **changed}  # as `cached_property` keeps it
        return arm

    @property
    def seed_of_samples(self) -> int:
        """Return the seed for libraries that take 32 bits; the seed plus 1, which some of them get, has 32 bits too."""
        return self.seed % (2**32 - 1)

    @property
    def modules(self) -> frozenset[str]:
        """Return the modules that act in its worlds; their imports belong to the arm too."""
        events, years = self.forcings, () if self.phase is Phase.DAYS else (_YEAR_BEFORE,)
        if self.start is Start.HISTORY:
            events, years = (*events, *self.history.forcings), (_YEAR_BEFORE,)
        return frozenset({*_WORLDS, *years, *(type(actor).__module__ for _, actor in (*self.policies, *events))})

    @cached_property
    def folder(self) -> Path:
        """Return the folder of the arm's results: the existing folder of its key, else a new one named by its settings."""
        place, scenario = self.results / "arms", self.scenario.replace("/", "-")
        for there in (f"{scenario}-{self.key}", f"{glob.escape(scenario)},*-{self.key}"):
            if found := sorted(place.glob(there)):
                return found[0]
        return place / f"{scenario}{what_is_set(self.swept)}-{self.key}"


_LONGEST_SETTINGS = 80
_OF_SIZE = ("scenario", "ensemble", "ensemble.worlds", "ensemble.days", "ensemble.record", "experiment", "reference")
"""Settings that a folder's name leaves out."""


def what_is_set(swept: Sequence[str]) -> str:
    """Return the settings of an arm as part of a folder's name.

    >>> what_is_set(["scenario=stay", "militias.effect_of_restraint=1.5", "ensemble.worlds=20"])
    ',effect_of_restraint=1.5'
    """
    pairs = [override.lstrip("+").partition("=") for override in swept]
    told = [f"{name.rpartition('.')[2]}={value}" if is_set else f"no_{name.lstrip('~')}" for name, is_set, value in pairs
            if name not in _OF_SIZE]  # fmt: skip
    text = "".join(f",{re.sub(r'[^A-Za-z0-9_.=+-]+', '_', one).strip('_')}" for one in told)
    return text if len(text) <= _LONGEST_SETTINGS else f"{text[:_LONGEST_SETTINGS].rstrip('._-')}_etc"


def made_with(arm: Arm) -> dict[str, str]:
    """Return the hashes behind a posterior of an arm, besides the priors: `theatre`, `history` and `model`."""
    modules = {*_WORLDS, _YEAR_BEFORE, *(type(event).__module__ for _, event in arm.history.forcings)}
    return {"theatre": _hash(_plain(arm.theatre)), "history": _hash(_plain(arm.history)), "model": sources_hash(modules)}


def with_parameters(arm: Arm, parameters: Mapping[str, Parameter]) -> Arm:
    """Return an arm with other parameters."""
    return dataclasses.replace(arm, ledger=dataclasses.replace(arm.ledger, parameters=parameters))


def _said(dial: Parameter) -> str:
    return f"{dial.value:g}" if dial.prior is None else f"{dial.prior}"


def _hash(plain: object) -> str:
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()[:10]


def _plain(value: object) -> object:
    """Return a value object as plain lists, numbers and texts, with its class; equal numbers (1 and 1.0) become the same."""
    if value is None or isinstance(value, (str, bool, int)):  # most are: first
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, Parameter):
        return [_plain(value.value), _plain(value.prior)]
    if isinstance(value, (list, tuple)):
        return [_plain(entry) for entry in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {"class": type(value).__name__, **fields}
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, frozenset):
        return [_plain(entry) for entry in sorted(value)]
    if isinstance(value, np.ndarray):
        return [list(value.shape), value.dtype.str, sha256(value.tobytes()).hexdigest()]
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} cannot be part of a key")
