"""Find the values of the uncertain numbers for which the answer to a question is mostly yes."""

from importlib.util import find_spec

from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig

from experiments.errors import fail

_SET_OTHERWISE = {
    "scenario": "discover.arm and discover.relative_to say which scenarios",
    "reference": "discover.relative_to says which",
}


def main(config: DictConfig) -> None:
    """Run the arms of the question, look for a box, print it, write tables and figures."""
    if find_spec("ema_workbench") is None:
        fail("discover needs the EMA workbench: uv sync --extra discover, or install knockon[discover]")
    from experiments.config.compose import check_overrides, compose_arm, in_one_line, section_of
    from experiments.config.files import check_writable
    from experiments.engine.dry_run import table_of
    from experiments.figures.venue import figures_folder
    from experiments.studies.discover.report import told, write_discovery
    from experiments.studies.discover.settings import read_settings
    from experiments.studies.discover.study import search

    hydra = HydraConfig.get()
    overrides = list(hydra.overrides.task)
    with in_one_line():
        check_overrides("discover", overrides, hydra.mode is RunMode.MULTIRUN, _SET_OTHERWISE)
        settings = read_settings(section_of(config, "discover"))
        scenarios = [name for name in (settings.question.arm, settings.question.relative_to) if name is not None]
        arms = {scenario: compose_arm("discover", scenario, overrides) for scenario in scenarios}
        check_writable(arms[settings.question.arm].results)
        if arms[settings.question.arm].dry_run:
            print(table_of(arms), flush=True)
            return
        made = search(arms, settings)
        folder = write_discovery(arms, settings, made.answered, made.found, made.data)
        print(f"\n{told(settings, made.answered, made.found, made.why)}\n\nTables:  {folder / 'tables'}", flush=True)
        if made.found is not None:
            print(f"Figures: {figures_folder(folder, arms[settings.question.arm].venue)}", flush=True)
