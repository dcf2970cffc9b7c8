"""The names of the arms of a sweep, and the reference with which each arm is compared."""

import dataclasses
from itertools import product

import pytest
from composing import composed

from experiments.config.arm import Arm
from experiments.errors import InputError
from experiments.storage.arms import name_arms, references_of
from experiments.storage.comparison import Comparison
from sim.ledger.parameters import Uncertainty

SMALL = ("ensemble.worlds=4", "ensemble.days=20")
PEERS = "coalition.effect_of_peer_exits"


def arm(scenario: str, *overrides: str, reference: str = "stay") -> Arm:
    """Make an arm of a sweep as Hydra hands it over: with the overrides that it was composed with."""
    return dataclasses.replace(composed(), scenario=scenario, swept=(f"scenario={scenario}", *overrides), reference=reference)


pairs = references_of


def test_scenarios_are_compared_with_stay() -> None:
    arms = name_arms([arm("us_pullout"), arm("stay"), arm("crackdown")])
    assert pairs(arms) == {"us_pullout": "stay", "stay": "stay", "crackdown": "stay"}
    assert [one.scenario for one in arms.values()] == ["us_pullout", "stay", "crackdown"]


def test_each_arm_is_compared_with_the_reference_of_the_same_value() -> None:
    arms = name_arms([arm(name, f"{PEERS}={value}") for name, value in product(("us_pullout", "stay", "crackdown"), (0, 4))])
    assert pairs(arms) == {
        f"{name}, effect_of_peer_exits={value}": f"stay, effect_of_peer_exits={value}"
        for name, value in product(("us_pullout", "stay", "crackdown"), (0, 4))
    }


STEPS = ("0.7", "0.7999999999999999", "0.8999999999999999", "1e-3")
SWEEPS = {
    "what does not differ is not named": (
        [(name, f"{PEERS}=2", "ensemble.worlds=8") for name in ("stay", "us_pullout")],
        {"stay": "stay", "us_pullout": "stay"},
    ),
    "a value alone names its arms": (
        [("us_pullout", f"{PEERS}={value}") for value in (0, 2)],
        {"effect_of_peer_exits=0": "effect_of_peer_exits=0", "effect_of_peer_exits=2": "effect_of_peer_exits=0"},
    ),
    "steps of a range are told as they were meant": (
        [("stay", f"{PEERS}={value}") for value in STEPS],
        {f"effect_of_peer_exits={value}": "effect_of_peer_exits=0.7" for value in ("0.7", "0.8", "0.9", "1e-3")},
    ),
    "an added policy is swept like anything else": (
        [("us_pullout", f"+policies.crackdown.strength={value}") for value in (0, 0.5)],
        {"strength=0": "strength=0", "strength=0.5": "strength=0"},
    ),
    "without the reference scenario the first arm is it": (
        [("crackdown",), ("us_pullout",), ("ultimatum",)],
        {"crackdown": "crackdown", "us_pullout": "crackdown", "ultimatum": "crackdown"},
    ),
    "one arm is its own reference": ([("us_pullout", "ensemble.worlds=8")], {"us_pullout": "us_pullout"}),
}


@pytest.mark.parametrize("sweep", SWEEPS)
def test_arms_and_references_of_a_sweep(sweep: str) -> None:
    given, expected = SWEEPS[sweep]
    assert pairs(name_arms([arm(*one) for one in given])) == expected


def test_another_reference_may_be_named() -> None:
    arms = name_arms([arm(name, reference="us_pullout") for name in ("stay", "us_pullout", "crackdown")])
    assert pairs(arms) == {"stay": "us_pullout", "us_pullout": "us_pullout", "crackdown": "us_pullout"}


def seeded(scenario: str, seed: int) -> Arm:
    """Make an arm of a sweep over seeds."""
    return dataclasses.replace(arm(scenario, f"ensemble.seed={seed}"), seed=seed)


def test_worlds_of_different_seeds_are_not_called_paired() -> None:
    with pytest.raises(InputError, match=r"^ensemble\.seed=1,2: worlds of different seeds are unrelated"):
        name_arms([seeded("us_pullout", seed) for seed in (1, 2)])


def drawing(scenario: str, each: int, uncertainty: Uncertainty = Uncertainty.PRIOR) -> Arm:
    """Make an arm of a sweep over how many worlds share a draw of the parameters."""
    made = arm(scenario, f"ensemble.worlds_per_draw={each}")
    ledger = dataclasses.replace(made.ledger, worlds_per_draw=each, uncertainty=uncertainty, design=None)
    return dataclasses.replace(made, ledger=ledger)


def test_worlds_of_different_draws_are_not_called_paired() -> None:
    with pytest.raises(
        InputError, match=r"^ensemble\.worlds_per_draw=1,4: worlds with the same number would have different parameters"
    ):
        name_arms([drawing("us_pullout", each) for each in (1, 4)])
    arms = name_arms([drawing(name, each) for name, each in product(("stay", "us_pullout"), (1, 4))])
    assert pairs(arms)["us_pullout, worlds_per_draw=4"] == "stay, worlds_per_draw=4"
    assert len(name_arms([drawing("stay", each, Uncertainty.NONE) for each in (1, 4)])) == 2


def test_two_arms_never_share_a_label() -> None:
    arms = name_arms([arm("stay", f"{PEERS}={value}") for value in ("0.8", "0.80000000000000004", "0.7999999999999999")])
    assert len(pairs(arms)) == 3


def test_a_scenario_in_a_subfolder_has_a_folder_of_results_like_any() -> None:
    ((label, one),) = name_arms([arm("mine/deep")]).items()
    assert label == "mine/deep"
    assert one.folder == one.results / "arms" / f"mine-deep-{one.key}"


def test_each_seed_has_a_reference_of_its_own() -> None:
    arms = name_arms([seeded(name, seed) for name, seed in product(("stay", "us_pullout"), (1, 2))])
    assert pairs(arms)["us_pullout, seed=2"] == "stay, seed=2"


def test_two_swept_values_pair_by_both() -> None:
    values = list(product((0, 4), ("low", "high")))
    arms = name_arms(
        [
            arm(name, f"{PEERS}={peers}", f"switches.displacement={rule}")
            for name, (peers, rule) in product(("stay", "us_pullout"), values)
        ]
    )
    assert pairs(arms)["us_pullout, effect_of_peer_exits=4, displacement=high"] == (
        "stay, effect_of_peer_exits=4, displacement=high"
    )
    assert sum(label == reference for label, reference in pairs(arms).items()) == 4


def test_two_values_of_the_same_last_name_can_be_told_apart() -> None:
    names = ("militias.self_excitation", "islamic_state.self_excitation")
    values = [("0.2", "0.1"), ("0.2", "0.2")]
    arms = name_arms([arm("stay", *(f"{name}={value}" for name, value in zip(names, both, strict=True))) for both in values])
    assert all("islamic_state" in label for label in pairs(arms)), "the militias' excitation is no arm's business"
    arms = name_arms(
        [arm("stay", f"{names[0]}={one}", f"{names[1]}={other}") for one, other in product((0.1, 0.2), (0.1, 0.2))]
    )
    assert all("militias" in label and "islamic_state" in label for label in pairs(arms))


def test_the_same_arm_twice_still_has_labels_of_its_own() -> None:
    assert list(name_arms([arm("stay"), arm("stay")])) == ["stay (1)", "stay (2)"]


def test_a_reference_that_is_no_scenario_is_refused() -> None:
    with pytest.raises(InputError, match="did you mean stay"):
        name_arms([arm("us_pullout", reference="saty")])


def test_arms_of_different_horizons_are_refused() -> None:
    with pytest.raises(InputError, match="different horizons"):
        name_arms([dataclasses.replace(arm("stay", f"ensemble.days={days}"), days=days) for days in (15, 20)])


def test_an_arm_and_a_comparison_are_one_short_line() -> None:
    stay, leave = composed("stay", *SMALL), composed("us_pullout", *SMALL)
    comparison = repr(Comparison.of(name_arms([stay, leave])))
    assert repr(leave).startswith(f"<Arm us_pullout-{leave.key}: 4 worlds of 20 days, seed 20200930")
    assert repr(leave).endswith("full_pullout from day 14>")
    assert "no policy" in repr(stay)
    assert "us_pullout against stay; 4 worlds per arm" in comparison
    assert all(len(line) < 200 and "\n" not in line for line in (repr(stay), repr(leave), comparison))
