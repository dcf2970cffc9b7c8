"""Mechanisms: parts of the model beyond the core, each switched off by neutral parameter values, never by a branch."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from experiments.config.defaults import conf_folder
from experiments.config.files import read_yaml
from experiments.errors import InputError, nearest
from sim.ledger.parameters import Parameter
from sim.policies.policy import Policy

_ON, _OFF = ("on", "true", "True"), ("off", "false", "False")


@dataclass(frozen=True, slots=True)
class Mechanism:
    """A part of the model that can be switched off.

    Attributes:
        meaning: what it is, and what its absence does.
        beyond_core: False where the core has it too.
        neutral: value of each parameter that switches it off.
    """

    name: str
    meaning: str
    beyond_core: bool
    neutral: Mapping[str, float]


@cache
def shipped_mechanisms() -> Mapping[str, Mechanism]:
    """Return the mechanisms by name, as shipped: one per file."""
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
    given: object, mechanisms: Mapping[str, Mechanism], parameters: Mapping[str, Parameter], policies: Mapping[str, Policy]
) -> dict[str, Parameter]:
    """Return the parameters with the mechanisms that are off at their neutral values.

    Args:
        given: "on" or "off" by mechanism.
        mechanisms: all there are.
        parameters: of the ledger.
        policies: in force, by name.

    Raises:
        InputError: an unknown mechanism or word, or a policy that says nothing without a mechanism.
    """
    if not isinstance(given, Mapping):
        raise InputError(f"mechanisms={given!r} is not a mapping of mechanisms to on or off")
    changed = dict(parameters)
    for name, word in given.items():
        if name not in mechanisms:
            raise InputError(
                f"mechanisms.{name}: there is no such mechanism{nearest(name, mechanisms)}; {', '.join(mechanisms)}"
            )
        if not (isinstance(word, str | bool) and str(word) in (*_ON, *_OFF)):
            raise InputError(f"mechanisms.{name}={word!r} is neither on nor off")
        if not is_off(word):
            continue
        if policy := next((key for key, policy in policies.items() if name in policy.needs), None):
            raise InputError(
                f"mechanisms.{name}=off leaves the policy {policy} nothing to act on: take it out or leave {name} on"
            )
        for parameter, value in mechanisms[name].neutral.items():
            changed[parameter] = neutralised(changed[parameter], value)
    return changed


def neutralised(parameter: Parameter, value: float) -> Parameter:
    """Return a parameter fixed at one value, for each of its names where it has several."""
    several = isinstance(parameter.value, tuple)
    values = tuple((name, value) for name, _ in parameter.items()) if several else value
    return replace(parameter, value=values, prior=None)
