"""Overrides before Hydra composes them, and the arms of a sweep."""

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser

from experiments.config.compose import arms_of, for_hydra
from experiments.config.conf_source import shipped_configs
from experiments.errors import InputError


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ("scenario=2020", "2020"),
        ("scenario=1e3", "1e3"),
        ("scenario=null", "null"),
        ("scenario=rückzug", "rückzug"),
        ("scenario=mine/rückzug", "mine/rückzug"),
        ("results=größe", "größe"),
        ("scenario=stay", "stay"),
        ("+experiment=7", "7"),
    ],
)
def test_a_name_that_hydra_would_stumble_over_is_read_as_it_stands(given: str, value: str) -> None:
    (override,) = OverridesParser.create().parse_overrides(for_hydra([given]))
    assert override.value() == value


@pytest.mark.parametrize(
    "given", ["ensemble.seed=2020", "scenario=stay,crackdown", "scenario=glob(*)", "scenario='a b'", "~calendar.inauguration"]
)
def test_all_else_is_left_as_it_is(given: str) -> None:
    assert for_hydra([given]) == [given]


def test_several_names_are_quoted_one_by_one() -> None:
    assert for_hydra(["scenario=stay,2020,rückzug"]) == ['scenario=stay,"2020","rückzug"']


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("hydra.run.dir=/proc/x", "results=FOLDER sets the folder of results"),
        ("hydra.sweep.dir=x", "results=FOLDER sets the folder of results"),
        ("hydra.sweeper.params={scenario: stay}", "write the sweep itself, scenario=stay,us_pullout"),
        ("+hydra.sweeper.params.scenario=stay", "write the sweep itself"),
        ("+hydra.callbacks.mine._target_=os.system", "knockon does not use this setting of Hydra"),
        ("hydra.searchpath=[other]", "--config-dir"),
        ("hydra/sweeper=other", "knockon does not use this setting of Hydra"),
        ("~hydra.callbacks", "knockon does not use this setting of Hydra"),
    ],
)
def test_a_setting_of_hydra_that_is_not_used_is_one_line(given: str, said: str) -> None:
    with pytest.raises(InputError) as refused:
        for_hydra([given])
    assert str(refused.value).startswith(f"{given}: ")
    assert said in str(refused.value)


@pytest.mark.parametrize("given", ["hydra/launcher=slurm", "hydra.launcher.partition=short", "hydra.job.chdir=true"])
def test_launchers_are_chosen_on_the_command_line(given: str) -> None:
    assert for_hydra([given]) == [given]


def arms(*overrides: str) -> list[list[str]]:
    from hydra.core.global_hydra import GlobalHydra

    with shipped_configs():
        return arms_of(GlobalHydra.instance().config_loader(), overrides)


def test_a_sweep_has_an_arm_for_each_combination() -> None:
    assert arms("scenario=stay,crackdown", "x=range(0,3)", "y=1") == [
        [f"scenario={name}", f"x={value}", "y=1"] for name in ("stay", "crackdown") for value in (0, 1, 2)
    ]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["ensemble.worlds=range(1,1000000000)"], "a sweep can have 1,000 arms, and this one has 999,999,999"),
        (["a=range(0,1,1e-9)"], "a sweep can have 1,000 arms"),
        (["a=range(0,40)", "b=range(40,0,-1)"], "a=range(0,40), b=range(40,0,-1): a sweep can have 1,000 arms, and this one has 1,600"),
        (["scenario=glob(nothing*)"], "scenario=glob(nothing*) has no value: nothing matches it"),
        (["a=range(3,1)"], "a=range(3,1) has no value"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)  # fmt: skip
def test_a_sweep_of_no_arm_or_too_many_is_one_line(given: list[str], said: str) -> None:
    with pytest.raises(InputError) as refused:
        arms(*given)
    assert said in str(refused.value)


def test_a_thousand_arms_are_a_sweep() -> None:
    assert len(arms("a=range(0,1000)")) == 1000
    assert len(arms("a=range(0,1,0.001)")) == 1000


def test_a_shuffled_sweep_is_in_order() -> None:
    for _ in range(5):
        assert [arm[0] for arm in arms("a=shuffle(range(1,12))")] == [f"a={value}" for value in range(1, 12)]
        assert [arm[0] for arm in arms("a=shuffle(us,stay,eu)")] == ["a=eu", "a=stay", "a=us"]
