"""Scores of forecasts against what was observed: CRPS, log score, coverage of intervals, PIT."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from experiments.analysis.forecasts import Forecast, Window
from experiments.analysis.paired import QUANTILES
from experiments.analysis.text import aligned

MODEL = "model"
_HEADINGS = ("series", "forecast", "windows", "CRPS", "log score", "inside 50 %", "inside 90 %", "beaten by the model in")
_LEGEND = (
    "CRPS:      mean over windows, in the series' unit; lower is better",
    "log score: mean of -ln P(observed range), which is the value itself where no range is given; lower is better",
    "inside:    windows whose value lies in the central interval; the windows of a series share one history, so that n of",
    "           them are fewer than n independent tests",
)


def score_windows(windows: Sequence[Window], forecasts: Mapping[str, Sequence[Forecast]]) -> pd.DataFrame:
    """Score forecasts of the windows of one series.

    Returns:
        One row a forecast and window: what was observed, quantiles of the forecast, `crps`, `log_score`, `pit_below` and
        `pit_up_to` (probability of less than, and of at most, the observed value), `inside_50`, `inside_90`.
    """
    return pd.DataFrame(
        [
            _scored(name, window, forecast)
            for name, given in forecasts.items()
            for window, forecast in zip(windows, given, strict=True)
        ]
    )


def _scored(name: str, window: Window, forecast: Forecast) -> dict[str, object]:
    quantiles = {key: forecast.quantile(probability) for key, probability in QUANTILES.items()}
    probability = forecast.within(window.low, window.high)
    return {
        "series": window.series,
        "forecast": name,
        "start": window.start,
        "end": window.end,
        "value": window.value,
        "low": window.low,
        "high": window.high,
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
        inside = [f"{round(row[name] * row['windows'])} of {row['windows']}" for name in ("inside_50", "inside_90")]
        beaten = "" if row["forecast"] == MODEL else f"{row['model_better']} of {row['windows']}"
        log_score = "" if np.isnan(row["log_score"]) else f"{row['log_score']:.3g}"
        lines.append(
            [str(row["series"]), str(row["forecast"]), str(row["windows"]), f"{row['crps']:.3g}", log_score, *inside, beaten]
        )
    return "\n".join([aligned(lines), "", *_LEGEND])
