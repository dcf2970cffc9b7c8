"""One arm, ready to run, and what identifies it."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from experiments.compute import Compute
from experiments.posterior import Posterior
from experiments.venue import Venue
from sim.calendar import Calendar
from sim.forcings import Event
from sim.outcomes import Record
from sim.parameters import Ledger, Parameter
from sim.policy import Policy
from sim.rule import sources_hash
from sim.tables import table_path
from sim.theatre import Theatre
from sim.worlds import Phase


class Start(StrEnum):
    """Where the worlds of an arm start from."""

    AUTO = "auto"
    """Out of the year before where draws come from a posterior, which was fitted to it; else as given."""

    GIVEN = "given"
    """The states of day 0 as the parameters have them."""
    HISTORY = "history"
    """The end of the year before, lived through under the events that are known."""


@dataclass(frozen=True, slots=True)
class History:
    """What is known of the year before.

    Attributes:
        start: its first day.
        fixed: parameters that are fixed in it, each with its value: what did not happen is not drawn.
        forcings: its events by name.
    """

    start: date
    fixed: tuple[tuple[str, float], ...]
    forcings: tuple[tuple[str, Event], ...]


@dataclass(frozen=True, slots=True)
class Setup:
    """One arm, ready to run: everything that the model and its ensemble need.

    Attributes:
        scenario: its name. `start`: of its worlds. `history`: what is known of the year before it.
        forcings: known events that it lives through. `phase`: whose dice it throws. `posterior`: that its draws come from.
        `swept`: the overrides that this arm was composed with.
        identity: what changes a world's numbers, as plain values. `key`: its hash.
        venue: where the figures of its comparison are shown.
        dry_run: whether to tell what it would take, and compute nothing.
        resolved: the whole config as plain values, for the record.
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
    results: Path
    reference: str
    dry_run: bool
    identity: Mapping[str, object]
    resolved: Mapping[str, object]
    forcings: tuple[tuple[str, Event], ...] = ()
    phase: Phase = Phase.DAYS
    posterior: Posterior | None = None

    @property
    def key(self) -> str:
        """Return the hash of what changes a world's numbers."""
        return _hash(self.identity)

    @property
    def folder(self) -> Path:
        """Return the folder of the arm's results."""
        return self.results / "arms" / f"{self.scenario}-{self.key}"

    @property
    def start_key(self) -> str:
        """Return the hash of what changes the end of the year before: the arm's, but for what begins on day 0."""
        begins_later = ("policies", "days", "record")
        return _hash({**{k: v for k, v in self.identity.items() if k not in begins_later}, "history": _plain(self.history)})


def made_with(identity: Mapping[str, object], history: History) -> dict[str, str]:
    """Return hashes of what a posterior rests on besides the priors: `theatre`, `history` and the `model`."""
    theatre = {name: identity[name] for name in ("start", "tables")}
    return {"theatre": _hash(theatre), "history": _hash({"history": _plain(history)}), "model": str(identity["model"])}


def _hash(identity: Mapping[str, object]) -> str:
    text = json.dumps(identity, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()[:10]


def with_parameters(setup: Setup, parameters: Mapping[str, Parameter]) -> Setup:
    """Return an arm with other parameters, and the key that goes with them."""
    numbers = {name: _numbers_of(parameter) for name, parameter in parameters.items()}
    ledger = dataclasses.replace(setup.ledger, parameters=parameters)
    return dataclasses.replace(setup, ledger=ledger, identity={**setup.identity, "parameters": numbers})


def identity_of(
    start: date,
    tables: Mapping[str, str],
    calendar: Calendar,
    ledger: Ledger,
    policies: Sequence[tuple[str, Policy]],
    days: int,
    seed: int,
    record: Record,
    history: History | None,
    posterior: Posterior | None,
) -> dict[str, object]:
    """Return what changes a world's numbers, as plain values; the tables and the model's sources as hashes.

    The history is that which the worlds come out of, None where they start as given; the posterior that which they are drawn
    from.
    """
    return {
        "model": sources_hash(),
        "tables": {role: _hash_of(file) for role, file in tables.items()},
        "start": start.isoformat(),
        "calendar": _plain(calendar),
        "parameters": {name: _numbers_of(parameter) for name, parameter in ledger.parameters.items()},
        "switches": {name: list(switch.weights) for name, switch in ledger.switches.items()},
        "uncertainty": ledger.uncertainty.value,
        "worlds_per_draw": ledger.worlds_per_draw,
        "policies": [[name, _plain(policy)] for name, policy in policies],
        "days": days,
        "seed": seed,
        "record": record.value,
        **({} if history is None else {"history": _plain(history)}),
        **({} if posterior is None else {"posterior": posterior.digest}),
    }


def _hash_of(file: str) -> str:
    return sha256(table_path(file).read_bytes().replace(b"\r\n", b"\n")).hexdigest()[:16]


def _numbers_of(parameter: Parameter) -> list[object]:
    return [_plain(parameter.value), str(parameter.prior) if parameter.prior else None, parameter.each]


def _plain(value: object) -> object:
    """Return a value object as plain lists, numbers and texts, with the class that it was."""
    if isinstance(value, Parameter):
        return _numbers_of(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {"class": type(value).__name__, **fields}
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, frozenset):
        return [_plain(entry) for entry in sorted(value)]
    if isinstance(value, (list, tuple)):
        return [_plain(entry) for entry in value]
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)
