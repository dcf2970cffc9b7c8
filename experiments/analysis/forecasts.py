"""Forecasts of an observed number, and their scores: CRPS, log score, coverage of intervals, PIT."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from experiments.analysis.counts import aligned
from experiments.analysis.paired import QUANTILES
from sim.arrays import Array

MODEL = "model"
_NEGLIGIBLE = 1e-12
"""Tail of a distribution that adds nothing to its CRPS."""
_HEADINGS = ("series", "forecast", "windows", "CRPS", "log score", "inside 50 %", "inside 90 %", "beaten by the model in")
_LEGEND = (
    "CRPS:      mean over windows, in the series' unit; lower is better",
    "log score: mean of -ln P(observed range), or of the value where no range is given; lower is better",
    "inside:    windows whose value lies in the central interval; the windows of a series share one history, so n windows",
    "           are fewer than n independent tests",
)


@dataclass(frozen=True, slots=True)
class Window:
    """An observation of a series from one day to another, both included.

    Attributes:
        series: an outcome, or one row of it ("attacks_by_site.embassy").
        value: the count in the window, or the level at its end. `low`, `high`: the range that the source allows.
    """

    series: str
    start: date
    end: date
    value: float
    low: float
    high: float

    @property
    def days(self) -> int:
        """Return its length, days."""
        return (self.end - self.start).days + 1

    def __str__(self) -> str:
        return f"{self.series} {self.start} to {self.end}"


def series_of(windows: Sequence[Window]) -> dict[str, list[Window]]:
    """Return the windows by series, each in the order of time."""
    names = dict.fromkeys(window.series for window in windows)
    return {name: sorted((w for w in windows if w.series == name), key=lambda w: (w.start, w.end)) for name in names}


@dataclass(frozen=True, slots=True)
class Ensemble:
    """A forecast by the values of equally likely members, (members,)."""

    values: Array

    def crps(self, value: float) -> float:
        """Return the continuous ranked probability score of an observed value, in its unit: 0 is perfect.

        It is E|X - y| - E|X - X'|/2 (Gneiting and Raftery 2007, doi:10.1198/016214506000001437).
        """
        from scoringrules import crps_ensemble  # compiles its loops whenever it is imported: some seconds

        return float(crps_ensemble(value, self.values))

    def below(self, value: float) -> float:
        """Return the share of members below a value."""
        return float(np.mean(self.values < value))

    def up_to(self, value: float) -> float:
        """Return the share of members at or below a value."""
        return float(np.mean(self.values <= value))

    def within(self, low: float, high: float) -> float:
        """Return (k + 1/2)/(n + 1) for k of n members in the range, so that an empty range is not ruled out.

        A single value has a probability only among counts: otherwise NaN.
        """
        if low == high and np.any(self.values % 1.0):
            return np.nan
        inside = np.count_nonzero((self.values >= low) & (self.values <= high))
        return (inside + 0.5) / (self.values.size + 1.0)

    def quantile(self, probability: float) -> float:
        """Return the member at this quantile."""
        return float(np.quantile(self.values, probability, method="inverted_cdf"))


@dataclass(frozen=True, slots=True)
class CountForecast:
    """A forecast by a frozen distribution of scipy on 0, 1, 2, ..."""

    distribution: Any

    def crps(self, value: float) -> float:
        """Return the integral of (F(x) - [y <= x])^2: a sum, since F is constant between counts.

        The closed forms for Poisson and negative binomial (Wei and Held 2014, doi:10.1007/s11749-014-0380-8) overflow
        at counts of a few hundred; the sum does not.
        """
        last = max(float(self.distribution.ppf(1.0 - _NEGLIGIBLE)), value) + 1.0
        counts = np.arange(last + 1.0)
        reached, before = self.distribution.cdf(counts), np.clip(value - counts, 0.0, 1.0)
        return float((reached**2 * before + (1.0 - reached) ** 2 * (1.0 - before)).sum())

    def below(self, value: float) -> float:
        """Return P(Y < value)."""
        return float(self.distribution.cdf(np.ceil(value) - 1.0))

    def up_to(self, value: float) -> float:
        """Return P(Y <= value)."""
        return float(self.distribution.cdf(value))

    def within(self, low: float, high: float) -> float:
        """Return P(low <= Y <= high)."""
        return self.up_to(high) - self.below(low)

    def quantile(self, probability: float) -> float:
        """Return the quantile."""
        return float(self.distribution.ppf(probability))


type Forecast = Ensemble | CountForecast


def poisson(mean: float) -> CountForecast:
    """Return a Poisson forecast."""
    return CountForecast(stats.poisson(mean))


def overdispersed(mean: float, fano: float) -> CountForecast:
    """Return a negative binomial forecast with a variance of `fano` times the mean; it is Poisson if `fano` is at most 1."""
    if fano <= 1.0 or mean <= 0.0:
        return poisson(mean)
    return CountForecast(stats.nbinom(mean / (fano - 1.0), 1.0 / fano))


def score_windows(windows: Sequence[Window], forecasts: Mapping[str, Sequence[Forecast]]) -> pd.DataFrame:
    """Score forecasts of the windows of one series.

    Returns:
        One row per forecast and window: the observation, quantiles of the forecast, `crps`, `log_score`, `pit_below` and
        `pit_up_to` (probabilities of less than, and of at most, the observed value), `inside_50`, `inside_90`.
    """
    pairs = [(name, *pair) for name, made in forecasts.items() for pair in zip(windows, made, strict=True)]
    return pd.DataFrame([_scored(*pair) for pair in pairs])


def _scored(name: str, window: Window, forecast: Forecast) -> dict[str, object]:
    quantiles = {key: forecast.quantile(probability) for key, probability in QUANTILES.items()}
    probability = forecast.within(window.low, window.high)
    return {
        "series": window.series,
        "forecast": name,
        **{key: getattr(window, key) for key in ("start", "end", "value", "low", "high")},
        **quantiles,
        "crps": forecast.crps(window.value),
        "log_score": -np.log(probability) if probability > 0.0 else np.nan if np.isnan(probability) else np.inf,
        "pit_below": forecast.below(window.value),
        "pit_up_to": forecast.up_to(window.value),
        "inside_50": quantiles["q25"] <= window.value <= quantiles["q75"],
        "inside_90": quantiles["q05"] <= window.value <= quantiles["q95"],
    }


def summarise(scores: pd.DataFrame) -> pd.DataFrame:
    """Return the mean scores of each series and forecast.

    Returns:
        One row per series and forecast: `windows`, mean `crps` and `log_score`, shares `inside_50` and `inside_90`, and
        `model_better`, the number of windows in which the model's CRPS is lower than this forecast's.
    """
    keyed = scores.assign(window=scores.groupby(["series", "forecast"]).cumcount())
    model = keyed.loc[keyed["forecast"] == MODEL, ["series", "window", "crps"]]
    both = keyed.merge(model, how="left", on=["series", "window"], suffixes=("", "_of_model"))
    means = {name: (name, "mean") for name in ("crps", "log_score", "inside_50", "inside_90")}
    grouped = both.assign(better=both["crps_of_model"] < both["crps"]).groupby(["series", "forecast"], sort=False)
    return grouped.agg(windows=("crps", "size"), **means, model_better=("better", "sum")).reset_index()


def table(summary: pd.DataFrame) -> str:
    """Return the summary as text, one line per series and forecast."""
    lines = [list(_HEADINGS)]
    for row in summary.to_dict("records"):
        windows = str(row["windows"])
        inside = [f"{round(row[name] * row['windows'])} of {windows}" for name in ("inside_50", "inside_90")]
        beaten = "" if row["forecast"] == MODEL else f"{row['model_better']} of {windows}"
        log_score = "" if np.isnan(row["log_score"]) else f"{row['log_score']:.3g}"
        lines.append([row["series"], row["forecast"], windows, f"{row['crps']:.3g}", log_score, *inside, beaten])
    return "\n".join([aligned(lines), "", *_LEGEND])
