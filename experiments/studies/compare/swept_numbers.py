"""The answer of a sweep of one number or two: its response, where it crosses a threshold, and both in words."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from experiments.analysis.response import NO_DIFFERENCE, crossings, response
from experiments.config.show import headlines, outcomes_shown
from experiments.figures.names import arm_name, sentence_case
from experiments.reports.sentences import amount
from experiments.storage.comparison import Comparison
from experiments.storage.swept import QUANTILES, numbers_swept

RESPONSE = ("response", "crossings")
"""Tables of a sweep of one number, or of two, that are told in words."""
_MOST_LINES = 8


def response_of(comparison: Comparison) -> dict[str, pd.DataFrame]:
    """Return the tables of a sweep of one number or two: `response`, its `crossings` and `priors`; empty for other sweeps."""
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
    """Return the swept numbers of a response: its columns with a dotted name."""
    return [str(name) for name in table.columns if "." in str(name)]


def response_in_words(found: dict[str, pd.DataFrame]) -> str:
    """Return where the differences of a sweep cross zero or what matters; empty where no number was swept."""
    if "response" not in found:
        return ""
    settings = settings_of(found["response"])
    head = f"Over {' and '.join(settings)}: tables/response.csv, figures/response"
    if len(settings) > 1:
        return f"{head}."
    lines = list(_crossings_in_words(found.get("crossings", pd.DataFrame()), settings[0]))
    if not lines:
        return f"{head}. No median difference crosses zero, or the smallest difference that matters, in this range."
    more = f"\n  ... and {len(lines) - _MOST_LINES} more in tables/crossings.csv" if len(lines) > _MOST_LINES else ""
    return f"{head}. The median difference (of rare events the mean) crosses:\n" + "\n".join(lines[:_MOST_LINES]) + more


def _crossings_in_words(found: pd.DataFrame, setting: str) -> Iterator[str]:
    known = {one.outcome: one for one in headlines()}
    several = found["series"].nunique() > 1 if len(found) else False
    for row in found.to_dict("records"):
        headline = known[str(row["outcome"])]
        plain = replace(headline, in_tables=None, spec=".0f" if headline.in_tables else headline.spec)
        what = "zero" if row["crosses"] == NO_DIFFERENCE else f"what matters ({amount(row['threshold'], plain)})"
        span = f" ({row['low']:.3g} to {row['high']:.3g})" if np.isfinite(row["low"]) else " (its errors cross nowhere)"
        whose = f"{arm_name(str(row['series']))}: " if several else ""
        yield f"  {whose}{sentence_case(headline.heading)}: {what} at {setting.rpartition('.')[2]} = {row['value']:.3g}{span}"
