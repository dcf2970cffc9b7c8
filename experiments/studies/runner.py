"""Run the job of a study: refuse settings without effect, compose its arms, do its work, print the result."""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig

from experiments.config.arm import Arm
from experiments.config.compose import compose, name_of, section_of
from experiments.config.compute import read_venue
from experiments.config.defaults import experiment, names_in
from experiments.config.fields import read
from experiments.config.files import check_writable
from experiments.config.hydra_run import leave
from experiments.config.read import resolved
from experiments.errors import UNFINISHED, InputError, RunError, fail, full_disk_in_one_line
from experiments.figures.venue import figures_folder


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a job: the folder with it, the text to print, and whether the process ends with exit code 1."""

    folder: Path
    text: str
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """The call of a job.

    Attributes:
        job: its name. `own`: names of its own settings in the config, which are no part of an arm.
        config: composed. `choices`: config chosen in each group.
        overrides: of the command line.
    """

    job: str
    own: tuple[str, ...]
    config: DictConfig
    choices: Mapping[str, str]
    overrides: tuple[str, ...]

    def settings(self) -> dict[str, Any]:
        """Return the settings that belong to this job, as plain values."""
        return resolved(self.config, self.own)

    def section[T](self, kind: type[T]) -> T:
        """Return the section of the job's name, checked; InputError names the first bad setting."""
        return read(kind, self.job, self.settings()[self.job])

    def arm(self, scenario: str | None = None, *more: str) -> Arm:
        """Compose one arm with the overrides of the command line and more; InputError: results cannot be written."""
        given = [override for override in self.overrides if name_of(override) != "scenario"]
        arm = compose(scenario or self.choices["scenario"], *given, *more, job=self.job, own=self.own)
        check_writable(arm.results)
        return arm

    def reference(self, scenario: str, *more: str) -> Arm:
        """Compose a reference scenario, as `arm` does but without settings of policies."""
        given = [one for one in self.overrides if section_of(one) not in ("scenario", "policies")]
        return compose(scenario, *given, *more, job=self.job, own=self.own)

    def is_dry(self, arms: Mapping[str, Arm]) -> bool:
        """In a dry run, print what the arms would take and return True."""
        is_dry = next(iter(arms.values())).dry_run
        if is_dry:
            from experiments.engine.dry_run import table_of

            print(table_of(arms), flush=True)
        return is_dry


def job(
    name: str,
    work: Callable[[Call], Result | None],
    one: str = "its own settings name its arms",
    instead: Mapping[str, str] | None = None,
    own: tuple[str, ...] = (),
) -> Callable[[DictConfig], None]:
    """Make the function that Hydra calls for the job of a name; `work` returns None if nothing was written.

    `one` is the reason why the job cannot be a sweep; `instead` names, for each setting without effect, the setting to use;
    `own` are the names of the job's own settings in the config, by default the name of the job.
    """

    def main(config: DictConfig) -> None:
        hydra = HydraConfig.get()
        overrides = tuple(hydra.overrides.task)
        with in_one_line():
            if hydra.mode is RunMode.MULTIRUN:
                raise InputError(f"{name} is no sweep: {one}; leave out -m")
            check_overrides(name, overrides, instead or {})
            result = work(Call(name, own or (name,), config, hydra.runtime.choices, overrides))
            if result is None:
                return
            figures = figures_folder(result.folder, read_venue(resolved(config, ["figure"])))
            places = {"Tables: ": result.folder / "tables", "Figures:": figures}
            there = {what: place for what, place in places.items() if place.is_dir()} or {"Folder: ": result.folder}
            print("\n".join([f"\n{result.text}\n", *(f"{what} {place}" for what, place in there.items())]), flush=True)
        leave(result.folder)
        if result.failed:
            raise SystemExit(1)

    return main


@contextmanager
def in_one_line() -> Generator[None]:
    """Turn errors for the analyst into one line and an exit code; Hydra would print another line before a raised error."""
    try:
        with full_disk_in_one_line():
            yield
    except InputError as error:
        fail(error)
    except RunError as error:
        fail(error, UNFINISHED)


def check_overrides(job: str, overrides: tuple[str, ...], instead: Mapping[str, str]) -> None:
    """Refuse experiments of other jobs, and settings without effect."""
    for override in overrides:
        name, value = name_of(override), override.partition("=")[2]
        if name == "experiment" and value in names_in("experiment") and job not in experiment(value):
            raise InputError(
                f"{override} is not for knockon {job}: the first lines of conf/experiment/{value}.yaml name its job"
            )
        if name in instead:
            raise InputError(f"{override} would change nothing: {instead[name]}")
