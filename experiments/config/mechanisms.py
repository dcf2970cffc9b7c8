"""Mechanisms: parts of the model that neutral values of parameters switch off; the code needs no branch."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from experiments.config.defaults import conf_folder
from experiments.config.files import read_yaml
from experiments.errors import InputError, nearest

if TYPE_CHECKING:  # `describe` names mechanisms without the model
    from sim.ledger.parameters import Parameter
    from sim.policies.policy import Policy

_ON, _OFF = ("on", "true", "True"), ("off", "false", "False")


@dataclass(frozen=True, slots=True)
class Mechanism:
    """A part of the model that can be switched off.

    Attributes:
        meaning: of the part, and the effect of its absence.
        beyond_core: whether the core lacks it.
        neutral: the values of parameters that switch it off.
    """

    name: str
    meaning: str
    beyond_core: bool
    neutral: Mapping[str, float]


@cache
def shipped_mechanisms() -> Mapping[str, Mechanism]:
    """Return the shipped mechanisms by name, one per file."""
    found = {}
    for file in sorted((conf_folder() / "mechanisms").glob("*.yaml")):
        entry = read_yaml(file)
        neutral = {name: float(value) for name, value in entry["neutral"].items()}
        found[file.stem] = Mechanism(file.stem, entry["meaning"], entry["beyond_core"], neutral)
    return found


def is_off(word: object) -> bool:
    """Tell whether a config's word switches a mechanism off."""
    return isinstance(word, str | bool) and str(word) in _OFF


def switch_off(
    given: object, mechanisms: Mapping[str, Mechanism], parameters: "Mapping[str, Parameter]", policies: "Mapping[str, Policy]"
) -> "dict[str, Parameter]":
    """Return the parameters with neutral values for the mechanisms that are off.

    `given` is "on" or "off" by mechanism. InputError: an unknown mechanism or word, or a policy that needs a mechanism.
    """
    if not isinstance(given, Mapping):
        raise InputError(f"mechanisms={given!r} is not a mapping of mechanisms to on or off")
    changed = dict(parameters)
    for name, word in given.items():
        if name not in mechanisms:
            hint = f"{nearest(name, mechanisms)}; {', '.join(mechanisms)}"
            raise InputError(f"mechanisms.{name}: there is no such mechanism{hint}")
        if not (isinstance(word, str | bool) and str(word) in (*_ON, *_OFF)):
            raise InputError(f"mechanisms.{name}={word!r} is neither on nor off")
        if not is_off(word):
            continue
        if policy := next((key for key, policy in policies.items() if name in policy.needs), None):
            raise InputError(f"mechanisms.{name}=off leaves the policy {policy} without effect: remove it or leave {name} on")
        for parameter, value in mechanisms[name].neutral.items():
            changed[parameter] = neutralised(changed[parameter], value)
    return changed


def neutralised(parameter: "Parameter", value: float) -> "Parameter":
    """Return a parameter fixed at one value, for all of its names if it has several."""
    several = isinstance(parameter.value, tuple)
    values = tuple((name, value) for name, _ in parameter.items()) if several else value
    return replace(parameter, value=values, prior=None)
