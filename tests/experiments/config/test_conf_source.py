"""The analyst's own folder of configs: which files it may hold, and which files are refused in one line."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from composing import composed as composed_arm
from hydra import compose, initialize_config_dir
from omegaconf import DictConfig

from experiments.config.conf_source import ConfSource, use_rules
from experiments.config.defaults import conf_folder, names_in, use_own_folder
from experiments.config.policies import read_policy
from experiments.errors import InputError

HEADER = "# @package _global_\n"


@pytest.fixture
def own() -> Iterator[Path]:
    """Return an own folder, in force."""
    folder = Path("own").absolute()
    (folder / "scenario").mkdir(parents=True)
    use_own_folder(folder)
    yield folder
    use_own_folder(None)


def loaded(own: Path, name: str, content: str) -> DictConfig:
    """Load one file of the folder, as Hydra does."""
    file = own / f"{name}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content, encoding="utf-8")
    result = ConfSource("command-line", f"knockon://{own}").load_config(name)
    assert isinstance(result.config, DictConfig)
    assert name.startswith("ensemble/") or result.header == {"package": "_global_"} or not content
    return result.config


@pytest.mark.parametrize("before", ["", "# of mine\n\n", "\n\n", "\ufeff", "# a: 1\n#\n"], ids=repr)
def test_the_header_stands_anywhere_before_the_first_entry(own: Path, before: str) -> None:
    assert loaded(own, "scenario/mine", before + HEADER + "policies: {full_pullout: {start: 30}}\n").policies


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("scenario/mine", "policies: {full_pullout: {start: 14}}\n", "each scenario needs the line # @package _global_ above its first setting"),
        ("scenario/mine", "# package _global_\na: 1\n", "line 1: # package _global_ is no header: write # @package _global_"),
        ("scenario/mine", "# @package: _global_\na: 1\n", "is no header: write # @package _global_"),
        ("scenario/mine", "- a\n- b\n", "own/scenario/mine.yaml is a list: a config is a mapping"),
        ("scenario/mine", "leave at once\n", "own/scenario/mine.yaml is a text or a number: a config is a mapping"),
        ("scenario/mine", HEADER + "defaults: us_pullout\n", "defaults='us_pullout' is not a list"),
        ("scenario/mine", HEADER + "defaults: [{a: b, c: d}]\n", "in its defaults is neither the name of a config nor a single pair 'group: name'"),
        ("scenario/mine", HEADER + "defaults: [3]\n", "3 in its defaults is neither the name of a config"),
        ("scenario/mine", HEADER + "defaults: [mine]\n", "its defaults name itself (scenario/mine names scenario/mine)"),
        ("scenario/mine", HEADER + "defaults: [/scenario/mine]\n", "its defaults name itself"),
        ("scenario/mine", HEADER + "defaults: [/scenario@_global_: mine]\n", "its defaults name itself"),
        ("ensemble/default", "defaults: [quick]\n", "(ensemble/default names ensemble/quick names ensemble/default)"),
        ("scenario/mine", HEADER + "hydra: {callbacks: {x: {_target_: os.system}}}\n", "sets callbacks of Hydra"),
        ("scenario/mine", HEADER + "hydra: {sweeper: {_target_: x.Y}}\n", "sets sweeper of Hydra"),
        ("scenario/mine", HEADER + "hydra: {searchpath: [.]}\n", "sets searchpath of Hydra"),
        ("scenario/mine", HEADER + "hydra: {launcher: {setup: [ls]}}\n", "sets launcher of Hydra"),
        ("scenario/mine", HEADER + "defaults: [override /hydra/launcher: slurm]\n", "sets override /hydra/launcher of Hydra"),
        ("scenario/mine", "# @package hydra.job_logging\nversion: 1\n", "sets hydra of Hydra"),
        ("hydra/launcher/mine", HEADER + "hydra: {launcher: {}}\n", "sets launcher of Hydra"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_one_line(own: Path, name: str, content: str, said: str) -> None:
    with pytest.raises(InputError) as refused:
        loaded(own, name, content)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_an_own_file_wins_over_a_shipped_one_of_its_name(own: Path) -> None:
    assert loaded(own, "ensemble/quick", "defaults: [default, _self_]\nworlds: 3\n").worlds == 3
    assert loaded(own, "scenario/us_pullout", HEADER + "policies: {full_pullout: {start: 99}}\n")
    assert loaded(own, "scenario/mine", HEADER + "hydra: {sweeper: {params: {scenario: 'stay,mine'}}}\n")
    use_rules()
    with initialize_config_dir(str(conf_folder()), version_base="1.3"):
        config = compose("run", overrides=["scenario=us_pullout", "ensemble=quick"])
    assert (config.ensemble.worlds, config.ensemble.days, config.policies.full_pullout) == (3, 730, {"start": 99})
    assert "mine" in names_in("scenario")


def test_a_shipped_file_whose_place_is_taken_is_told_once(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        loaded(own, "scenario/us_pullout", HEADER + "policies: {}\n")
        loaded(own, "scenario/mine", HEADER + "policies: {}\n")
    shipped = conf_folder() / "scenario" / "us_pullout.yaml"
    assert capsys.readouterr().err == f"note: own/scenario/us_pullout.yaml is read in place of the shipped {shipped}\n"


def test_a_policy_of_ones_own_is_found_by_its_file(own: Path) -> None:
    (own / "policy").mkdir()
    (own / "policy" / "mine.yaml").write_text("_target_: sim.policies.crackdown.Crackdown\nstart: 77\n", encoding="utf-8")
    policy = read_policy("mine", {"strength": 0.5}, 730, composed_arm().theatre)
    assert (policy.start.value, policy.strength.value) == (77.0, 0.5)


def test_other_programs_read_their_configs_as_hydra_does(tmp_path: Path) -> None:
    use_rules()
    (tmp_path / "other.yaml").write_text("x: 014\n", encoding="utf-8")
    with initialize_config_dir(str(tmp_path), version_base="1.3"):
        assert compose("other").x == 12
