"""Read policies: turn a name, a start, a strength and settings into a frozen policy."""

import dataclasses
import importlib
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import entry_points
from typing import Any, cast

from experiments.config.dates import day_and_date
from experiments.config.defaults import conf_file, conf_folder, names_in
from experiments.config.fields import Number, check_keys, class_named, read
from experiments.config.files import read_yaml
from experiments.errors import InputError, nearest
from sim.ledger.parameters import Domain, Parameter, read_parameter
from sim.ledger.priors import Prior, PriorError
from sim.policies.policy import Policy
from sim.theatre.theatre import Theatre

_GROUP = "knockon.policies"
"""The entry points with which an installed package offers policies: `escort = "my_policies:Escort"`."""


@cache
def shipped_policies() -> Mapping[str, tuple[type[Policy], Mapping[str, Any]]]:
    """Return the class and the shipped settings of each policy."""
    found = {}
    for name in names_in("policy"):
        settings = dict(read_yaml(conf_folder() / "policy" / f"{name}.yaml"))
        module, _, attribute = str(settings.pop("_target_")).rpartition(".")
        found[name] = (cast(type[Policy], getattr(importlib.import_module(module), attribute)), settings)
    return found


def read_policy(name: str, given: object, days: int, theatre: Theatre) -> Policy:
    """Make a policy from its settings in a scenario; conf/policy/ supplies the missing settings."""
    file = conf_file(f"policy/{name}")
    shipped = read_yaml(file) if file.exists() else {}
    if given is None:
        raise InputError(f"policies.{name}=null: write {{}} for the settings of conf/policy/, or ~policies.{name} to remove it")
    if not isinstance(given, Mapping):
        raise InputError(f"policies.{name}={given!r} is not a mapping such as {{start: 14, strength: 1}}")
    settings: dict[str, Any] = {**shipped, **cast(dict[str, Any], given)}
    if "_target_" not in settings and (installed := [*entry_points(group=_GROUP, name=name)]):
        settings["_target_"] = installed[0].value.replace(":", ".")
    if "_target_" not in settings:
        known = [*names_in("policy"), *entry_points(group=_GROUP).names]
        raise InputError(f"policies.{name}: there is no such policy{nearest(name, known)} ({', '.join(known)})")
    kind = class_named(f"policies.{name}._target_", settings.pop("_target_"), Policy)
    check_keys(f"policies.{name}", settings, {field.name for field in dataclasses.fields(kind)})
    start = _dial(f"policies.{name}.start", settings.pop("start", 14), Domain.NON_NEGATIVE)
    strength = _dial(f"policies.{name}.strength", settings.pop("strength", 1), kind.strength_domain)
    if start.prior is None and not cast(float, start.value).is_integer():
        raise InputError(f"policies.{name}.start={start.value:g} is not a whole day")
    latest = start.prior.bounds()[1] if start.prior else cast(float, start.value)
    if latest >= days:
        raise InputError(
            f"policies.{name}.start={day_and_date(latest, theatre.start)} is beyond the horizon: the"
            f" run ends after day {_last(days, theatre)}"
        )
    if kind.switch and (strength.prior is not None or strength.value not in (0.0, 1.0)):
        raise InputError(f"policies.{name}.strength is a switch, 0 or 1")
    setting = kind.days_by_member
    if isinstance(settings.get(setting), Mapping):
        where = f"policies.{name}.{setting}"
        settings[setting] = {_member(where, member, theatre): day for member, day in settings[setting].items()}
        given_days = settings[setting].items()
        if beyond := [f"{member}: {day}" for member, day in given_days if isinstance(day, int) and day >= days]:
            raise InputError(f"{where}: {', '.join(beyond)} is beyond the horizon, day {_last(days, theatre)}")
    try:
        return kind(start=start, strength=strength, **settings)
    except ValueError as error:
        raise InputError(f"policies.{name}.{error}") from None


def _last(days: int, theatre: Theatre) -> str:
    return day_and_date(days - 1, theatre.start)


def _dial(name: str, entry: object, domain: Domain) -> Parameter:
    """Read a start or strength: a number, or a prior such as [uniform, 14, 60]."""
    if isinstance(entry, Sequence) and not isinstance(entry, str):
        entry = {"prior": list(entry)}
    if isinstance(entry, Mapping):
        try:
            low, high = Prior.read(entry.get("prior")).bounds()
        except PriorError as error:
            raise InputError(f"{name}: {error}") from None
        # runs without uncertainty have the middle
        return read_parameter(name, {"domain": domain.value, "value": (low + high) / 2.0, **entry})
    return Parameter(name, read(Number, name, entry), None, domain)


def _member(where: str, given: object, theatre: Theatre) -> str:
    key = re.sub(r"[^a-z0-9]+", "_", str(given).lower()).strip("_")
    names = [member.name for member in theatre.members]
    if key not in names:
        raise InputError(f"{where}: {given!r} is no member{nearest(key, names)}")
    return key
