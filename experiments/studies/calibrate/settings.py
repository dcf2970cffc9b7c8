"""What a calibration does and what it holds the model against, out of conf/calibration/."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, cast

import numpy as np
import pandas as pd

from experiments.config.arm import Arm
from experiments.config.fields import check_keys, choice, listed, number, section, whole, yes_or_no
from experiments.config.history import SHIPPED_HISTORY
from experiments.engine.designs import drawn_numbers, drawn_switches
from experiments.errors import InputError, nearest
from experiments.studies.calibrate.year_statistics import MEASURES, Observation, ObservationScale

_KEYS = {
    "steps", "screening", "coverage", "tolerances", "rolling", "matching", "worlds", "accepted", "kept", "family", "tolerance",
    "fitted", "beside", "observations",
}  # fmt: skip
_OBSERVATION = {
    "patterns", "statistic", "series", "from", "to", "value", "scale", "observation", "discrepancy", "used", "source",
}  # fmt: skip
_MOST_TRAJECTORIES, _MOST_YEARS, _MOST_WORLDS_A_DRAW = 1000, 100_000, 1024
_MOST_CALIBRATED = 2**22
"""Worlds of the year before: what each reports is held in memory."""
_MOST_PATTERNS = 100
_DRAWS_A_PARAMETER = 4
"""Accepted draws for each number that is looked for, at least: a regression goes through them."""


@dataclass(frozen=True, slots=True)
class Matching:
    """History matching: how many draws of how many worlds, and from how many standard deviations on a draw is ruled out."""

    draws: int
    worlds: int
    cutoff: float


@dataclass(frozen=True, slots=True)
class Screening:
    """A Morris screening: how many trajectories, and worlds a step."""

    trajectories: int
    worlds: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """Calibrations of made-up years: how many, and from how many other worlds they are calibrated."""

    years: int
    worlds: int


@dataclass(frozen=True, slots=True)
class Rolling:
    """Forecasts from the first day of some months.

    Attributes:
        origins: the months, from 0.
        worlds: of the prior, from which each is fitted. `draws`: that live through the year for each, a family each.
    """

    origins: tuple[int, ...]
    worlds: int
    draws: int


class Step(StrEnum):
    """What a calibration may do."""

    SCREENING = "screening"
    POSTERIOR = "posterior"
    COVERAGE = "coverage"
    ROLLING = "rolling"


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a calibration does.

    Attributes:
        steps: in the order in which they are done.
        tolerances: factors on the tolerance that are tried beside it.
        worlds: of the prior, a draw each, not ruled out, from which reports are learnt. `accepted`: share of them, nearest to
            what was observed, that the posterior is made of.
        kept: equal draws that are kept. `family`: worlds of each that live through the year again.
        tolerance: multiplies the standard deviations of all observations.
        fitted: names of the numbers and switches that are looked for. `beside`: others whose correlation with them is told.
        observations: all; those that are used, and those that are reported.
    """

    steps: tuple[Step, ...]
    screening: Screening
    coverage: Coverage
    tolerances: tuple[float, ...]
    rolling: Rolling
    matching: Matching
    worlds: int
    accepted: float
    kept: int
    family: int
    tolerance: float
    fitted: tuple[str, ...]
    beside: tuple[str, ...]
    observations: tuple[Observation, ...]

    @property
    def used(self) -> tuple[Observation, ...]:
        """Return the observations that worlds are weighed by."""
        return tuple(observation for observation in self.observations if observation.used)


def read_calibration(config: Mapping[str, Any], arm: Arm) -> Calibration:
    """Read and check the settings.

    Args:
        config: with a key `calibration`.
        arm: of the arm that is calibrated.

    Raises:
        InputError: one of them cannot be used.
    """
    given = section(config, "calibration", _KEYS)
    if not isinstance(given["observations"], Mapping):
        raise InputError(f"calibration.observations={given['observations']!r} is not a mapping of observations by name")
    matching = section({"calibration.matching": given["matching"]}, "calibration.matching", {"draws", "worlds", "cutoff"})
    drawn = {*drawn_numbers(arm), *drawn_switches(arm)}
    fitted = tuple(str(name) for name in listed("calibration.fitted", given["fitted"], "[coalition.exit_hazard]"))
    beside = tuple(str(name) for name in listed("calibration.beside", given["beside"], "[militias.self_excitation]"))
    if twice := sorted({name for name in (*fitted, *beside) if (*fitted, *beside).count(name) > 1}):
        raise InputError(f"calibration.fitted and calibration.beside name {', '.join(twice)} more than once")
    for key, name in [*(("fitted", name) for name in fitted), *(("beside", name) for name in beside)]:
        if name not in drawn:
            raise InputError(f"calibration.{key}: {name} is not drawn in this arm{nearest(name, drawn)}")
    observations = [
        observation
        for name, entry in cast(Mapping[str, Any], given["observations"]).items()
        for observation in _observations(arm, f"calibration.observations.{name}", name, entry)
    ]
    if not any(observation.used for observation in observations):
        raise InputError("calibration.observations: none is used, so there is nothing to fit to")
    accepted, looked_for = _share("calibration.accepted", given["accepted"]), len(fitted) + len(beside)
    enough = int(np.ceil(_DRAWS_A_PARAMETER * looked_for / accepted))
    worlds = whole("calibration.worlds", given["worlds"], enough, _MOST_CALIBRATED)
    kept = whole("calibration.kept", given["kept"], 1, round(worlds * accepted))
    _check_product("calibration.kept", kept, "calibration.family", given["family"])
    _check_product("calibration.matching.draws", matching["draws"], "calibration.matching.worlds", matching["worlds"])
    return Calibration(
        steps=_steps(given["steps"]),
        screening=Screening(
            *_whole_numbers(given, "screening", trajectories=(2, _MOST_TRAJECTORIES), worlds=(1, _MOST_WORLDS_A_DRAW))
        ),
        coverage=Coverage(*_whole_numbers(given, "coverage", years=(1, _MOST_YEARS), worlds=(enough, _MOST_CALIBRATED))),
        tolerances=tuple(
            _positive("calibration.tolerances", factor)
            for factor in listed("calibration.tolerances", given["tolerances"], "[0.7, 1, 1.5]")
        ),
        rolling=_rolling(arm, given, enough),
        matching=Matching(
            whole("calibration.matching.draws", matching["draws"], 4 * looked_for + 4, _MOST_CALIBRATED),
            whole("calibration.matching.worlds", matching["worlds"], 2, _MOST_WORLDS_A_DRAW),
            _positive("calibration.matching.cutoff", matching["cutoff"]),
        ),
        worlds=worlds,
        accepted=accepted,
        kept=kept,
        family=whole("calibration.family", given["family"], 2, _MOST_WORLDS_A_DRAW),
        tolerance=_positive("calibration.tolerance", given["tolerance"]),
        fitted=fitted,
        beside=beside,
        observations=tuple(observations),
    )


def _check_product(of: str, draws: object, each: str, worlds: object) -> None:
    """Refuse more worlds in all than fit into memory."""
    in_all = whole(of, draws, 1, _MOST_CALIBRATED) * whole(each, worlds, 1, _MOST_WORLDS_A_DRAW)
    if in_all > _MOST_CALIBRATED:
        raise InputError(f"{of}={draws} with {each}={worlds} are {in_all:,} worlds, more than {_MOST_CALIBRATED:,}")


def _steps(given: object) -> tuple[Step, ...]:
    return tuple(
        choice("calibration.steps", step, Step) for step in listed("calibration.steps", given, "[posterior, coverage]")
    )


def _rolling(arm: Arm, given: Mapping[str, Any], enough: int) -> Rolling:
    where = "calibration.rolling"
    entries = section({where: given["rolling"]}, where, {"origins", "worlds", "draws"})
    origins = tuple(
        _month(arm, f"{where}.origins", origin) for origin in listed(f"{where}.origins", entries["origins"], "['2020-08']")
    )
    if 0 in origins:
        raise InputError(f"{where}.origins: nothing was reported before {arm.history.start:%Y-%m}")
    worlds, draws = (
        whole(f"{where}.{key}", entries[key], low, _MOST_CALIBRATED) for key, low in (("worlds", enough), ("draws", 1))
    )
    return Rolling(origins, worlds, draws)


def _whole_numbers(given: Mapping[str, Any], name: str, **bounds: tuple[int, int]) -> list[int]:
    """Return the whole numbers of a section, each between two."""
    where = f"calibration.{name}"
    entries = section({where: given[name]}, where, set(bounds))
    return [whole(f"{where}.{key}", entries[key], low, high) for key, (low, high) in bounds.items()]


def _share(name: str, value: object) -> float:
    if not 0.0 < (share := number(name, value)) <= 1.0:
        raise InputError(f"{name}={value!r} is not a share above 0 and up to 1")
    return share


def _positive(name: str, value: object) -> float:
    if (found := number(name, value)) <= 0.0:
        raise InputError(f"{name}={value!r} is not a positive number")
    return found


def _not_negative(name: str, value: object) -> float:
    if (found := number(name, value)) < 0.0:
        raise InputError(f"{name}={value!r} is not a number of at least 0")
    return found


def _observations(arm: Arm, where: str, name: str, entry: Mapping[str, Any]) -> list[Observation]:
    """Read an entry: one observation, or one a window of an observed series."""
    check_keys(where, entry, _OBSERVATION)
    wanted = {"patterns", "statistic", "scale", "observation", "discrepancy"}
    alone = {"from", "to", "value", "source"}
    wanted |= {"series"} if "series" in entry else alone
    if missing := sorted(wanted - set(entry)):
        raise InputError(f"{where} misses {', '.join(missing)}")
    if "series" in entry and (more := sorted(alone & set(entry))):
        raise InputError(f"{where}.{more[0]} would change nothing: it comes from the series; leave out one of both")
    measure = str(entry["statistic"])
    if measure not in MEASURES:
        raise InputError(f"{where}.statistic={measure} is none of {', '.join(MEASURES)}")
    common: dict[str, Any] = {
        "patterns": tuple(
            whole(f"{where}.patterns", pattern, 1, _MOST_PATTERNS)
            for pattern in listed(f"{where}.patterns", entry["patterns"], "[1]")
        ),
        "measure": measure,
        "scale": choice(f"{where}.scale", entry["scale"], ObservationScale),
        "observation": _positive(f"{where}.observation", entry["observation"]),
        "discrepancy": _not_negative(f"{where}.discrepancy", entry["discrepancy"]),
        "used": yes_or_no(f"{where}.used", entry.get("used", True)),
    }
    if "series" not in entry:
        first, last = (_month(arm, f"{where}.{key}", entry[key]) for key in ("from", "to"))
        if first > last:
            raise InputError(f"{where}: from={entry['from']} is after to={entry['to']}")
        value, source = _not_negative(f"{where}.value", entry["value"]), str(entry["source"])
        return [Observation(name=name, first=first, last=last, value=value, source=source, **common)]
    found = []
    for start, end, value, source in _windows(arm, where, str(entry["series"])):
        first, last = (_month(arm, where, day.isoformat()[:7]) for day in (start, end))
        label = f"{name} {start:%b %Y}" + ("" if first == last else f" - {end:%b %Y}")
        found.append(Observation(name=label, first=first, last=last, value=value, source=source, **common))
    return found


def _windows(arm: Arm, where: str, series: str) -> list[tuple[date, date, float, str]]:
    """Return the windows of a shipped series that lie in the year, whole months each."""
    table = pd.read_csv(SHIPPED_HISTORY)
    rows = table[table["series"] == series]
    if rows.empty:
        raise InputError(f"{where}.series={series} is none of {', '.join(sorted(set(table['series'])))}")
    windows = []
    for row in rows.to_dict("records"):
        start, end = date.fromisoformat(str(row["start"])), date.fromisoformat(str(row["end"]))
        if start.day != 1 or (end + timedelta(days=1)).day != 1:
            raise InputError(f"{where}.series={series}: {start} to {end} are no whole months")
        if start >= arm.history.start and end <= arm.theatre.start:
            windows.append((start, end, float(cast(float, row["value"])), str(row["source"])))
    return windows


def _month(arm: Arm, where: str, value: object) -> int:
    """Return the number of a month of the year, from 0."""
    try:
        month = date.fromisoformat(f"{value}-01")
    except ValueError:
        raise InputError(f"{where}={value!r} is not a month such as 2020-07") from None
    first, last = arm.history.start, arm.theatre.start
    passed = (month.year - first.year) * 12 + month.month - first.month
    if not 0 <= passed <= (last.year - first.year) * 12 + last.month - first.month:
        raise InputError(f"{where}={value} is no month from {first:%Y-%m} to {last:%Y-%m}")
    return passed
