"""Hooks around Hydra's jobs: check the whole sweep before its first world, and compare it after its last."""

import traceback
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from hydra._internal.core_plugins.basic_launcher import BasicLauncher
from hydra.core.global_hydra import GlobalHydra
from hydra.errors import HydraException
from hydra.experimental.callback import Callback
from hydra.utils import get_method
from omegaconf import DictConfig, OmegaConf, open_dict
from omegaconf.errors import OmegaConfBaseException

from experiments.config.compose import arms_of, check_arms, is_checked, with_references
from experiments.config.defaults import declared
from experiments.config.read import resolved
from experiments.config.show import read_references
from experiments.errors import InputError, fail, note

if TYPE_CHECKING:
    from experiments.config.arm import Arm


def _loud(method: Callable[..., None]) -> Callable[..., None]:
    """Let errors end the process: Hydra turns the exceptions of a callback into warnings and goes on."""

    @wraps(method)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        try:
            method(*args, **kwargs)
        except InputError as error:
            fail(error)
        except OmegaConfBaseException as error:
            fail(str(error).splitlines()[0])
        except BrokenPipeError:
            raise SystemExit(0) from None  # the reader of our output is gone
        except Exception:
            traceback.print_exc()
            raise SystemExit(1) from None

    return wrapped


class SweepOfArms(Callback):
    """Checks the arms of a run or sweep, and hands the arms of a finished sweep to a function of the job."""

    def __init__(
        self, after_sweep: str = "experiments.studies.compare.report.report", notes: bool = True, runs: bool = True
    ) -> None:
        """Take the name of the function that gets the arms, whether to print warnings, and whether arms are run."""
        self.after_sweep, self.runs = after_sweep, runs
        self.added: list[Arm] = []
        self.notes = notes
        self.arms: dict[str, Arm] = {}

    @_loud
    def on_run_start(self, config: DictConfig, **kwargs: Any) -> None:
        """Check the one arm."""
        self._check([config])

    @_loud
    def on_multirun_start(self, config: DictConfig, **kwargs: Any) -> None:
        """Compose and check every arm of the sweep."""
        from experiments.engine.run import plan

        OmegaConf.select(config, "results")  # arms inherit resolved values: ${now:...} is one time for all
        named = config.hydra.sweeper.params or {}
        given = [f"{name!s}={named[name]}" for name in named] + list(config.hydra.overrides.task)
        arms = arms_of(GlobalHydra.instance().config_loader(), given)
        is_here = config.hydra.launcher["_target_"] == f"{BasicLauncher.__module__}.{BasicLauncher.__name__}"
        more = with_references(arms, read_references(resolved(config, ["references"])))
        if more and not is_here:
            raise InputError(
                "references: with another launcher, name the references in the sweep too, as in scenario=stay,us_pullout"
            )
        self._check([_composed(config, overrides) for overrides in [*arms, *more]])
        self.added = list(self.arms.values())[len(arms) :]
        plan(self.arms)
        if is_here:
            _without_ledger()

    @_loud
    def on_multirun_end(self, config: DictConfig, **kwargs: Any) -> None:
        """Run the references that the sweep lacks, and hand all arms to the job."""
        from experiments.engine.run import run_arm
        from experiments.errors import UNFINISHED, BlocksFailedError, RunError, say

        for arm in self.added if self.runs else ():
            try:
                run_arm(arm)
            except BlocksFailedError as error:
                say(error)
            except RunError as error:
                fail(error, UNFINISHED)
        get_method(self.after_sweep)(self.arms)

    def _check(self, configs: list[DictConfig]) -> None:
        from experiments.config.files import check_writable
        from experiments.engine.dask_cluster import check_cluster
        from experiments.engine.warnings import notes_on_arms
        from experiments.storage.about import names_of
        from experiments.storage.arms import name_arms

        arms = check_arms(configs)
        if len(folders := dict.fromkeys(str(arm.results) for arm in arms)) > 1:
            raise InputError(f"results={','.join(folders)}: the arms of a sweep are compared and need one common folder")
        for arm in arms:
            check_writable(arm.results)
            if arm.folder.exists():  # else it need not be read, nor zarr imported
                from experiments.storage.read import ArmStore

                ArmStore(arm.folder).check_key(arm.key)
            check_cluster(arm.compute)
        self.arms = name_arms(arms)
        names_of(self.arms)
        if len({arm.venue for arm in arms}) > 1:
            raise InputError("figure: a comparison is drawn for one venue; knockon figures figure=slides draws it for another")
        for known in notes_on_arms(self.arms) if self.notes else ():
            note(known)
        if any(arm.dry_run for arm in arms):
            from experiments.engine.dry_run import table_of

            if not all(arm.dry_run for arm in arms):
                raise InputError("dry_run=true,false is no sweep: give one of them")
            print(table_of(self.arms), flush=True)
            raise SystemExit(0)  # before Hydra runs any


def _without_ledger() -> None:
    """Leave the parameters out of the configs of this process's jobs: the arms exist, and Hydra copies each config twice."""
    loader = GlobalHydra.instance().config_loader()
    compose = loader.load_sweep_config

    def load_sweep_config(master_config: DictConfig, sweep_overrides: list[str]) -> DictConfig:
        config = compose(master_config, sweep_overrides)
        if is_checked(config):  # by the very overrides that the job will have: Hydra escapes some, ${now:...} say
            with open_dict(config):
                for group in declared():
                    config.pop(group, None)
        return config

    vars(loader)["load_sweep_config"] = load_sweep_config


def _composed(config: DictConfig, overrides: list[str]) -> DictConfig:
    from experiments.config.compose import explain

    try:
        return GlobalHydra.instance().config_loader().load_sweep_config(config, overrides)
    except HydraException as error:
        raise InputError(explain(error)) from None
