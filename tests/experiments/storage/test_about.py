"""A comparison has a title, and its arms have names for people, which change no key."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from composing import composed
from conftest import Answer, is_one_line
from test_cli import SMALL

from experiments.errors import InputError
from experiments.figures.names import arm_name, named
from experiments.storage.about import ABOUT, about_of, names_of, read_about
from experiments.storage.arms import name_arms

PRIOR = "ensemble.uncertainty=prior"


def test_words_for_people_are_no_part_of_an_arm() -> None:
    arm = composed("us_pullout", PRIOR, "title=All leave: how sure, and of what?", "labels={us_pullout: All leave}")
    assert arm.title == "All leave: how sure, and of what?"
    assert arm.key == composed("us_pullout", PRIOR).key
    assert not {"title", "labels"} & {*arm.resolved}
    assert not any("title" in override or "labels" in override for override in arm.swept)


def test_an_arm_is_called_by_its_label_its_scenario_or_what_differs() -> None:
    peers = [
        composed("us_pullout", PRIOR, f"coalition.effect_of_peer_exits={n}", "labels={us_pullout: All go}") for n in (0, 2)
    ]
    stay = composed("stay", PRIOR, "coalition.effect_of_peer_exits=0", "labels={us_pullout: All go}")
    names = names_of(name_arms([*peers, stay]))
    assert list(names.values()) == [
        "All go, effect of peer exits = 0",
        "All go, effect of peer exits = 2",
        "Stay, effect of peer exits = 0",
    ]
    assert list(names_of(name_arms(peers)).values()) == ["Effect of peer exits = 0", "Effect of peer exits = 2"]


def test_names_without_labels_are_those_that_figures_had() -> None:
    arms = name_arms([composed(name, PRIOR) for name in ("stay", "us_pullout", "us_pullout_without_knock_on")])
    assert names_of(arms) == {label: arm_name(label) for label in arms}
    with named({"stay": "Nothing happens"}):
        assert arm_name("stay") == "Nothing happens"
    assert arm_name("stay") == "Stay"


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ("{us_pulout: All leave}", "labels.us_pulout names no arm; did you mean us_pullout"),
        ("{us_pullout: Same, stay: Same}", "several arms would be called 'Same'"),
        ("{us_pullout: ''}", "labels.us_pullout is empty"),
        ("All leave", "is not a mapping"),
        ("{us_pullout: [a]}", "is not a text"),
    ],
)
def test_labels_of_no_arm_are_one_line(knockon: Callable[..., Answer], labels: str, said: str) -> None:
    is_one_line(knockon("compare", "scenario=stay,us_pullout", f"labels={labels}", *SMALL), said)
    assert not Path("results").exists()


def test_a_title_is_a_text(knockon: Callable[..., Answer]) -> None:
    is_one_line(knockon("run", f"title={'long ' * 30}"), "is not a text of at most 120 characters")
    is_one_line(knockon("run", "labels=[a]"), "is not a mapping")


@pytest.mark.usefixtures("drawn")
def test_a_comparison_keeps_its_title_and_names(knockon: Callable[..., Answer]) -> None:
    answer = knockon("run", "scenario=us_pullout", *SMALL, 'title=All leave, "at once"')
    assert '\nAll leave, "at once"\n' in answer.out
    (folder,) = Path("results").glob("compare-*")
    about = read_about(folder)
    assert about["title"] == 'All leave, "at once"'
    assert about["names"] == {"us_pullout": "US pullout"}
    assert (about["start"], about["until"], about["days"]) == ("2020-09-30", "2020-11-08", 40)
    knockon("run", "scenario=us_pullout", *SMALL, "title=Another")
    assert read_about(folder)["title"] == "Another"
    (folder / ABOUT).write_text("{")
    assert read_about(folder) == {}
    assert json.dumps(about_of(name_arms([composed("stay")])))


def test_one_arm_without_a_scenario_of_that_label() -> None:
    with pytest.raises(InputError, match="names no arm"):
        names_of({"stay": composed("stay", "labels={crackdown: Hard}")})
