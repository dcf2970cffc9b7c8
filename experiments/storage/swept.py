"""The numbers that a sweep varies, by arm, and their priors: from what the folders of the arms record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from experiments.config.defaults import declared
from experiments.storage.comparison import Comparison
from sim.ledger.priors import Prior

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_MOST = 2
"""Settings of a curve or a surface."""
_FEWEST_VALUES = 2


@dataclass(frozen=True, slots=True)
class Swept:
    """One or two numbers that a sweep varies.

    Attributes:
        settings: their dotted names. `values`: by label of an arm that has all of them, in this order.
        series: by label, the scenario and what else was swept. `priors`: quantiles of the shipped prior by setting.
    """

    settings: tuple[str, ...]
    values: Mapping[str, tuple[float, ...]]
    series: Mapping[str, str]
    priors: Mapping[str, tuple[float, ...]]


def numbers_swept(comparison: Comparison) -> Swept | None:
    """Return the one or two numbers that the arms of a comparison differ in; None where there are none, or more."""
    arms = {label: _overrides(comparison, label) for label in comparison.stores}
    names = list(dict.fromkeys(name for given in arms.values() for name in given))
    varying = [name for name in names if len({given[name] for given in arms.values() if name in given}) >= _FEWEST_VALUES]
    numbers = {label: {name: _number(given[name], comparison.start) for name in varying if name in given and _is_drawn(name)}
               for label, given in arms.items()}  # fmt: skip
    settings = [
        name for name in varying if all(numbers[label].get(name, 0.0) is not None for label in arms) and _is_drawn(name)
    ]
    if not 1 <= len(settings) <= _MOST:
        return None
    values = {label: tuple(float(found[name] or 0.0) for name in settings)
              for label, found in numbers.items() if all(name in found for name in settings)}  # fmt: skip
    others = [name for name in varying if name not in settings]
    series = {label: ", ".join([str(comparison.manifest(label)["scenario"]),
                                *(f"{name.rpartition('.')[2]}={arms[label][name]}" for name in others if name in arms[label])])
              for label in values}  # fmt: skip
    return Swept(tuple(settings), values, series, {name: found for name in settings if (found := _prior(name))})


def _overrides(comparison: Comparison, label: str) -> dict[str, str]:
    pairs = (str(override).lstrip("+").partition("=") for override in comparison.manifest(label).get("swept", []))
    return {name: value for name, equals, value in pairs if equals and name not in ("scenario", "experiment")}


def _is_drawn(name: str) -> bool:
    """Tell whether a setting is a parameter, or a number of a policy."""
    group, _, entry = name.partition(".")
    return bool(entry) and (group == "policies" or entry.partition(".")[0] in declared().get(group, {}))


def _number(text: str, start: date | None) -> float | None:
    """Return a number, of a date its day."""
    try:
        return float(text)
    except ValueError:
        pass
    try:
        return None if start is None else float((date.fromisoformat(text.strip("'\"")) - start).days)
    except ValueError:
        return None


def _prior(name: str) -> tuple[float, ...]:
    """Return the quantiles of the shipped prior of a parameter with one number; empty where it has none."""
    group, _, entry = name.removesuffix(".value").partition(".")
    shipped: Mapping[str, Any] = declared().get(group, {}).get(entry, {})
    if not shipped or shipped.get("fixed") or isinstance(shipped.get("value"), Mapping):
        return ()
    value = shipped.get("value")
    found = Prior.read(shipped["prior"]).quantile(np.array(QUANTILES), float(value if isinstance(value, int | float) else 0.0))
    return tuple(map(float, found))
