"""Find the parameters and mechanisms that an answer depends on most: knockon sensitivity sensitivity=quick."""

from collections.abc import Collection, Sequence

from experiments.config.compose import name_of
from experiments.errors import InputError
from experiments.studies.runner import Call, Result, job

INSTEAD = {
    "scenario": "sensitivity.arm and sensitivity.relative_to say which scenarios",
    "reference": "sensitivity.relative_to says which",
    "ensemble.worlds_per_draw": "sensitivity.worlds_per_row says how many worlds share a row",
}
_OF_A_STEP = {
    "ensemble.worlds": ("ablation", "sensitivity.trajectories, points and worlds_per_row say how many worlds the samples have"),
    "sensitivity.trajectories": ("screening", "add screening to sensitivity.steps"),
    "sensitivity.keep": ("indices", "add screening and indices to sensitivity.steps"),
    "sensitivity.points": ("indices", "add screening and indices to sensitivity.steps"),
    "sensitivity.rest": ("indices", "add screening and indices to sensitivity.steps"),
    "sensitivity.worlds_per_row": ("screening", "ensemble.worlds says how many worlds the ablation has"),
}
"""By setting: the only step that reads it, and the advice if this step is left out."""


def work(call: Call) -> Result | None:
    """Run the steps of conf/sensitivity/."""
    from experiments.studies.sensitivity.report import summary, write_study
    from experiments.studies.sensitivity.samples import check_priors
    from experiments.studies.sensitivity.settings import Settings
    from experiments.studies.sensitivity.study import check_worlds, planned, study

    settings = call.section(Settings)
    check_asked(call.overrides, settings.steps)
    arms = {scenario: call.arm(scenario) for scenario in filter(None, (settings.arm, settings.relative_to))}
    check_priors(arms)
    check_worlds(arms, settings)
    if call.is_dry(planned(arms, settings) if arms[settings.arm].dry_run else arms):
        return None
    made = study(arms, settings)
    return Result(write_study(made, arms, settings), summary(made, settings))


def check_asked(overrides: Sequence[str], steps: Collection[str]) -> None:
    """Refuse settings of steps that are left out: they would change nothing."""
    for override in overrides:
        step, instead = _OF_A_STEP.get(name_of(override), ("", ""))
        if step and step not in steps:
            raise InputError(f"{override} would change nothing: sensitivity.steps leaves out the {step}; {instead}")


main = job("sensitivity", work, instead=INSTEAD)
