"""The answer of a sweep of one or two numbers: the response, its crossings of thresholds, and both in words.

The folders of the arms record which numbers a sweep varies, and their priors.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from experiments.analysis.response import NO_DIFFERENCE, crossings, response
from experiments.config.defaults import declared
from experiments.config.show import headlines, outcomes_shown
from experiments.figures.names import arm_name, sentence_case
from experiments.reports.sentences import amount
from experiments.storage.comparison import Comparison
from sim.ledger.priors import Prior

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_MOST = 2
"""Settings of a curve or a surface."""
RESPONSE = ("response", "crossings")
"""Tables of a sweep of one or two numbers that are put into words."""
_MOST_LINES = 8


def response_of(comparison: Comparison) -> dict[str, pd.DataFrame]:
    """Return the tables of a sweep of one or two numbers: `response`, its `crossings` and `priors`; empty for other sweeps."""
    if (swept := numbers_swept(comparison)) is None:
        return {}
    settings = list(swept.settings)
    table = response(comparison.table, settings, swept.values, swept.series, outcomes_shown())
    if table.empty:
        return {}
    found = {"response": table}
    if len(settings) == 1:
        found["crossings"] = crossings(table, settings[0])
    rows = [(name, *pair) for name, values in swept.priors.items() for pair in zip(QUANTILES, values, strict=True)]
    found["priors"] = pd.DataFrame(rows, columns=["setting", "quantile", "value"])
    return found


def settings_of(table: pd.DataFrame) -> list[str]:
    """Return the swept numbers of a response: the columns with a dotted name."""
    return [str(name) for name in table.columns if "." in str(name)]


def response_in_words(found: dict[str, pd.DataFrame]) -> str:
    """Return the values at which the differences cross zero or the smallest that matters; empty where no number was swept."""
    if "response" not in found:
        return ""
    settings = settings_of(found["response"])
    head = f"Over {' and '.join(settings)}: tables/response.csv, figures/response"
    if len(settings) > 1:
        return f"{head}."
    lines = list(_crossings_in_words(found.get("crossings", pd.DataFrame()), settings[0]))
    if not lines:
        return f"{head}. In this range, no median difference crosses zero or the smallest difference that matters."
    more = f"\n  ... and {len(lines) - _MOST_LINES} more in tables/crossings.csv" if len(lines) > _MOST_LINES else ""
    return f"{head}. The median difference (for rare events, the mean) crosses:\n" + "\n".join(lines[:_MOST_LINES]) + more


def _crossings_in_words(found: pd.DataFrame, setting: str) -> Iterator[str]:
    known = {one.outcome: one for one in headlines()}
    several = found["series"].nunique() > 1 if len(found) else False
    for row in found.to_dict("records"):
        headline = known[str(row["outcome"])]
        plain = replace(headline, in_tables=None, spec=".0f" if headline.in_tables else headline.spec)
        least = f"the smallest difference that matters ({amount(row['threshold'], plain)})"
        what = "zero" if row["crosses"] == NO_DIFFERENCE else least
        beyond = "its interval reaches beyond the swept range"
        span = f"{row['low']:.3g} to {row['high']:.3g}" if np.isfinite(row["low"]) else beyond
        whose = f"{arm_name(str(row['series']))}: " if several else ""
        name = setting.rpartition(".")[2]
        yield f"  {whose}{sentence_case(headline.heading)}: {what} at {name} = {row['value']:.3g} ({span})"


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
    """Return the one or two numbers that differ between the arms of a comparison; None if there are none or more than two."""
    arms = {label: _overrides(comparison, label) for label in comparison.stores}
    names = dict.fromkeys(name for given in arms.values() for name in given)
    varying = [name for name in names if len({given[name] for given in arms.values() if name in given}) > 1]
    numbers = {
        name: {label: _number(given[name], comparison.start) for label, given in arms.items() if name in given}
        for name in varying
        if _is_drawn(name)
    }
    settings = [name for name, found in numbers.items() if None not in found.values()]
    if not 1 <= len(settings) <= _MOST:
        return None
    values = {
        label: tuple(float(numbers[name][label] or 0.0) for name in settings)
        for label in arms
        if all(label in numbers[name] for name in settings)
    }
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
    """Return a number; for a date, its day."""
    try:
        return float(text)
    except ValueError:
        pass
    try:
        return None if start is None else float((date.fromisoformat(text.strip("'\"")) - start).days)
    except ValueError:
        return None


def _prior(name: str) -> tuple[float, ...]:
    """Return the quantiles of the shipped prior of a parameter with one number; empty if it has no prior."""
    group, _, entry = name.removesuffix(".value").partition(".")
    shipped: Mapping[str, Any] = declared().get(group, {}).get(entry, {})
    if not shipped or shipped.get("fixed") or isinstance(shipped.get("value"), Mapping):
        return ()
    value = shipped.get("value")
    found = Prior.read(shipped["prior"]).quantile(np.array(QUANTILES), float(value if isinstance(value, int | float) else 0.0))
    return tuple(map(float, found))
