"""All steps of a sensitivity analysis, one after the other."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from experiments.analysis.morris import Factors
from experiments.analysis.paired import Datasets
from experiments.config.arm import Arm
from experiments.config.ledger import factors_of
from experiments.engine.run import run_arms
from experiments.errors import InputError
from experiments.studies.sensitivity.ablation import ablate, arms_without
from experiments.studies.sensitivity.samples import keep, screen, screening_arms
from experiments.studies.sensitivity.settings import Settings, Step
from experiments.studies.sensitivity.sobol import Found, analyse, sobol_arms

MOST_SAMPLED = 10**7
"""Most worlds of a sample, whose rows and outcomes are held in memory."""


@dataclass(slots=True)
class Study:
    """The results of a sensitivity analysis.

    Attributes:
        factors: all that were screened. `kept`: those with indices, the strongest first.
        screening: one row per outcome, `of` and factor; None without this step. `found`, `ablation`: likewise.
        arms: every arm that was run for it, by label. `sampled`: the worlds behind the indices.
    """

    factors: Factors
    kept: list[str] = field(default_factory=list)
    screening: pd.DataFrame | None = None
    found: Found | None = None
    ablation: pd.DataFrame | None = None
    arms: dict[str, Arm] = field(default_factory=dict)
    sampled: Datasets = field(default_factory=dict)


def study(arms: Mapping[str, Arm], settings: Settings) -> Study:
    """Run missing worlds and analyse them.

    The arms, by label: the arm of the questions, and its reference if there is one.
    """
    made = Study(factors_of(list(arms.values())), arms=dict(arms))
    if Step.SCREENING in settings.steps:
        run, design = screening_arms(arms, made.factors, settings)
        seed = next(iter(arms.values())).seed_of_samples
        made.screening = screen(run_arms(run, "screening"), design, made.factors, settings, seed)
        made.kept = keep(made.screening, settings.keep)
        made.arms |= _labelled(run, "screening")
    if Step.INDICES in settings.steps and len(made.kept) > 1:
        factors = {factor: made.factors[factor] for factor in made.kept}
        run, design = sobol_arms(arms, factors, settings)
        made.sampled = run_arms(run, "indices")
        made.found = analyse(made.sampled, design, factors, settings, arms)
        made.arms |= _labelled(run, "indices")
    if Step.ABLATION in settings.steps:
        made.ablation = ablate(arms, settings.outcomes)
    return made


def planned(arms: Mapping[str, Arm], settings: Settings) -> dict[str, Arm]:
    """Return every arm that a study runs, by label; the arms of the indices have the largest possible number of factors."""
    factors, found = factors_of(list(arms.values())), dict[str, Arm]()
    if Step.SCREENING in settings.steps:
        found |= _labelled(screening_arms(arms, factors, settings)[0], "screening")
    if Step.INDICES in settings.steps:
        kept = dict(list(factors.items())[: settings.keep])
        found |= _labelled(sobol_arms(arms, kept, settings)[0], "indices, at most")
    if Step.ABLATION in settings.steps:
        found |= _labelled(arms, "full")
        for off, without in arms_without(arms):
            found |= _labelled(without, f"{off} off")
    return found


def check_worlds(arms: Mapping[str, Arm], settings: Settings) -> None:
    """Check before sampling that an arm can hold the worlds of the samples."""
    factors = len(factors_of(list(arms.values())))
    rows = {
        Step.SCREENING: (f"trajectories={settings.trajectories}", settings.trajectories * (factors + 1)),
        Step.INDICES: (f"points={settings.points}", settings.points * (min(settings.keep, factors) + 2)),
    }
    for step, (asked, count) in rows.items():
        if step in settings.steps and (worlds := count * settings.worlds_per_row) > MOST_SAMPLED:
            raise InputError(
                f"sensitivity.{asked} with worlds_per_row={settings.worlds_per_row} are {worlds:,} worlds per arm, more than"
                f" {MOST_SAMPLED:,}: ask for fewer"
            )


def _labelled(arms: Mapping[str, Arm], what: str) -> dict[str, Arm]:
    return {f"{label}, {what}": arm for label, arm in arms.items()}
