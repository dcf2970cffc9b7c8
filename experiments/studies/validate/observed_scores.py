"""Score an arm on observed series, and compare it with baselines that know only the past of each series."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from experiments.analysis.baselines import baselines
from experiments.analysis.forecasts import MODEL, Ensemble, Window, score_windows, series_of, summarise, table
from experiments.analysis.paired import QUANTILES
from experiments.config.arm import Arm
from experiments.engine.block import build_model, compile_rules
from experiments.engine.run import run_whole
from experiments.figures.draw import on_pages, save
from experiments.reports.folder import figures_of, write_result
from experiments.studies.validate import observed as reading
from experiments.studies.validate.observed import COUNTED_BY_THE_MODEL, Line, Observed, counts_events, outcome_of
from experiments.studies.validate.observed_figure import Panel, observed_fan
from sim.arrays import Array
from sim.record.outcomes import BY_NAME, labels
from sim.state import check_finite
from sim.worlds import Worlds


def run_windows(arm: Arm, windows: Sequence[Window]) -> xr.Dataset:
    """Run an arm to the end of the last window: `value` (world, window) is its events, or the level on its last day."""
    compile_rules(arm)
    data = run_whole(functools.partial(_run_block, arm, windows), arm.worlds, arm.compute, arm.scenario)
    attributes = {"scenario": arm.scenario, "key": arm.key, "seed": arm.seed}
    series = ("window", [window.series for window in windows])
    last = max(arm.theatre.day(window.end) for window in windows)
    coordinates = {"window": np.arange(len(windows)), "series": series, "day": [1 + last]}
    return data.assign_coords(coordinates).assign_attrs(attributes)


def _run_block(arm: Arm, windows: Sequence[Window], worlds: Worlds) -> xr.Dataset:
    model = build_model(arm, worlds)
    names = labels(model)
    spans = [(window.series, arm.theatre.day(window.start), arm.theatre.day(window.end)) for window in windows]
    values = np.zeros((len(windows), worlds.count))
    for day in range(1 + max(last for *_, last in spans)):
        model.run(1)
        today: dict[str, Array] = {}
        for number, (series, first, last) in enumerate(spans):
            outcome, row = outcome_of(series)
            if outcome in COUNTED_BY_THE_MODEL:  # the difference over the window
                sign = int(day == last) - int(day == first - 1)
            else:
                sign = int(first <= day <= last) if counts_events(series) else int(day == last)
            if sign == 0:
                continue
            if outcome not in today:
                today[outcome] = BY_NAME[outcome].read(model)
            along = BY_NAME[outcome].dimension
            values[number] += sign * today[outcome][names[along].index(row) if along and row else 0]
    check_finite(model)
    return xr.Dataset({"value": (("world", "window"), values.T)}, coords={"world": worlds.numbers})


@dataclass(frozen=True, slots=True)
class Scored:
    """An arm scored on observed series.

    Attributes:
        observed: windows of the run and of its history.
        worlds: of `run_windows`.
        scores: of `score_windows`, all series. `summary`: of `summarise`.
        without: the reason for each missing baseline, by series and baseline.
    """

    observed: Observed
    worlds: xr.Dataset
    scores: pd.DataFrame
    summary: pd.DataFrame
    without: Mapping[str, Mapping[str, str]]

    def summary_text(self) -> str:
        """Return the summary as text."""
        lines = [table(self.summary), *([""] if self.without else [])]
        for series, reasons in self.without.items():
            lines.append(f"{series} has no baseline {', '.join(f'{name} ({why})' for name, why in reasons.items())}.")
        return "\n".join(lines)


def score_observed(arm: Arm, file: Path, lines: Sequence[Line]) -> Scored:
    """Run an arm over the windows of these lines of a file, and score it."""
    start = arm.theatre.start
    given = reading.read_observed(file, lines, start, arm.days, labels(build_model(arm, Worlds(0, 2))))
    observed = reading.with_shipped_history(given, start)
    ordered = [window for windows in series_of(observed.windows).values() for window in windows]
    observed = Observed(tuple(ordered), observed.history)
    worlds = run_windows(arm, ordered)
    past, parts, without = series_of(observed.history), [], {}
    for series, windows in series_of(ordered).items():
        values = worlds["value"].values[:, worlds["series"].values == series]
        model = [Ensemble(column) for column in values.T]
        others, reasons = baselines(past.get(series, []), windows, start, counts_events(series), arm.seed)
        without |= {series: reasons} if reasons else {}
        parts.append(score_windows(windows, {MODEL: model, **others}))
    scores = pd.concat(parts, ignore_index=True)
    return Scored(observed, worlds, scores, summarise(scores), without)


def write_observed(arm: Arm, scored: Scored) -> Path:
    """Write scores by window and by series, and the figure; return the folder."""
    observed, arms = scored.observed, {arm.scenario: arm}
    asked = {"windows": [f"{window} {window.value} {window.low} {window.high}" for window in observed.windows]}
    asked |= {"history": [str(window) for window in observed.history], "overrides": list(arm.swept)}
    tables = {"windows": scored.scores, "scores": scored.summary}
    without = {series: dict(reasons) for series, reasons in scored.without.items()}
    folder = write_result("validate-data", asked, arms, tables, found={"without": without})
    with figures_of(folder, arms) as place:
        save(_pages(scored), place / "observed", {arm.scenario: scored.worlds})
    return folder


def _pages(scored: Scored) -> list[Figure]:
    """Draw the series on as few pages as possible, with the histogram on the last."""
    panels, model = _panels_of(scored), scored.scores[scored.scores["forecast"] == MODEL]

    def draw(some: Sequence[Panel]) -> Figure:
        shown = model if some[-1] is panels[-1] else model[:0]
        return observed_fan(some, (shown["pit_below"].to_numpy(), shown["pit_up_to"].to_numpy()), scored.worlds)

    return on_pages(panels, draw)


def _panels_of(scored: Scored) -> list[Panel]:
    past, panels = series_of(scored.observed.history), []
    for series, windows in series_of(scored.observed.windows).items():
        rows = scored.scores[scored.scores["series"] == series]
        bands = rows.loc[rows["forecast"] == MODEL, list(QUANTILES)].to_numpy()
        others = {str(n): part["median"].to_numpy() for n, part in rows.groupby("forecast", sort=False) if n != MODEL}
        panels.append(Panel(series, counts_events(series), past.get(series, []), windows, bands, others))
    return panels
