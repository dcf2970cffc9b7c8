"""Ask which numbers and which mechanisms the outcomes of an arm, and its differences from another, hinge on."""

from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig

SET_OTHERWISE = {
    "scenario": "sensitivity.arm and sensitivity.relative_to say which scenarios",
    "reference": "sensitivity.relative_to says which",
    "ensemble.worlds_per_draw": "sensitivity.worlds_per_row says how many worlds share a row",
}
"""What other jobs have, by name, and what says it here."""


def main(config: DictConfig) -> None:
    """Run what conf/sensitivity/ asks for, print the answer, write tables and figures."""
    from experiments.composing import check_overrides, compose_arm, in_one_line, section_of
    from experiments.files import check_writable
    from experiments.sensitivity.factors import check_priors
    from experiments.sensitivity.report import told, write_study
    from experiments.sensitivity.settings import read_settings
    from experiments.sensitivity.study import study
    from experiments.venue import figures_folder

    hydra = HydraConfig.get()
    overrides = list(hydra.overrides.task)
    with in_one_line():
        check_overrides("sensitivity", overrides, hydra.mode is RunMode.MULTIRUN, SET_OTHERWISE)
        settings = read_settings(section_of(config, "sensitivity"))
        scenarios = [scenario for scenario in (settings.arm, settings.relative_to) if scenario is not None]
        setups = {scenario: compose_arm("sensitivity", scenario, overrides) for scenario in scenarios}
        check_priors(setups)
        check_writable(setups[settings.arm].results)
        made = study(setups, settings)
        folder = write_study(made, setups, settings)
        figures = figures_folder(folder, setups[settings.arm].venue)
        print(f"\n{told(made, settings)}\n\nTables:  {folder / 'tables'}\nFigures: {figures}", flush=True)
