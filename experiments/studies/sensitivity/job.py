"""Ask which numbers and which mechanisms the outcomes of an arm, and its differences from another, hinge on."""

from collections.abc import Collection, Sequence

from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig

from experiments.errors import InputError

SET_OTHERWISE = {
    "scenario": "sensitivity.arm and sensitivity.relative_to say which scenarios",
    "reference": "sensitivity.relative_to says which",
    "ensemble.worlds_per_draw": "sensitivity.worlds_per_row says how many worlds share a row",
}
"""What other jobs have, by name, and what says it here."""


def main(config: DictConfig) -> None:
    """Run what conf/sensitivity/ asks for, print the answer, write tables and figures."""
    from experiments.config.compose import check_overrides, compose_arm, in_one_line, section_of
    from experiments.config.files import check_writable
    from experiments.engine.dry_run import table_of
    from experiments.figures.venue import figures_folder
    from experiments.studies.sensitivity.report import told, write_study
    from experiments.studies.sensitivity.settings import read_settings
    from experiments.studies.sensitivity.study import check_worlds, planned, study
    from experiments.studies.sensitivity.worlds import check_priors

    hydra = HydraConfig.get()
    overrides = list(hydra.overrides.task)
    with in_one_line():
        check_overrides("sensitivity", overrides, hydra.mode is RunMode.MULTIRUN, SET_OTHERWISE)
        settings = read_settings(section_of(config, "sensitivity"))
        check_asked(overrides, settings.steps)
        scenarios = [scenario for scenario in (settings.arm, settings.relative_to) if scenario is not None]
        arms = {scenario: compose_arm("sensitivity", scenario, overrides) for scenario in scenarios}
        check_priors(arms)
        check_worlds(arms, settings)
        if arms[settings.arm].dry_run:
            print(table_of(planned(arms, settings)), flush=True)
            return
        check_writable(arms[settings.arm].results)
        made = study(arms, settings)
        folder = write_study(made, arms, settings)
        figures = figures_folder(folder, arms[settings.arm].venue)
        print(f"\n{told(made, settings)}\n\nTables:  {folder / 'tables'}\nFigures: {figures}", flush=True)


_OF_A_STEP = {
    "ensemble.worlds": ("ablation", "sensitivity.trajectories, points and worlds_per_row say how many worlds the samples have"),
    "sensitivity.trajectories": ("screening", "add screening to sensitivity.steps"),
    "sensitivity.keep": ("indices", "add screening and indices to sensitivity.steps"),
    "sensitivity.points": ("indices", "add screening and indices to sensitivity.steps"),
    "sensitivity.rest": ("indices", "add screening and indices to sensitivity.steps"),
    "sensitivity.worlds_per_row": ("screening", "ensemble.worlds says how many worlds the ablation has"),
}
"""By setting, the step that alone reads it, and what to do without."""


def check_asked(overrides: Sequence[str], steps: Collection[str]) -> None:
    """Refuse settings of steps that are not asked for: they would change nothing.

    Raises:
        InputError: there is one.
    """
    for override in overrides:
        step, instead = _OF_A_STEP.get(override.partition("=")[0].lstrip("+~"), ("", ""))
        if step and step not in steps:
            raise InputError(f"{override} would change nothing: sensitivity.steps leaves out the {step}; {instead}")
