"""Read a composed config: turn YAML into frozen objects or clear errors. No other module sees OmegaConf."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from experiments.config.arm import Arm, Start, made_with
from experiments.config.checks import check_consistency
from experiments.config.compute import Compute, read_matters, read_venue
from experiments.config.dates import LONGEST_RUN_DAYS, dated_calendar, horizon, in_days
from experiments.config.defaults import BESIDE_AN_ARM, OF_ONE_JOB, ROOTS, declared
from experiments.config.fields import MOST_WORLDS, Day, Section, YesNo, check_keys, read, whole
from experiments.config.files import leaves, place_of
from experiments.config.history import read_history
from experiments.config.ledger import check_values_take_effect, read_parameters, read_switches
from experiments.config.mechanisms import shipped_mechanisms, switch_off
from experiments.config.own import brought, recorded, recorded_override
from experiments.config.policies import read_policy
from experiments.config.posterior import read_posterior
from experiments.config.show import read_references, read_show, with_leading_reference
from experiments.errors import InputError
from sim.history.forcings import ForcingError
from sim.ledger.design import DesignError
from sim.ledger.parameters import Ledger, ParameterError, Uncertainty
from sim.ledger.priors import PriorError
from sim.record.record import Record
from sim.theatre.calendar import CalendarError, read_calendar
from sim.theatre.tables import DataError
from sim.theatre.theatre import read_theatre

OF_THE_MACHINE = ("results", "compute", "hydra")
"""Settings of the computation: the only ones that may have values from outside, such as `${oc.env:SCRATCH}`."""
_REFERENCE = re.compile(r"\$\{\.*(?P<root>\w+)(?:\.\w+|\[\w+\])*\}")
_CLASSES = re.compile(r"policies\.[^.]+\._target_|history\.events\.[^.]+\._target_")
"""Settings that may name the analyst's own class."""


def resolved(config: DictConfig, names: Collection[str] | None = None) -> dict[str, Any]:
    """Return entries of a composed config, by default all but Hydra's own, as plain values."""
    wanted = [str(name) for name in config if name != "hydra" and (names is None or name in names)]
    plain: dict[str, Any] = {}
    for name in wanted:
        node = config._get_node(name)
        raw = OmegaConf.to_container(node, resolve=False) if OmegaConf.is_config(node) else getattr(node, "_value", str)()
        plain[name] = raw
        for where, value in leaves(name, raw):
            if where.rpartition(".")[2] == "_target_" and not _CLASSES.fullmatch(where):
                raise InputError(f"{where}={value!r}: only a policy, and an event of history.events, can name a class")
            if not isinstance(value, str):
                continue
            if name not in OF_THE_MACHINE:
                _check_reference(where, value)
            if "${" in value or value == "???":
                plain.pop(name, None)
    try:
        return {name: plain[name] if name in plain else _plain(config[name]) for name in wanted}
    except OmegaConfBaseException as error:
        raise InputError(str(error).splitlines()[0]) from None


def _check_reference(where: str, value: str) -> None:
    """Refuse environment variables, dates and paths of this machine in settings that are recorded."""
    for place in re.finditer(r"\$\{", value):
        matched = _REFERENCE.match(value, place.start())
        if matched is None or matched["root"] in OF_THE_MACHINE:
            raise InputError(
                f"{where}={value!r}: a recorded setting may refer to another one, ${{ensemble.days}}, but not to anything"
                " of this machine (oc.env, now, hydra, results, compute)"
            )


def _plain(node: Any) -> Any:
    return OmegaConf.to_container(node, resolve=True, throw_on_missing=True) if OmegaConf.is_config(node) else node


_NOT_RECORDED = (*OF_THE_MACHINE, *BESIDE_AN_ARM)
"""Settings that may include personal paths; they change no number."""
_LONGEST_NAME = 200
"""Bytes: file systems allow 255, and the key of an arm and temporary files need some."""
_LONGEST_TITLE = 120
_LARGEST_SEED = 2**53 - 1
"""Largest whole number that all programs can read in results."""


@dataclass(frozen=True, slots=True)
class _Ensemble(Section):
    worlds: Annotated[int, whole(1, MOST_WORLDS)]
    worlds_per_draw: Annotated[int, whole(1, MOST_WORLDS)]
    days: Annotated[int, whole(1, LONGEST_RUN_DAYS)]
    seed: Annotated[int, whole(0, _LARGEST_SEED)]
    uncertainty: Uncertainty
    posterior: str
    start: Start
    record: Record


@dataclass(frozen=True, slots=True)
class _Tables(Section):
    members: str
    factions: str
    sites: str
    governorates: str
    borders: str
    neighbours: str


@dataclass(frozen=True, slots=True)
class _Theatre(Section):
    start: Day
    tables: _Tables


def read_arm(plain: dict[str, Any], scenario: str, swept: Sequence[str] = ()) -> Arm:
    """Check a composed config of any job, as plain values, and make its arm.

    `scenario` is the name chosen in this group, `swept` are the overrides of the composition.
    """
    for job in OF_ONE_JOB:
        if job in plain:
            raise InputError(f"the section {job} is read only by knockon {job}: an experiment that sets it belongs to that job")
    check_keys("", plain, {*ROOTS, *BESIDE_AN_ARM, *declared()})
    missing = [name for name in (*ROOTS, *declared()) if name != "hydra" and plain.get(name) is None]
    if missing:
        raise InputError(f"the config misses {', '.join(missing)}")
    plain = with_leading_reference(plain, swept)
    plain = _with_days(plain)
    check_values_take_effect(plain, swept)
    _check_length("scenario", scenario)
    try:
        return _arm(plain, scenario, _named(swept))
    except (ParameterError, PriorError, DataError, CalendarError, ForcingError, DesignError) as error:
        raise InputError(str(error)) from None


def with_policies(arm: Arm, policies: Mapping[str, object], scenario: str, swept: Sequence[str] = ()) -> Arm:
    """Return a checked arm with other policies, read and checked like those of a config; nothing else is read again."""
    given = in_days(policies, arm.theatre.start)
    try:
        read = tuple((name, read_policy(name, entry, arm.days, arm.theatre)) for name, entry in given.items())
        switch_off(arm.resolved["mechanisms"], shipped_mechanisms(), arm.ledger.parameters, dict(read))
    except ParameterError as error:
        raise InputError(str(error)) from None
    resolved = {**arm.resolved, "policies": recorded(given)}
    return arm.with_policies(read, scenario=scenario, swept=_named(swept), resolved=resolved)


def _named(swept: Sequence[str]) -> tuple[str, ...]:
    sections = ((override, override.lstrip("+").partition("=")[0].partition(".")[0]) for override in swept)
    return tuple(recorded_override(override) for override, section in sections if section not in _NOT_RECORDED)


def _with_days(plain: dict[str, Any]) -> dict[str, Any]:
    """Return the config with days in place of dates, but with dates in its calendar."""
    theatre = plain["theatre"]
    if not isinstance(theatre, Mapping) or "start" not in theatre:
        return plain  # refused below
    start = read(Day, "theatre.start", theatre["start"])
    changed = {"calendar": dated_calendar(plain["calendar"], start)}
    if isinstance(ensemble := plain["ensemble"], Mapping) and "days" in ensemble:
        changed["ensemble"] = {**ensemble, "days": horizon(ensemble["days"], start)}
    if isinstance(policies := plain["policies"], Mapping):
        changed["policies"] = in_days(policies, start)
    return {**plain, **changed}


def _arm(plain: dict[str, Any], scenario: str, swept: tuple[str, ...]) -> Arm:
    ensemble = read(_Ensemble, "ensemble", plain["ensemble"])
    if "other_announcements" in plain["theatre"]:
        raise InputError("theatre: a past coalition has only a lead and members: run it with knockon analogue")
    given = read(_Theatre, "theatre", plain["theatre"])
    files: dict[str, str] = asdict(given.tables)
    theatre = read_theatre(given.start, files)
    calendar = read_calendar(given.start, plain["calendar"] or {})
    _check_dates(plain["calendar"] or {}, given.start)
    if not isinstance(plain["policies"], Mapping):
        raise InputError(f"policies={plain['policies']!r} is not a mapping such as {{full_pullout: {{start: 14}}}}")
    policies = tuple((name, read_policy(name, entry, ensemble.days, theatre)) for name, entry in plain["policies"].items())
    ledger = Ledger(
        parameters=switch_off(plain["mechanisms"], shipped_mechanisms(), read_parameters(plain), dict(policies)),
        switches=read_switches(plain["switches"]),
        uncertainty=ensemble.uncertainty,
        worlds_per_draw=ensemble.worlds_per_draw,
    )
    check_consistency(ledger, theatre)
    is_posterior = ledger.uncertainty is Uncertainty.POSTERIOR
    posterior = read_posterior(ensemble.posterior) if is_posterior else None
    if posterior is not None:
        ledger = replace(ledger, design=posterior.design(ledger))
    begins = ensemble.start
    if begins is Start.AUTO:
        begins = Start.HISTORY if is_posterior else Start.GIVEN
    history = read_history(plain, theatre, ledger.parameters)
    arm = Arm(
        scenario=scenario,
        swept=swept,
        ledger=ledger,
        theatre=theatre,
        calendar=calendar,
        policies=policies,
        start=begins,
        history=history,
        worlds=ensemble.worlds,
        days=ensemble.days,
        seed=ensemble.seed,
        record=ensemble.record,
        compute=read(Compute, "compute", plain["compute"]),
        venue=read_venue(plain),
        matters=read_matters(plain),
        results=_results(plain["results"]),
        reference=str(plain["reference"]),
        dry_run=read(YesNo, "dry_run", plain.get("dry_run", False)),
        resolved={name: recorded(value) for name, value in plain.items() if name not in _NOT_RECORDED},
        posterior=posterior,
        title=_text_for_people("title", plain.get("title")),
        labels=_labels(plain.get("labels")),
        show=read_show(plain),
        references=read_references(plain),
        brought=brought([*files.values(), *([ensemble.posterior] if is_posterior else [])]),
    )
    if posterior is not None:
        _check_made_with(f"ensemble.posterior={ensemble.posterior}", posterior.made_with, arm)
    return arm


def _check_made_with(where: str, then: Mapping[str, str], arm: Arm) -> None:
    """Refuse a posterior with states of another theatre, or of another year before."""
    now = made_with(arm)
    instead = "use ensemble.uncertainty=prior, or fit a new posterior with knockon calibrate"
    if then.get("theatre") != now["theatre"]:
        raise InputError(f"{where} was calibrated with other tables or another start of the theatre: {instead}")
    if arm.start is Start.HISTORY and then.get("history") != now["history"]:
        raise InputError(f"{where} was calibrated with another history: {instead}")


def _results(value: object) -> Path:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InputError(f"results={value!r} is not the name of a folder")
    for part in Path(str(value)).parts:
        _check_length("results", part)
    return place_of(str(value))


def _text_for_people(where: str, given: object) -> str:
    if given is None:
        return ""
    if isinstance(given, bool | Mapping | list) or len(text := " ".join(str(given).split())) > _LONGEST_TITLE:
        raise InputError(f"{where}={str(given)[:40]!r} is not a text of at most {_LONGEST_TITLE} characters")
    return text


def _labels(given: object) -> tuple[tuple[str, str], ...]:
    if given is not None and not isinstance(given, Mapping):
        raise InputError(f"labels={given!r} is not a mapping such as 'labels={{us_pullout: All leave}}'")
    labels = {str(name): _text_for_people(f"labels.{name}", text) for name, text in (given or {}).items()}
    if empty := [name for name, text in labels.items() if not text]:
        raise InputError(f"labels.{empty[0]} is empty: give it a name, or leave it out")
    return tuple(labels.items())


def _check_length(where: str, name: str) -> None:
    if len(name.encode()) > _LONGEST_NAME:
        raise InputError(f"{where}={name[:40]}...: a name can have {_LONGEST_NAME} bytes, this has {len(name.encode())}")


def _check_dates(events: Mapping[str, Any], start: date) -> None:
    """Refuse dates that no run can reach; such a typing error would silently remove an event."""
    for name, event in events.items():
        when = event.get("date")
        if when is not None and not -366 <= (date.fromisoformat(str(when)) - start).days <= LONGEST_RUN_DAYS:
            raise InputError(
                f"calendar.{name}.date={when}: it is too far from {start}, the start of the run (from 366 days before to"
                f" {LONGEST_RUN_DAYS} days after it); ~calendar.{name} removes the event"
            )
