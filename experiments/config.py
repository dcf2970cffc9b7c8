"""The border: composed YAML in, frozen objects and clear errors out. OmegaConf never goes further than this file."""

import dataclasses
import functools
import importlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

import yaml
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from experiments.consistency import check_consistency
from experiments.errors import InputError, nearest
from experiments.mechanisms import read_mechanisms, switch_off
from sim.calendar import Calendar, CalendarError, read_calendar
from sim.outcomes import Record
from sim.parameters import Domain, Ledger, Parameter, ParameterError, Switch, Uncertainty, read_parameter
from sim.policy import Policy
from sim.priors import Prior, PriorError
from sim.rule import sources_hash
from sim.theatre import DataError, Theatre, read_theatre, table_path

ROOTS = ("policies", "mechanisms", "switches", "calendar", "theatre", "ensemble", "compute", "results", "reference", "hydra")
_ENSEMBLE = {"worlds", "worlds_per_draw", "days", "seed", "uncertainty", "record"}
_COMPUTE = {"workers", "block"}
_TABLES = ("members", "factions", "sites", "governorates", "borders", "neighbours")
_NOT_RECORDED = ("results", "compute", "hydra")
"""Where and how a run was computed: it may hold personal paths, and changes no number."""
_LONGEST_RUN_DAYS = 3653
_LARGEST_BLOCK = 8192
_MOST_WORLDS = 10**8


def conf_folder() -> Path:
    """Return the folder of the configs: beside the packages in a checkout, inside this one when installed."""
    here = Path(__file__).parent
    beside = here.parent / "conf"
    return beside if (beside / "base.yaml").exists() else here / "conf"


@functools.cache
def declared() -> Mapping[str, Mapping[str, Mapping[str, object]]]:
    """Return the ledger as its files have it: by group, by entry."""
    files = sorted((conf_folder() / "parameters").glob("*.yaml"))
    return {file.stem: yaml.safe_load(file.read_text(encoding="utf-8")) for file in files}


def settings() -> set[str]:
    """Return every setting that the shipped configs have, with dots, parameters and all."""
    known = {f"{group}.{entry}" for group, entries in declared().items() for entry in entries}
    files = {
        "model": "full",
        "ensemble": "default",
        "compute": "serial",
        "switches": "default",
        "calendar": "known_2020",
        "theatre": "iraq_2020",
    }
    for group, name in files.items():
        text = (conf_folder() / group / f"{name}.yaml").read_text(encoding="utf-8")
        known |= {f"{'mechanisms' if group == 'model' else group}.{entry}" for entry in yaml.safe_load(text)}
    return known | {*ROOTS, *declared(), "scenario"}


def names_in(folder: str) -> list[str]:
    """Return the names of the configs of a group, such as "scenario"."""
    return sorted(file.stem for file in (conf_folder() / folder).glob("*.yaml"))


@dataclass(frozen=True, slots=True)
class Setup:
    """One arm, ready to run: everything that the model and its ensemble need.

    Attributes:
        scenario: its name. `swept`: the overrides that this arm was composed with.
        identity: what changes a world's numbers, as plain values. `key`: its hash.
        resolved: the whole config as plain values, for the record.
    """

    scenario: str
    swept: tuple[str, ...]
    ledger: Ledger
    theatre: Theatre
    calendar: Calendar
    policies: tuple[tuple[str, Policy], ...]
    worlds: int
    days: int
    seed: int
    record: Record
    workers: int
    block: int
    results: Path
    reference: str
    identity: Mapping[str, object]
    resolved: Mapping[str, object]

    @property
    def key(self) -> str:
        """Return the hash of what changes a world's numbers."""
        text = json.dumps(self.identity, sort_keys=True, separators=(",", ":"))
        return sha256(text.encode()).hexdigest()[:10]

    @property
    def folder(self) -> Path:
        """Return the folder of the arm's results."""
        return self.results / "arms" / f"{self.scenario}-{self.key}"


def read_setup(config: DictConfig, scenario: str, swept: Sequence[str] = ()) -> Setup:
    """Check a composed config and make the arm of it.

    Args:
        config: composed by Hydra, of any job.
        scenario: the name chosen in the group of scenarios.
        swept: the overrides that it was composed with.

    Raises:
        InputError: something in it cannot be used; one line.
    """
    try:
        own = OmegaConf.masked_copy(config, [str(key) for key in config if key != "hydra"])
        plain = cast(dict[str, Any], OmegaConf.to_container(own, resolve=True, throw_on_missing=True))
    except OmegaConfBaseException as error:
        raise InputError(str(error).splitlines()[0]) from None
    _check_keys("", plain, {*ROOTS, *declared()})
    missing = [name for name in (*ROOTS, *declared()) if name != "hydra" and plain.get(name) is None]
    if missing:
        raise InputError(f"the config misses {', '.join(missing)}")
    _check_values_take_effect(plain, swept)
    try:
        named = tuple(override for override in swept if override.lstrip("+").split("=")[0].split(".")[0] not in _NOT_RECORDED)
        return _setup(plain, scenario, named)
    except (ParameterError, PriorError, DataError, CalendarError) as error:
        raise InputError(str(error)) from None


def _setup(plain: dict[str, Any], scenario: str, swept: tuple[str, ...]) -> Setup:
    ensemble = _section(plain, "ensemble", _ENSEMBLE)
    compute = _section(plain, "compute", _COMPUTE)
    tables = _section(plain, "theatre", {"start", "tables"})["tables"]
    _check_keys("theatre.tables", tables, set(_TABLES))
    start = _start(plain["theatre"]["start"])
    theatre = read_theatre(start, {role: str(file) for role, file in tables.items()})
    calendar = read_calendar(start, plain["calendar"] or {})
    days = _whole("ensemble.days", ensemble["days"], 1, _LONGEST_RUN_DAYS)
    policies = tuple((name, _policy(name, given, days, theatre)) for name, given in (plain["policies"] or {}).items())
    mechanisms = read_mechanisms(conf_folder() / "mechanisms")
    ledger = Ledger(
        parameters=switch_off(plain["mechanisms"], mechanisms, _parameters(plain, theatre), dict(policies)),
        switches=_switches(plain["switches"]),
        uncertainty=_choice("ensemble.uncertainty", ensemble["uncertainty"], Uncertainty),
        worlds_per_draw=_whole("ensemble.worlds_per_draw", ensemble["worlds_per_draw"], 1),
    )
    check_consistency(ledger, theatre)
    seed = _whole("ensemble.seed", ensemble["seed"], 0)
    record = _choice("ensemble.record", ensemble["record"], Record)
    return Setup(
        scenario=scenario,
        swept=swept,
        ledger=ledger,
        theatre=theatre,
        calendar=calendar,
        policies=policies,
        worlds=_worlds(ensemble["worlds"]),
        days=days,
        seed=seed,
        record=record,
        workers=_whole("compute.workers", compute["workers"], 1),
        block=_whole("compute.block", compute["block"], 1, _LARGEST_BLOCK),
        results=Path(str(plain["results"])).expanduser(),
        reference=str(plain["reference"]),
        identity={
            "model": sources_hash(),
            "tables": {role: _hash_of(str(file)) for role, file in tables.items()},
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
        },
        resolved={name: value for name, value in plain.items() if name not in _NOT_RECORDED},
    )


def _start(value: object) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise InputError(f"theatre.start={value!r} is not a date such as 2020-09-30") from None


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


def _check_keys(where: str, given: object, known: set[str]) -> None:
    if not isinstance(given, Mapping):
        raise InputError(f"{where}={given!r} is not a mapping with {', '.join(sorted(known))}")
    for key in given:
        if key not in known:
            name = f"{where}.{key}" if where else str(key)
            names = {f"{where}.{entry}" if where else entry for entry in known}
            hint = nearest(name, names) or f"; allowed are {', '.join(sorted(known))}"
            raise InputError(f"{name}={given[key]!r} is no setting{hint}")


def _section(plain: Mapping[str, Any], name: str, keys: set[str]) -> Mapping[str, Any]:
    section = plain[name]
    _check_keys(name, section, keys)
    missing = keys - set(section)
    if missing:
        raise InputError(f"{name} misses {', '.join(sorted(missing))}")
    return cast(Mapping[str, Any], section)


def _check_values_take_effect(plain: Mapping[str, Any], swept: Sequence[str]) -> None:
    """Refuse `x.value=...` and `x={value: ...}` where the prior ignores it: an analyst would read the sweep as a result."""
    if plain["ensemble"].get("uncertainty") != Uncertainty.PRIOR.value:
        return
    for override in swept:
        matched = re.fullmatch(r"\+*(\w+)\.(\w+)(\.value)?=(.*)", override)
        if not matched or not (matched[3] or re.match(r"\{\s*value\s*:[^,]*\}$", matched[4])):
            continue
        entry = plain.get(matched[1], {}).get(matched[2])
        if not isinstance(entry, Mapping) or entry.get("fixed") or entry.get("prior") is None:
            continue
        if not Prior.read(entry["prior"]).wants_value:
            name = f"{matched[1]}.{matched[2]}"
            raise InputError(
                f"{override} would change nothing: {name} is drawn from its prior {entry['prior']};"
                f" write {name}={matched[4] if matched[3] else 'NUMBER'} to fix it or '{name}.prior=[...]' to change the prior"
            )


def _whole(name: str, value: object, low: int, high: int | None = None) -> int:
    allowed = f"a whole number of at least {low}" if high is None else f"a whole number from {low} to {high}"
    if isinstance(value, bool) or not isinstance(value, int):
        raise InputError(f"{name}={value!r} is not {allowed}")
    if value < low or (high is not None and value > high):
        raise InputError(f"{name}={value} is not {allowed}")
    return value


def _worlds(value: object) -> int:
    worlds = _whole("ensemble.worlds", value, 1)
    if worlds > _MOST_WORLDS:
        raise InputError(f"ensemble.worlds={worlds} is more than {_MOST_WORLDS:,}, the most that one arm can hold")
    return worlds


def _choice[E: (Uncertainty, Record)](name: str, value: object, kind: type[E]) -> E:
    try:
        return kind(str(value))
    except ValueError:
        allowed = [member.value for member in kind]
        raise InputError(f"{name}={value!r} is none of {', '.join(allowed)}{nearest(str(value), allowed)}") from None


def _parameters(plain: Mapping[str, Any], theatre: Theatre) -> dict[str, Parameter]:
    parameters = {}
    for group, entries in declared().items():
        given = plain.get(group)
        names = {f"{group}.{entry}" for entry in entries}
        if not isinstance(given, Mapping):
            raise InputError(f"{group}={given!r} is not a group of parameters: it has {', '.join(sorted(entries))}")
        for entry in given:
            if entry not in entries:
                name = f"{group}.{entry}"
                raise InputError(
                    f"{name}={given[entry]!r} is no parameter{nearest(name, _all_names() - names) or nearest(name, names)}"
                )
        missing = [entry for entry in entries if entry not in given]
        if missing:
            raise InputError(f"{group} misses {', '.join(missing)}")
        for entry in entries:
            name = f"{group}.{entry}"
            value = given[entry]
            if isinstance(value, Mapping) and value.get("value") == "by_member":
                value = {**value, "value": {member.name: getattr(member, entry) for member in theatre.members}}
            parameters[name] = read_parameter(name, value, entries[entry])
    return parameters


def _all_names() -> set[str]:
    return {f"{group}.{entry}" for group, entries in declared().items() for entry in entries}


def _switches(given: object) -> dict[str, Switch]:
    """Read the weights of each switch's forms, or the form that it is forced to."""
    known = yaml.safe_load((conf_folder() / "switches" / "default.yaml").read_text(encoding="utf-8"))
    _check_keys("switches", given, set(known))
    missing = sorted(set(known) - set(cast(Mapping[str, object], given)))
    if missing:
        raise InputError(f"switches misses {', '.join(missing)}")
    switches = {}
    for name, entry in cast(Mapping[str, object], given).items():
        forms = known[name]
        if isinstance(entry, str):
            if entry not in forms:
                raise InputError(f"switches.{name}={entry!r} is none of {', '.join(forms)}{nearest(entry, forms)}")
            weights: tuple[tuple[str, float], ...] = ((entry, 1.0),)
        else:
            _check_keys(f"switches.{name}", entry, set(forms))
            weights = tuple((form, _number(f"switches.{name}.{form}", weight)) for form, weight in cast(Any, entry).items())
        switches[name] = Switch(name, weights)
    return switches


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InputError(f"{name}={value!r} is not a number")
    return float(value)


def _policy(name: str, given: object, days: int, theatre: Theatre) -> Policy:
    """Make a policy from what a scenario says of it; what it leaves out is as in conf/policy/."""
    file = conf_folder() / "policy" / f"{name}.yaml"
    shipped = yaml.safe_load(file.read_text(encoding="utf-8")) if file.exists() else {}
    settings: dict[str, Any] = (
        {**shipped, **(cast(dict[str, Any], given) or {})} if isinstance(given, (Mapping, type(None))) else {}
    )
    if not isinstance(given, (Mapping, type(None))):
        raise InputError(f"policies.{name}={given!r} is not a mapping such as {{start: 14, strength: 1}}")
    if "_target_" not in settings:
        raise InputError(
            f"policies.{name}: there is no such policy{nearest(name, names_in('policy'))} ({', '.join(names_in('policy'))})"
        )
    kind = _policy_class(name, str(settings.pop("_target_")))
    _check_keys(f"policies.{name}", settings, {field.name for field in dataclasses.fields(kind)})
    start = _dial(f"policies.{name}.start", settings.pop("start", 14), Domain.NON_NEGATIVE)
    strength = _dial(f"policies.{name}.strength", settings.pop("strength", 1), kind.strength_domain)
    latest = start.prior.bounds()[1] if start.prior else cast(float, start.value)
    if latest >= days:
        raise InputError(f"policies.{name}.start={latest:g} lies beyond the horizon: the run ends after day {days - 1}")
    if kind.switch and (strength.prior is not None or strength.value not in (0.0, 1.0)):
        raise InputError(f"policies.{name}.strength is a switch, 0 or 1")
    if isinstance(settings.get("exits"), Mapping):
        settings["exits"] = {_member(name, member, theatre): day for member, day in settings["exits"].items()}
        exits = settings["exits"].items()
        beyond = [f"{member}: {day}" for member, day in exits if isinstance(day, int) and day >= days]
        if beyond:
            raise InputError(f"policies.{name}.exits: {', '.join(beyond)} lies beyond the horizon, day {days - 1}")
    try:
        return kind(start=start, strength=strength, **settings)
    except ValueError as error:
        raise InputError(f"policies.{name}.{error}") from None


def _policy_class(name: str, target: str) -> type[Policy]:
    module, _, attribute = target.rpartition(".")
    try:
        kind = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError):
        raise InputError(f"policies.{name}._target_={target!r} cannot be imported") from None
    if not (isinstance(kind, type) and issubclass(kind, Policy)):
        raise InputError(f"policies.{name}._target_={target!r} is no policy")
    return kind


def _dial(name: str, entry: object, domain: Domain) -> Parameter:
    """Read a start or strength: a number, or a prior such as [uniform, 14, 60]."""
    if isinstance(entry, Sequence) and not isinstance(entry, str):
        entry = {"prior": list(entry)}
    if isinstance(entry, Mapping):
        entry = {"domain": domain.value, "value": _centre(name, entry), **entry}
        return read_parameter(name, entry)
    return Parameter(name, _number(name, entry), None, domain)


def _centre(name: str, entry: Mapping[str, Any]) -> float:
    """Return the middle of a prior's bounds, for runs without uncertainty."""
    try:
        low, high = Prior.read(entry.get("prior")).bounds()
    except PriorError as error:
        raise InputError(f"{name}: {error}") from None
    return (low + high) / 2.0


def _member(policy: str, given: object, theatre: Theatre) -> str:
    key = re.sub(r"[^a-z0-9]+", "_", str(given).lower()).strip("_")
    names = [member.name for member in theatre.members]
    if key not in names:
        raise InputError(f"policies.{policy}.exits: {given!r} is no member{nearest(key, names)}")
    return key
