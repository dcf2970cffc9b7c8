"""Published settings: each composes for the job that its first lines name, and other jobs refuse it."""

from collections.abc import Callable

import pytest
from conftest import Answer, is_one_line
from hydra import compose, initialize_config_dir
from omegaconf import DictConfig, OmegaConf

from experiments.config.defaults import OF_ONE_JOB, conf_folder, experiment, names_in
from experiments.config.fields import read
from experiments.config.read import read_arm, resolved
from experiments.studies.decide.settings import Settings as Decide
from experiments.studies.discover.settings import Question
from experiments.studies.sensitivity.settings import Settings as Sensitivity

SECTIONS = {"decide": Decide, "discover": Question, "sensitivity": Sensitivity}


def job_of(name: str) -> str:
    return next((job for job in OF_ONE_JOB if job in experiment(name)), "compare")


def composed(job: str, *overrides: str) -> DictConfig:
    with initialize_config_dir(str(conf_folder()), version_base="1.3"):
        return compose(job, overrides=list(overrides), return_hydra_config=True)


@pytest.mark.parametrize("name", names_in("experiment"))
def test_a_published_setting_composes_and_its_first_lines_say_how_to_run_it(name: str) -> None:
    job = job_of(name)
    config = composed(job, f"experiment={name}")
    first = (conf_folder() / "experiment" / f"{name}.yaml").read_text(encoding="utf-8").splitlines()[:4]
    assert f"#   knockon {job} experiment={name}" in first
    if job == "compare":
        scenarios = config.hydra.sweeper.params.scenario.split(",")
        assert set(scenarios) <= set(names_in("scenario"))
        assert config.reference in scenarios
        assert config.hydra.mode.name == "MULTIRUN"
    else:
        read(SECTIONS[job], job, resolved(config, [job])[job])
    arm = OmegaConf.masked_copy(config, [str(key) for key in config if key != job])
    assert read_arm(resolved(arm), "stay").worlds >= 1000


@pytest.mark.slow
def test_an_experiment_of_another_job_is_refused_in_one_line(knockon: Callable[..., Answer]) -> None:
    is_one_line(
        knockon("discover", "experiment=what_the_knock_on_adds"),
        "experiment=what_the_knock_on_adds is not for knockon discover",
    )
    is_one_line(
        knockon("compare", "experiment=worse_for_iraqi_civilians"), "the section discover is read only by knockon discover"
    )
