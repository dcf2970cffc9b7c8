"""All steps of a sensitivity analysis, one after the other."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd
import xarray as xr

from experiments.analysis.factors import Factors
from experiments.config.arm import Setup
from experiments.errors import InputError
from experiments.studies.sensitivity.ablation import ablate, arms_without
from experiments.studies.sensitivity.factors import factors_of
from experiments.studies.sensitivity.indices import Found, analyse, sobol_arms
from experiments.studies.sensitivity.screening import keep, screen, screening_arms
from experiments.studies.sensitivity.settings import Settings, Step
from experiments.studies.sensitivity.worlds import run_all

MOST_SAMPLED = 10**7
"""Worlds of a sample: its rows and what comes of them are held in memory."""


@dataclass(slots=True)
class Study:
    """What was found.

    Attributes:
        factors: all that were screened. `kept`: those that the indices are about, the strongest first.
        screening: a row an outcome, `of` and factor; None where it was not asked. `found`, `ablation`: likewise.
        arms: every arm that was run for it, by label. `sampled`: the worlds that the indices rest on.
    """

    factors: Factors
    kept: list[str] = field(default_factory=list)
    screening: pd.DataFrame | None = None
    found: Found | None = None
    ablation: pd.DataFrame | None = None
    arms: dict[str, Setup] = field(default_factory=dict)
    sampled: Mapping[str, xr.Dataset] = field(default_factory=dict)


def study(setups: Mapping[str, Setup], settings: Settings) -> Study:
    """Run what is missing and analyse it.

    Args:
        setups: the arm, and the one that it is compared with if there is one, by label.
        settings: of the job.
    """
    made = Study(factors_of(list(setups.values())), arms=dict(setups))
    if Step.SCREENING in settings.steps:
        _screen(made, setups, settings)
    if Step.INDICES in settings.steps and len(made.kept) > 1:
        _indices(made, setups, settings)
    if Step.ABLATION in settings.steps:
        made.ablation = ablate(setups, settings.outcomes)
    return made


def planned(setups: Mapping[str, Setup], settings: Settings) -> dict[str, Setup]:
    """Return every arm that a study runs, by label; the indices with as many factors as may be kept."""
    factors, arms = factors_of(list(setups.values())), dict[str, Setup]()
    if Step.SCREENING in settings.steps:
        arms |= _labelled(screening_arms(setups, factors, settings)[0], "screening")
    if Step.INDICES in settings.steps:
        kept = dict(list(factors.items())[: settings.keep])
        arms |= _labelled(sobol_arms(setups, kept, settings)[0], "indices, at most")
    if Step.ABLATION in settings.steps:
        arms |= _labelled(setups, "full")
        for off, without in arms_without(setups):
            arms |= _labelled(without, f"{off} off")
    return arms


def check_worlds(setups: Mapping[str, Setup], settings: Settings) -> None:
    """Check, before anything is sampled, that an arm can hold the worlds of the samples.

    Raises:
        InputError: it cannot.
    """
    factors = len(factors_of(list(setups.values())))
    rows = {
        Step.SCREENING: (f"trajectories={settings.trajectories}", settings.trajectories * (factors + 1)),
        Step.INDICES: (f"points={settings.points}", settings.points * (min(settings.keep, factors) + 2)),
    }
    for step, (asked, count) in rows.items():
        if step in settings.steps and (worlds := count * settings.worlds_per_row) > MOST_SAMPLED:
            raise InputError(
                f"sensitivity.{asked} with worlds_per_row={settings.worlds_per_row} are {worlds:,} worlds of each arm, more"
                f" than {MOST_SAMPLED:,}: ask for fewer"
            )


def _labelled(arms: Mapping[str, Setup], what: str) -> dict[str, Setup]:
    return {f"{label}, {what}": setup for label, setup in arms.items()}


def _screen(made: Study, setups: Mapping[str, Setup], settings: Settings) -> None:
    arms, design = screening_arms(setups, made.factors, settings)
    data = run_all(arms, "screening")
    seed = next(iter(setups.values())).seed_of_samples
    made.screening = screen(data, design, made.factors, settings, seed)
    made.kept = keep(made.screening, settings.keep)
    made.arms |= {f"{label}, screening": arm for label, arm in arms.items()}


def _indices(made: Study, setups: Mapping[str, Setup], settings: Settings) -> None:
    factors = {factor: made.factors[factor] for factor in made.kept}
    arms, design = sobol_arms(setups, factors, settings)
    made.sampled = run_all(arms, "indices")
    made.found = analyse(made.sampled, design, factors, settings, setups)
    made.arms |= {f"{label}, indices": arm for label, arm in arms.items()}
