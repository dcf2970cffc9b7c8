"""All steps of a sensitivity analysis, one after the other."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd
import xarray as xr

from experiments.analysis.factors import Factors
from experiments.sensitivity.ablation import ablate
from experiments.sensitivity.factors import factors_of
from experiments.sensitivity.indices import Found, analyse, sobol_arms
from experiments.sensitivity.screening import keep, screen, screening_arms
from experiments.sensitivity.settings import Settings, Step
from experiments.sensitivity.worlds import run_all
from experiments.setup import Setup


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


def _screen(made: Study, setups: Mapping[str, Setup], settings: Settings) -> None:
    arms, design = screening_arms(setups, made.factors, settings)
    data = run_all(arms, "screening")
    seed = next(iter(setups.values())).seed
    made.screening = screen(data, design, made.factors, settings, seed)
    made.kept = keep(made.screening, settings.keep)
    made.arms |= {f"{label}, screening": arm for label, arm in arms.items()}


def _indices(made: Study, setups: Mapping[str, Setup], settings: Settings) -> None:
    factors = {factor: made.factors[factor] for factor in made.kept}
    arms, design = sobol_arms(setups, factors, settings)
    made.sampled = run_all(arms, "indices")
    made.found = analyse(made.sampled, design, factors, settings, setups)
    made.arms |= {f"{label}, indices": arm for label, arm in arms.items()}
