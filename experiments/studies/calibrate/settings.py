"""Settings of a calibration: its steps and observations, from conf/calibration/."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, cast

import numpy as np
import pandas as pd

from experiments.config.arm import Arm
from experiments.config.fields import Check, Day, NotNegative, Positive, Section, Share, YesNo, listed, named, read, whole
from experiments.config.history import SHIPPED_HISTORY
from experiments.config.ledger import drawn_numbers, drawn_switches
from experiments.errors import InputError, nearest
from experiments.studies.calibrate.year_statistics import YEAR_STATISTICS, Observation, ObservationScale

_MOST_WORLDS = 2**22
"""Most worlds of the year before; the reports of all worlds are held in memory."""
_NORMAL_95 = 1.645
"""Half-width of the 90 % range of a normal distribution, in standard deviations."""
_DRAWS_PER_PARAMETER = 4
"""Fewest accepted draws per fitted number, for a regression."""


def _month(value: object, arm: Arm) -> int:
    """Return the number of a month of the year, from 0."""
    try:
        month = pd.Period(date.fromisoformat(f"{value}-01"), "M")
    except ValueError:
        raise ValueError("is not a month such as 2020-07") from None
    first, last = (pd.Period(day, "M") for day in (arm.history.start, arm.theatre.start))
    if not first <= month <= last:
        raise ValueError(f"is no month from {first} to {last}")
    return (month - first).n


type _Month = Annotated[int, Check(_month, wants_context=True)]
type _Worlds = Annotated[int, whole(1, _MOST_WORLDS)]
type _WorldsPerDraw = Annotated[int, whole(1, 1024)]
type _Family = Annotated[int, whole(2, 1024)]


@dataclass(frozen=True, slots=True)
class Matching(Section):
    """History matching: draws, worlds per draw, and the distance in standard deviations from which a draw is ruled out."""

    draws: _Worlds
    worlds: _Family
    cutoff: Positive


@dataclass(frozen=True, slots=True)
class Screening(Section):
    """A Morris screening: trajectories, and worlds per step."""

    trajectories: Annotated[int, whole(2, 1000)]
    worlds: _WorldsPerDraw


@dataclass(frozen=True, slots=True)
class Coverage(Section):
    """Calibrations of simulated years: their number, and the number of other worlds."""

    years: Annotated[int, whole(1, 100_000)]
    worlds: _Worlds


@dataclass(frozen=True, slots=True)
class Rolling(Section):
    """Forecasts from the first day of some months.

    Attributes:
        origins: the months, from 0.
        worlds: of the prior, to fit each forecast. `draws`: that run the year for each origin, with a family per draw.
    """

    origins: Annotated[tuple[_Month, ...], listed("['2020-08']")]
    worlds: _Worlds
    draws: _Worlds

    def __post_init__(self) -> None:
        if 0 in self.origins:
            raise ValueError("has the first month among its origins, but no report precedes it")


@dataclass(frozen=True, slots=True)
class Placebo(Section):
    """Other dates for an event of the year before: do the reports support the event's own date?

    Attributes:
        event: its name in `history.events`. `dates`: further ones; null: the event does not happen.
        statistics: whose reports are compared. `draws`: of the prior, with a family each.
    """

    event: str
    dates: Annotated[tuple[Day | None, ...], listed("['2020-05-07', null]")]
    statistics: Annotated[tuple[Annotated[str, named(lambda: YEAR_STATISTICS, "is no statistic")], ...], listed("[attacks]")]
    draws: _Worlds


@dataclass(frozen=True, slots=True)
class _Observed(Section):
    """An entry of the observations: an observation of some months, or one per window of a shipped series."""

    patterns: Annotated[tuple[Annotated[int, whole(1, 100)], ...], listed("[1]")]
    statistic: Annotated[str, named(lambda: YEAR_STATISTICS, "is no statistic")]
    scale: ObservationScale
    observation: Positive
    discrepancy: NotNegative
    used: YesNo = True
    series: str | None = None
    from_: _Month | None = None
    to: _Month | None = None
    value: NotNegative | None = None
    source: str | None = None

    def __post_init__(self) -> None:
        alone = {"from": self.from_, "to": self.to, "value": self.value, "source": self.source}
        given = [name for name, value in alone.items() if value is not None]
        if self.series is not None and given:
            raise ValueError(f"has a series, so its {given[0]} would change nothing: leave out one of the two")
        if self.series is None and len(given) < len(alone):
            raise ValueError(f"misses {', '.join(name for name in alone if name not in given)}, or a series")
        if self.from_ is not None and self.to is not None and self.from_ > self.to:
            raise ValueError("has a `from` that is later than its `to`")

    def read(self, where: str, name: str, arm: Arm) -> list[Observation]:
        """Return the observations of this entry, each with a unique name."""
        if self.series is None:
            value = cast(float, self.value)
            seen = [(name, cast(int, self.from_), cast(int, self.to), value, (value, value), str(self.source))]
        else:
            seen = _windows(arm, f"{where}.{name}", name, self.series)
        what = (self.patterns, self.statistic, self.scale)
        return [
            Observation(label, *what, first, last, value, self._error(*band), self.discrepancy, source, self.used)
            for label, first, last, value, band, source in seen
        ]

    def _error(self, low: float, high: float) -> float:
        """Return the standard deviation of a report: `observation`, or the value implied by a wider 90 % range of the table."""
        return max(self.observation, float(self.scale.of(high) - self.scale.of(low)) / (2.0 * _NORMAL_95))


class Step(StrEnum):
    """A step of a calibration."""

    SCREENING = "screening"
    POSTERIOR = "posterior"
    COVERAGE = "coverage"
    ROLLING = "rolling"
    PLACEBO = "placebo"


def _observations(given: object, arm: Arm) -> list[Observation]:
    where = "calibration.observations"
    entries = read(dict[str, _Observed], where, given, arm)
    found = [seen for name, entry in entries.items() for seen in entry.read(where, name, arm)]
    if not any(observation.used for observation in found):
        raise InputError(f"{where}: no observation is used, so there is nothing to fit to")
    return found


def _drawn(name: object, arm: Arm) -> str:
    known = {*drawn_numbers(arm), *drawn_switches(arm)}
    if name not in known:
        raise ValueError(f"is not drawn in this arm{nearest(str(name), known)}")
    return str(name)


type _Drawn = Annotated[str, Check(_drawn, wants_context=True)]


@dataclass(frozen=True, slots=True)
class Calibration(Section):
    """The settings of a calibration.

    Attributes:
        steps: in the order in which they run.
        tolerances: further factors on the tolerance.
        worlds: of the prior, one per draw, not ruled out, for the regression. `accepted`: share of them, nearest to the
            observations, that make the posterior.
        kept: equal draws that are kept. `family`: worlds per draw that run the year again.
        tolerance: multiplies the standard deviations of all observations.
        fitted: names of the numbers and switches to fit. `beside`: other names, whose correlation with the fitted ones is
            reported.
        observations: all observations, used or only reported.
    """

    steps: Annotated[tuple[Step, ...], listed("[posterior, coverage]")]
    screening: Screening
    coverage: Coverage
    tolerances: Annotated[tuple[Positive, ...], listed("[0.7, 1, 1.5]")]
    rolling: Rolling
    placebo: Placebo
    matching: Matching
    worlds: _Worlds
    accepted: Share
    kept: _Worlds
    family: _Family
    tolerance: Positive
    fitted: Annotated[tuple[_Drawn, ...], listed("[coalition.exit_hazard]")]
    beside: Annotated[tuple[_Drawn, ...], listed("[militias.self_excitation]")]
    observations: Annotated[tuple[Observation, ...], Check(_observations, wants_context=True)]

    def __post_init__(self) -> None:
        names = [*self.fitted, *self.beside]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise InputError(f"calibration.fitted and calibration.beside name {', '.join(twice)} more than once")
        enough = int(np.ceil(_DRAWS_PER_PARAMETER * len(names) / self.accepted))
        for name, given, least in (
            ("worlds", self.worlds, enough),
            ("coverage.worlds", self.coverage.worlds, enough),
            ("rolling.worlds", self.rolling.worlds, enough),
            ("matching.draws", self.matching.draws, 4 * len(names) + 4),
        ):
            if given < least:
                raise InputError(f"calibration.{name}={given} is too few to fit {len(names)} numbers: take {least} or more")
        if self.kept > (accepted := round(self.worlds * self.accepted)):
            raise InputError(
                f"calibration.kept={self.kept} is more than {accepted}, which is calibration.worlds times calibration.accepted"
            )
        for draws, number, worlds, each in (
            ("kept", self.kept, "family", self.family),
            ("matching.draws", self.matching.draws, "matching.worlds", self.matching.worlds),
        ):
            if number * each > _MOST_WORLDS:
                both = f"calibration.{draws}={number} with calibration.{worlds}={each}"
                raise InputError(f"{both} are {number * each:,} worlds, more than {_MOST_WORLDS:,}")

    @property
    def used(self) -> tuple[Observation, ...]:
        """Return the used observations."""
        return tuple(observation for observation in self.observations if observation.used)


def read_calibration(config: Mapping[str, Any], arm: Arm) -> Calibration:
    """Check the section `calibration` of a config, for the arm to calibrate."""
    return read(Calibration, "calibration", config["calibration"], arm)


type _Window = tuple[str, int, int, float, tuple[float, float], str]


def _windows(arm: Arm, where: str, name: str, series: str) -> list[_Window]:
    """Return name, first and last month, value, its range and source of the windows of a shipped series in the year."""
    table = pd.read_csv(SHIPPED_HISTORY, parse_dates=["start", "end"])
    rows = table[table["series"] == series]
    if rows.empty:
        raise InputError(f"{where}.series={series} is none of {', '.join(sorted(set(table['series'])))}")
    windows: list[_Window] = []
    for row in rows.to_dict("records"):
        start, end = row["start"], row["end"]
        if not (start.is_month_start and end.is_month_end):
            raise InputError(f"{where}.series={series}: {start:%Y-%m-%d} to {end:%Y-%m-%d} are no whole months")
        if start.date() >= arm.history.start and end.date() <= arm.theatre.start:
            label = f"{name} " + " - ".join(dict.fromkeys(f"{day:%b %Y}" for day in (start, end)))
            first, last = (_month(f"{day:%Y-%m}", arm) for day in (start, end))
            band = (float(row["low"]), float(row["high"]))
            windows.append((label, first, last, float(row["value"]), band, str(row["source"])))
    return windows
