"""Run the steps of a calibration; each writes its tables and figures into the same folder."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from experiments.analysis import forecasts
from experiments.config.arm import Arm
from experiments.engine.block import compile_rules
from experiments.reports.folder import write_result, write_tables
from experiments.studies.calibrate.calibrated import asked_of, put_together
from experiments.studies.calibrate.checks import by_tolerance, coverage, screen
from experiments.studies.calibrate.families import equal_draws, live_again
from experiments.studies.calibrate.fit import fit
from experiments.studies.calibrate.report import draw_calibrated, summary, write_calibrated
from experiments.studies.calibrate.rolling import rolling
from experiments.studies.calibrate.settings import Calibration, Step
from experiments.studies.calibrate.waves import match, names_of, plausible_wave
from sim.worlds import generator

_SHOWN = 30
"""Factors of a screening that are printed; all are in its table."""


def calibrate(arm: Arm, calibration: Calibration) -> tuple[Path, list[str]]:
    """Run the steps; return the folder and a summary of each step. InputError: no draw is plausible."""
    compile_rules(arm)
    folder = write_result("calibrate", asked_of(calibration), {arm.scenario: arm}, {})
    return folder, [_STEPS[step](folder, arm, calibration) for step in calibration.steps]


def _posterior(folder: Path, arm: Arm, calibration: Calibration) -> str:
    names = names_of(arm, calibration)
    matched = match(arm, calibration, names)
    wave = plausible_wave(arm, calibration, names, matched)
    random = generator(arm.seed, "posterior", 0)
    found = fit(names, wave, calibration.used, calibration.accepted, random, calibration.tolerance)
    shared = equal_draws(found, names.fitted, calibration.kept, random)
    families = live_again(arm, calibration, names, calibration.used, shared, "families of the draws")
    calibrated = put_together(arm, calibration, names, matched, found, families)
    write_calibrated(folder, calibrated)
    draw_calibrated(folder, arm, calibrated)
    tolerances = by_tolerance(arm, calibration, names, wave)
    write_tables(folder, {"tolerance": tolerances})
    wide = tolerances.pivot(index="name", columns="factor", values=["shift", "sd"]).reset_index()
    return (
        f"{summary(calibrated)}\n\nBy factor on the tolerance (shift and spread in prior standard deviations):\n{_plain(wide)}"
    )


def _screening(folder: Path, arm: Arm, calibration: Calibration) -> str:
    table = screen(arm, calibration)
    write_tables(folder, {"screening": table})
    return f"Largest effects, in standard deviations of the observation moved:\n{_plain(table.head(_SHOWN))}"


def _coverage(folder: Path, arm: Arm, calibration: Calibration) -> str:
    table = coverage(arm, calibration, names_of(arm, calibration))
    write_tables(folder, {"coverage": table})
    return f"Coverage: share of simulated years whose 90 % interval holds the truth, with its 95 % interval:\n{_plain(table)}"


def _rolling(folder: Path, arm: Arm, calibration: Calibration) -> str:
    rolled = rolling(arm, calibration, names_of(arm, calibration))
    write_tables(folder, {"rolling": rolled.scores, "rolling_summary": rolled.summary})
    return f"Forecasts from {len(calibration.rolling.origins)} dates:\n{forecasts.table(rolled.summary)}"


def _plain(table: pd.DataFrame) -> str:
    return table.to_string(index=False, float_format=lambda number: f"{number:.3g}")


_STEPS: Mapping[Step, Callable[[Path, Arm, Calibration], str]] = {
    Step.SCREENING: _screening,
    Step.POSTERIOR: _posterior,
    Step.COVERAGE: _coverage,
    Step.ROLLING: _rolling,
}
