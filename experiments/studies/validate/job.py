"""Hold the model against the patterns that it must reproduce; exit code 1 if a required one fails. Or score observed data."""

from collections.abc import Sequence

from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf

from experiments.config.arm import Arm
from experiments.config.compose import in_one_line
from experiments.config.read import read_arm
from experiments.errors import InputError

_SET_BY_THE_PATTERNS = ("scenario", "ensemble.days", "ensemble.record", "ensemble.worlds_per_draw")


def main(config: DictConfig) -> None:
    """Run what the patterns need, print the scorecard and write it; with `data=FILE`, score the arm against the file."""
    if config.data is not None:
        score_data(config)
        return
    from experiments.config.files import check_writable
    from experiments.studies.validate.report import read_targets, targets_file, validate, write_scorecard
    from experiments.studies.validate.scorecard import failures, summary, table

    hydra = HydraConfig.get()
    overrides = list(hydra.overrides.task)
    with in_one_line():
        check_overrides(overrides, hydra.mode is RunMode.MULTIRUN)
        arms, targets = compose_scenarios(overrides), read_targets(targets_file())
        check_writable(arms["stay"].results)
        scorecard = validate(arms, targets, arms["stay"].worlds)
    folder = write_scorecard(arms, targets, scorecard)
    print(f"{table(scorecard)}\n\n{summary(scorecard)}\n\nScorecard: {folder}", flush=True)
    if failures(scorecard):
        raise SystemExit(1)


def score_data(config: DictConfig) -> None:
    """Score the arm of a composed config against observed series, print the scores and write them."""
    from experiments.config.files import check_writable, place_of
    from experiments.studies.validate.observed import read_lines

    hydra, file = HydraConfig.get(), place_of(str(config.data))
    with in_one_line():
        if hydra.mode is RunMode.MULTIRUN:
            raise InputError("validate data=FILE scores one arm: leave out -m and call it once an arm")
        lines = read_lines(file)
        from experiments.studies.validate.observed_scores import (  # compiles what it scores with: seconds
            score_observed,
            write_observed,
        )

        of_arm = OmegaConf.masked_copy(config, [str(key) for key in config if key not in ("hydra", "data")])
        overrides = [override for override in hydra.overrides.task if not override.startswith("data=")]
        arm = read_arm(of_arm, str(hydra.runtime.choices["scenario"]), overrides)
        check_writable(arm.results)
        scored = score_observed(arm, file, lines)
        folder = write_observed(arm, scored)
    print(f"{scored.summary_text()}\n\nScores and figure: {folder}", flush=True)


def check_overrides(overrides: Sequence[str], is_sweep: bool) -> None:
    """Refuse what would change nothing, or the wrong thing.

    Raises:
        InputError: a sweep, or a setting that the patterns set.
    """
    if is_sweep:
        raise InputError("validate is no sweep: it runs the scenarios that the patterns need; leave out -m")
    for override in overrides:
        name = override.partition("=")[0].lstrip("+~")
        if name in _SET_BY_THE_PATTERNS:
            raise InputError(f"{override}: the patterns set it; knockon validate takes ensemble.worlds, parameters, mechanisms")


def compose_scenarios(overrides: Sequence[str]) -> dict[str, Arm]:
    """Compose and check the arms that the patterns need, each with the overrides of the command line."""
    from experiments.studies.validate.pattern_runs import SCENARIOS

    loader = GlobalHydra.instance().config_loader()
    arms = {}
    for scenario in SCENARIOS:
        given = [f"scenario={scenario}", *overrides]
        config = loader.load_configuration("validate", given, RunMode.RUN)
        of_arm = OmegaConf.masked_copy(config, [str(key) for key in config if key not in ("hydra", "data")])
        arms[scenario] = read_arm(of_arm, scenario, given)
    return arms
