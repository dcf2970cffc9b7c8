"""Weigh arms against each other: regret, thresholds and doses, outcome by outcome."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig

if TYPE_CHECKING:
    from experiments.config.arm import Arm

_SET_OTHERWISE = {
    "scenario": "decide.arms says which scenarios",
    "reference": "thresholds and doses are relative to the first of decide.arms, or to what they name",
}


def main(config: DictConfig) -> None:
    """Run the arms, print what they come to, write tables and figures."""
    from experiments.config.compose import check_overrides, compose_arm, in_one_line, section_of
    from experiments.config.files import check_writable
    from experiments.engine.dry_run import table_of
    from experiments.figures.venue import figures_folder
    from experiments.studies.decide.report import told, write_decision
    from experiments.studies.decide.settings import read_settings
    from experiments.studies.decide.study import compose_arms, compose_dose, dose_label, weigh

    hydra = HydraConfig.get()
    overrides = list(hydra.overrides.task)
    with in_one_line():
        check_overrides("decide", overrides, hydra.mode is RunMode.MULTIRUN, _SET_OTHERWISE)
        settings = read_settings(section_of(config, "decide"))

        def compose(scenario: str, more: Sequence[str]) -> "Arm":
            return compose_arm("decide", scenario, [*overrides, *more])

        arms = compose_arms(settings, compose)
        doses = {dose: compose_dose(dose, compose) for dose in settings.doses}
        check_writable(next(iter(arms.values())).results)
        if next(iter(arms.values())).dry_run:
            varied = {dose_label(dose, values): arm for dose, arms in doses.items() for values, arm in arms.items()}
            print(table_of({**arms, **varied}), flush=True)
            return
        weighed = weigh(arms, doses, settings)
        folder = write_decision(arms, doses, settings, weighed)
        figures = figures_folder(folder, next(iter(arms.values())).venue)
        print(f"\n{told(settings, weighed)}\n\nTables:  {folder / 'tables'}\nFigures: {figures}", flush=True)
