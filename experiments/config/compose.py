"""Jobs that need several arms of their own choosing: each is composed with the overrides of the command line."""

from collections.abc import Collection, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from hydra import compose as hydra_compose
from hydra.core.global_hydra import GlobalHydra
from hydra.errors import HydraException
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf

from experiments.config.arm import Arm
from experiments.config.conf_source import shipped_configs
from experiments.config.defaults import experiment, names_in
from experiments.config.hydra_messages import explain
from experiments.config.overrides import for_hydra
from experiments.config.read import read_arm
from experiments.config.resolving import resolved
from experiments.errors import UNFINISHED, InputError, RunError, fail, full_disk_in_one_line


@contextmanager
def in_one_line() -> Generator[None]:
    """Turn what an analyst can mend into one line and an exit code: raised, Hydra would put a line of its own before it."""
    try:
        with full_disk_in_one_line():
            yield
    except InputError as error:
        fail(error)
    except RunError as error:
        fail(error, UNFINISHED)


def check_overrides(job: str, overrides: Sequence[str], is_sweep: bool, set_otherwise: Mapping[str, str]) -> None:
    """Refuse what would change nothing, or the wrong thing.

    Args:
        job: its name.
        overrides: of the command line.
        is_sweep: whether it asks for a sweep.
        set_otherwise: by name of a setting, what is to be set in its place.

    Raises:
        InputError: a sweep, a setting that is not asked, or an experiment of another job.
    """
    if is_sweep:
        raise InputError(f"{job} is no sweep: its settings say which arms it needs; leave out -m")
    for override in overrides:
        name, _, value = override.partition("=")
        name = name.lstrip("+~")
        if name == "experiment" and value in names_in("experiment") and job not in experiment(value):
            raise InputError(
                f"{override} is not one of knockon {job}: the first lines of conf/experiment/{value}.yaml say of which"
            )
        if name in set_otherwise:
            raise InputError(f"{override} would change nothing: {set_otherwise[name]}")


def section_of(config: DictConfig, job: str) -> dict[str, Any]:
    """Return the job's own settings as plain values, below its name.

    Raises:
        InputError: they cannot be resolved.
    """
    return resolved(config, [job])


def compose_arm(job: str, scenario: str, overrides: Sequence[str], own: Collection[str] = ()) -> Arm:
    """Compose and check one arm of a job, within Hydra's own run.

    Args:
        job: its settings stand in the config below its name, and are no part of the arm.
        scenario: of the arm.
        overrides: of the command line, and what the job adds to them.
        own: the job's settings, where they do not stand below its name.

    Raises:
        InputError: something cannot be used; one line.
    """
    given = for_hydra([f"scenario={scenario}", *overrides])
    try:
        config = GlobalHydra.instance().config_loader().load_configuration(job, given, RunMode.RUN)
    except HydraException as error:
        raise InputError(explain(error)) from None
    no_part = own or {job}
    of_arm = OmegaConf.masked_copy(config, [str(key) for key in config if key not in no_part])
    about_arm = [override for override in given if override.lstrip("+~").partition("=")[0].partition(".")[0] not in no_part]
    return read_arm(of_arm, scenario, about_arm)


def compose(scenario: str = "stay", *overrides: str, results: str | Path | None = None) -> Arm:
    """Compose and check one arm.

    Args:
        scenario: name of a scenario in conf/scenario/.
        overrides: as on the command line, "militias.effect_of_restraint=1.5".
        results: folder of the results; `results` below the working directory by default.

    Raises:
        InputError: something cannot be used; one line.
    """
    given = for_hydra([f"scenario={scenario}", *overrides])
    try:
        with shipped_configs():
            config = hydra_compose("run", overrides=given)
    except HydraException as error:
        raise InputError(explain(error)) from None
    composed = read_arm(config, scenario, given)
    return composed if results is None else replace(composed, results=Path(results))


def arm_of(config: DictConfig, hydra: Any) -> "Arm":
    """Make an arm of a config composed by Hydra; `hydra` is its hydra node."""
    from experiments.config.defaults import use_own_folder
    from experiments.config.read import read_arm

    own = [Path(source.path) for source in hydra.runtime.config_sources if source.provider == "command-line"]
    use_own_folder(own[0] if own else None)  # elsewhere than in the process that was called, Slurm say
    return read_arm(config, str(hydra.runtime.choices["scenario"]), list(hydra.overrides.task))
