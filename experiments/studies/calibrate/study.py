"""Run the steps of a calibration; each writes its tables and figures into the same folder."""

from pathlib import Path

import pandas as pd

from experiments.analysis import forecasts
from experiments.analysis.generators import generator
from experiments.config.arm import Arm
from experiments.engine.block import compile_rules
from experiments.reports.folder import write_result, write_tables
from experiments.studies.calibrate.calibrated import tabulate, without_steps
from experiments.studies.calibrate.checks import by_tolerance, coverage, screen
from experiments.studies.calibrate.families import equal_draws, run_families
from experiments.studies.calibrate.fit import fit
from experiments.studies.calibrate.placebo import placebo
from experiments.studies.calibrate.report import draw_calibrated, summary, write_calibrated
from experiments.studies.calibrate.rolling import rolling
from experiments.studies.calibrate.settings import Calibration, Step
from experiments.studies.calibrate.waves import match, names_of, plausible_wave

_SHOWN = 30
"""Most factors of a screening that are printed; the table has all of them."""


def calibrate(arm: Arm, calibration: Calibration) -> tuple[Path, list[str]]:
    """Run the steps; return the folder and a summary of each step. InputError: no draw is plausible."""
    compile_rules(arm)
    folder = write_result("calibrate", without_steps(calibration), {arm.scenario: arm}, {})
    return folder, [_run(step, folder, arm, calibration) for step in calibration.steps]


def _run(step: Step, folder: Path, arm: Arm, calibration: Calibration) -> str:
    names = names_of(arm, calibration)
    match step:
        case Step.SCREENING:
            tables = {"screening": screen(arm, calibration)}
            head = "Largest effects, in standard deviations of the affected observation:"
            text = f"{head}\n{_plain(tables['screening'].head(_SHOWN))}"
        case Step.POSTERIOR:
            matched = match(arm, calibration, names)
            wave = plausible_wave(arm, calibration, names, matched)
            random = generator(arm.seed, "posterior")
            found = fit(names, wave, calibration.used, calibration.accepted, random, calibration.tolerance)
            shared = equal_draws(found, names.fitted, calibration.kept, random)
            families = run_families(arm, calibration, names, calibration.used, shared, "families of the draws")
            calibrated = tabulate(arm, calibration, names, matched, found, families)
            write_calibrated(folder, calibrated)
            draw_calibrated(folder, arm, calibrated)
            tables = {"tolerance": by_tolerance(arm, calibration, names, wave)}
            wide = tables["tolerance"].pivot(index="name", columns="factor", values=["shift", "sd"]).reset_index()
            head = "Shift and sd, in prior standard deviations, if the tolerance is multiplied by the factor of the column:"
            text = f"{summary(calibrated)}\n\n{head}\n{_plain(wide)}"
        case Step.COVERAGE:
            tables = {"coverage": coverage(arm, calibration, names)}
            head = "Coverage: share of simulated years whose 90 % interval contains the truth, with its 95 % interval:"
            text = f"{head}\n{_plain(tables['coverage'])}"
        case Step.ROLLING:
            scores, summarised = rolling(arm, calibration, names)
            tables = {"rolling": scores, "rolling_summary": summarised}
            text = f"Forecasts from {len(calibration.rolling.origins)} dates:\n{forecasts.table(summarised)}"
        case Step.PLACEBO:
            tables = {"placebo": placebo(arm, calibration, names)}
            event = calibration.placebo.event
            behind = "behind: log units by which the event's own date agrees better"
            head = f"Agreement of the reports with other dates of {event} ({behind}):"
            text = f"{head}\n{_plain(tables['placebo'])}"
    write_tables(folder, tables)
    return text


def _plain(table: pd.DataFrame) -> str:
    return table.to_string(index=False, float_format=lambda number: f"{number:.3g}")
