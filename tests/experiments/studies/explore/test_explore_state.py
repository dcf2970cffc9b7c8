"""The page's arms are those of the command line: same keys, same checks, same line of error for an unusable value."""

import dataclasses
import random
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from experiments.config.compose import compose
from experiments.config.defaults import names_in, use_own_folder
from experiments.config.policies import shipped_policies
from experiments.errors import InputError
from experiments.studies.explore.keep import Keeper
from experiments.studies.explore.settings import about
from experiments.studies.explore.state import Border, command_of, files_of, held_by, labels_of, read_state

BORDER = Border()


def state(*arms: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a state as the page sends it."""
    whole = arms or ({"scenario": "as_of_30_september"}, {"scenario": "us_pullout"})
    return {"arms": list(whole), "worlds": 40, "days": 120, "seed": 7, "held": {}, **more}


def pullout(**settings: object) -> dict[str, Any]:
    """Return the pullout with other settings."""
    policies = {name: dict(given) for name, given in BORDER.policies("us_pullout").items()}
    policies["full_pullout"] |= settings
    return {"scenario": "us_pullout", "policies": policies}


def keys_of_command(given: dict[str, Any], folder: Path) -> list[str]:
    """Write the files of a state, and return the keys of the arms that its command composes."""
    read = read_state(given)
    for name, text in files_of(BORDER, read).items():
        file = folder / "my_conf" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    words = shlex.split(command_of(BORDER, read))[4:]
    if words[0] == "--config-dir":
        use_own_folder(folder / words[1])
        words = words[2:]
    try:
        scenarios, reference, *rest = words
        assert reference == f"reference={scenarios.partition('=')[2].split(',')[0]}"
        return [compose(name, *rest, job="compare").key for name in scenarios.partition("=")[2].split(",")]
    finally:
        use_own_folder(None)


def random_state(seed: int) -> dict[str, Any]:
    """Return any state that the sliders of the page can reach."""
    dice = random.Random(seed)
    known = about(BORDER.arm(read_state(state()), read_state(state()).arms[0]))
    arms = []
    for scenario in dice.sample(names_in("scenario"), dice.choice([2, 3])):
        policies = {name: dict(given) for name, given in BORDER.policies(scenario).items()}
        for name in dice.sample(sorted(shipped_policies()), 2):
            policies.setdefault(name, dict(known["policies"][name]["shipped"]))
            for field in known["policies"][name]["fields"]:
                policies[name][field["name"]] = moved(field, dice)
        arms.append({"scenario": scenario, "policies": policies})
    assumptions = dice.sample(known["assumptions"], dice.choice([0, 1, 3]))
    held = {one["name"]: round(dice.uniform(one["low"], one["high"]), 6) for one in assumptions}
    return state(*arms, held=held, worlds=dice.choice([100, 300]), days=dice.choice([365, 730]), seed=dice.randrange(10**6))


def moved(field: dict[str, Any], dice: random.Random) -> object:
    """Return a value that a control can give."""
    if field["kind"] == "day":
        return dice.randrange(300)
    if field["kind"] == "switch":
        return dice.choice([0, 1])
    if field["kind"] == "choice":
        return dice.choice(field["choices"])
    if field["kind"] == "days_by_member":
        return {"denmark": dice.randrange(300)}
    steps = dice.randrange(int((field["high"] - field["low"]) / field["step"]))
    return dice.choice([None, round(field["low"] + steps * field["step"], 6)] if "reads" in field else
                       [round(field["low"] + steps * field["step"], 6)])  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_the_command_has_the_keys_of_the_page(seed: int, tmp_path: Path) -> None:
    given = random_state(seed)
    assert keys_of_command(given, tmp_path) == [arm.key for arm in BORDER.arms(read_state(given))]


def test_shipped_scenarios_need_no_file() -> None:
    read = read_state(state())
    assert files_of(BORDER, read) == {}
    assert command_of(BORDER, read) == (
        "uv run knockon compare scenario=as_of_30_september,us_pullout reference=as_of_30_september"
        " ensemble.worlds=40 ensemble.days=120 ensemble.seed=7"
    )


def test_arms_with_long_names_are_kept_under_different_names(tmp_path: Path) -> None:
    """Their labels are the same up to the longest name of a scenario."""
    first = pullout(start=96)
    first["policies"]["green_zone_force"]["strength"] = 0.5
    second = pullout(start=96)
    second["policies"]["green_zone_force"]["strength"] = 0.5
    second["policies"]["over_the_horizon"] = dict(shipped_policies()["over_the_horizon"][1])
    given = state({"scenario": "as_of_30_september"}, first, second)
    assert keys_of_command(given, tmp_path) == [arm.key for arm in BORDER.arms(read_state(given))]
    names = [yaml.safe_load(text)["display"]["name"] for text in files_of(BORDER, read_state(given)).values()]
    assert len({*names}) == 2
    assert all(len(name) <= 60 and name.startswith("US pullout, Green Zone force strength 0.5") for name in names)


def test_settings_of_the_command_line_are_of_every_arm_and_of_the_command(tmp_path: Path) -> None:
    core = Border(["scenario=us_pullout", "model=core", "ensemble.worlds=9", "explore.port=0", "reference=stay"])
    read = read_state(state())
    assert [arm.key for arm in core.arms(read)] != [arm.key for arm in BORDER.arms(read)]
    assert " model=core ensemble.worlds=40 " in command_of(core, read)


def test_numbers_of_the_command_line_are_held() -> None:
    given = ["militias.effect_of_restraint=1.5", "model=core", "ensemble.worlds=9", "coalition.exit_hazard.prior=[uniform,0,1]"]
    assert held_by([*given, "+policies.crackdown.start=3", "scenario=stay"]) == {"militias.effect_of_restraint": 1.5}


def test_what_is_kept_goes_to_the_folder_that_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    own = tmp_path / "mine" / "scenario"
    own.mkdir(parents=True)
    (own / "later.yaml").write_text("# @package _global_\npolicies: {full_pullout: {start: 40}}\n", encoding="utf-8")
    use_own_folder(tmp_path / "mine")
    try:
        border = Border(["scenario=later"])
        read = read_state(state({"scenario": "stay"}, {"scenario": "later"}))
        assert command_of(border, read).startswith(
            "uv run knockon compare --config-dir mine scenario=stay,later reference=stay "
        )
        moved = state({"scenario": "stay"}, {"scenario": "later", "policies": {"full_pullout": {"start": 41}}})
        assert list(Keeper(border).keep(moved)["files"]) == Keeper(border).keep(moved)["written"]
        names = {file.stem for file in own.iterdir()}
        assert names == {"later", f"explored_{border.arms(read_state(moved))[1].key[:6]}"}
    finally:
        use_own_folder(None)


def test_an_arm_says_what_was_moved_in_it() -> None:
    arm = pullout(start=55, strength=0.7)
    del arm["policies"]["ultimatum"]
    arm["policies"]["nato_backfill"] = {"start": 14, "strength": 1, "ceiling": None}
    assert labels_of(BORDER, read_state(state({"scenario": "as_of_30_september"}, arm))) == [
        "How things stood",
        "US pullout, full pullout day 55, strength 0.7, with NATO backfill, without ultimatum",
    ]


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (state({"scenario": "stay"}, pullout(start=400)), "policies.full_pullout.start=400 (4 November 2021) is beyond the horizon"),
        (state({"scenario": "stay"}, pullout(strength=1.5)), "policies.full_pullout.strength=1.5 is not allowed: it must be a share, 0 to 1"),
        (state({"scenario": "stay"}, pullout(stretch=0)), "policies.full_pullout.stretch=0 is not allowed"),
        (state({"scenario": "stay"}, pullout(speed=2)), "policies.full_pullout.speed=2 is no setting"),
        (state({"scenario": "stay"}, pullout(_target_="antigravity.X")), "policies.full_pullout._target_: the page cannot name a class"),
        (state({"scenario": "stay"}, {"scenario": "us_pullot"}), "there is no such scenario; did you mean us_pullout"),
        (state(held={"militias.effect_of_restrain": 1}), "is no assumption; did you mean militias.effect_of_restraint"),
        (state(held={"militias.self_excitation": 2}), "militias.self_excitation=2 is not allowed: it must be a share, 0 to 1"),
        (state(held={"militias.self_excitation": "x"}), "militias.self_excitation"),
        (state(worlds=0), "ensemble.worlds=0"),
        (state(days="long"), "ensemble.days='long'"),
        (state({"scenario": "stay"}, {"scenario": "stay"}), "Stay is there twice"),
        (state({"scenario": "stay"}), "a page compares 2 to 6 arms"),
        (state({"scenario": "stay"}, {"scenery": "stay"}), "arms[1].scenery='stay' is no setting"),
        ({**state(), "more": 1}, "more=1 is no setting"),
        ([], "is not a mapping"),
    ],
)  # fmt: skip
def test_what_cannot_be_has_the_line_of_the_border(given: Any, line: str) -> None:
    with pytest.raises(InputError) as error:
        BORDER.arms(read_state(given))
    assert line in str(error.value)
    assert "\n" not in str(error.value)


def test_every_setting_of_every_policy_can_be_moved() -> None:
    known = about(BORDER.arm(read_state(state()), read_state(state()).arms[0]))
    for name, (kind, shipped) in shipped_policies().items():
        fields = {field["name"]: field for field in known["policies"][name]["fields"]}
        assert set(fields) == {field.name for field in dataclasses.fields(kind)}
        for key, field in fields.items():
            assert field["shipped"] == shipped.get(key)
            assert field["meaning"], (name, key)
            if field["kind"] == "number" and field["shipped"] is not None:
                assert field["low"] <= field["shipped"] <= field["high"]
    sliders = known["policies"]
    assert [(f["kind"], f.get("high")) for f in sliders["green_zone_force"]["fields"]] == [
        ("day", None),
        ("number", 1.0),
        ("number", 1.0),
    ]
    assert sliders["knock_on_exits"]["fields"][1]["high"] == 2.0
    assert sliders["full_pullout"]["fields"][2]["high"] == 4.0
    assert sliders["partial_cut"]["fields"][2]["reads"] == "lead_nation.partial_cut_share"


def test_an_assumption_can_be_held_only_inside_its_prior() -> None:
    known = about(BORDER.arm(read_state(state()), read_state(state()).arms[0]))["assumptions"]
    assert len(known) > 150
    for one in known:
        assert one["low"] <= one["shipped"] <= one["high"]
        assert max(one["strip"]) == 1.0
        assert one["grade"] in "ABC"
        assert one["unit"]
        assert one["meaning"]
        assert one["source"]
