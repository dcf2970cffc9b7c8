"""A scenario has a name and a sentence for people, which change no number and are not inherited."""

import json
from pathlib import Path

import pytest
from composing import composed

from experiments.config.compose import compose
from experiments.config.defaults import conf_folder, names_in, use_own_folder
from experiments.config.display import Display, display_of
from experiments.errors import InputError

HEAD = "# @package _global_\n"


@pytest.fixture
def own() -> Path:
    folder = Path("my_conf/scenario")
    folder.mkdir(parents=True)
    use_own_folder(folder.parent.absolute())
    yield folder
    use_own_folder(None)


@pytest.mark.parametrize("scenario", sorted(path.stem for path in (conf_folder() / "scenario").glob("*.yaml")))
def test_every_shipped_scenario_has_a_name_and_a_sentence(scenario: str) -> None:
    shown = display_of(scenario)
    assert shown.name
    assert shown.about.endswith((".", "top."))
    assert len({display_of(name).name for name in names_in("scenario")}) == len(names_in("scenario"))


def test_it_is_no_part_of_an_arm(own: Path) -> None:
    (own / "leave.yaml").write_text(f"{HEAD}display: {{name: All leave, colour: black}}\ndefaults: [us_pullout]\n")
    arm = compose("leave")
    assert arm.key == composed("us_pullout").key
    assert "display" not in arm.resolved
    assert display_of("leave") == Display("All leave", "", "black")
    assert dict(arm.venue.looks)["leave"].colour == "#000000"
    assert "0072B2" not in json.dumps(dict(composed("us_pullout").identity))


def test_a_scenario_without_one_has_its_comment_and_not_the_name_of_what_it_builds_on(own: Path) -> None:
    (own / "leave.yaml").write_text(f"{HEAD}# All leave.\ndefaults: [us_pullout]\n")
    assert display_of("leave") == Display("", "All leave.")


@pytest.mark.parametrize(
    ("display", "said"),
    [
        ("{nmae: All leave}", "did you mean name"),
        ("All leave", "is not a mapping"),
        ("{colour: blu}", "display.colour=blu is no colour"),
        ("{colour: blue, line: wavy}", "display.line=wavy is none of solid, dashed"),
        ("{name: 3}", "display.name=3 is not a text"),
        (f"{{name: {'long ' * 20}}}", "more than 60 characters"),
    ],
)
def test_what_is_no_display_is_one_line(own: Path, display: str, said: str) -> None:
    (own / "leave.yaml").write_text(f"{HEAD}display: {display}\ndefaults: [us_pullout]\n")
    with pytest.raises(InputError, match=said):
        compose("leave")
