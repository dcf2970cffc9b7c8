"""The check of a config before the first world: what identifies an arm, what overrides mean, and which settings are refused."""

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest
from composing import ABSENT, PRIOR, composed, read

from experiments.config.arm import Arm
from experiments.config.checks import check_consistency
from experiments.errors import InputError
from sim.ledger.parameters import Domain, Ledger, Uncertainty
from sim.ledger.sampled_parameters import Drawn
from sim.policies.crackdown import Crackdown
from sim.policies.member_exits import MemberExits
from sim.policies.policy import Lever
from sim.theatre.tables import DATA
from sim.theatre.theatre import Theatre
from sim.worlds import Worlds

RESTRAINT = "militias.effect_of_restraint"


def drawn(arm: Arm, count: int = 512) -> Drawn:
    """Draw the parameters of an arm's first worlds."""
    return Drawn(arm.ledger, arm.seed, Worlds(0, count))


# identity


def test_how_worlds_are_computed_and_stored_is_no_part_of_an_arm() -> None:
    other = composed(
        "us_pullout", "ensemble.worlds=5", "compute=local", "compute.block=7", "results=elsewhere", "reference=us_pullout"
    )
    plain = composed("us_pullout")
    assert (other.worlds, other.compute.workers, other.compute.block, other.results) == (5, 2, 7, Path("elsewhere"))
    assert other.identity == plain.identity
    assert other.key == plain.key
    assert other.folder.name == plain.folder.name == f"us_pullout-{plain.key}"


CHANGES = {
    "nothing": {},
    "the posterior": {"ensemble.uncertainty": "posterior"},
    "where worlds start": {"ensemble.start": "history"},
    "a parameter": {RESTRAINT: 1.5},
    "another value of it": {RESTRAINT: 1.25},
    "its prior": {f"{RESTRAINT}.prior": ["uniform", 0.8, 3.1]},
    "the value of one agent": {"militias.patron_control.value.nujaba": 0.7},
    "a forced switch": {"switches.displacement": "high"},
    "the weights of a switch": {"switches.displacement": {"low": 0.6, "high": 0.4}},
    "a mechanism": {"mechanisms.truce": "off"},
    "a policy's setting": {"policies.full_pullout.stretch": 2},
    "a policy's start": {"policies.full_pullout.start": 15},
    "a policy's strength": {"policies.full_pullout.strength": 0.5},
    "another policy": {"policies.crackdown": {}},
    "the days": {"ensemble.days": 100},
    "the seed": {"ensemble.seed": 2},
    "what is recorded": {"ensemble.record": "totals"},
    "worlds per draw": {"ensemble.worlds_per_draw": 2},
    "the uncertainty": {"ensemble.uncertainty": "none"},
    "the calendar": {"calendar.inauguration": ABSENT},
    "the first day": {"theatre.start": "2020-10-01"},
}


def test_whatever_changes_a_number_changes_the_key() -> None:
    keys = {what: read("us_pullout", {"ensemble.uncertainty": "prior", **entries}).key for what, entries in CHANGES.items()}
    assert keys["nothing"] == composed("us_pullout", PRIOR).key
    assert keys["the posterior"] == composed("us_pullout").key
    assert len(set(keys.values())) == len(keys)


def test_numbers_written_differently_are_the_same_arm() -> None:
    assert read(entries={RESTRAINT: 1}).key == read(entries={RESTRAINT: 1.0}).key


def test_priors_that_differ_in_the_seventh_digit_are_different_arms() -> None:
    one, other = (read(entries={f"{RESTRAINT}.prior": ["uniform", 0.8, high]}) for high in (3.2, 3.2000001))
    assert not np.array_equal(drawn(one).militias.effect_of_restraint, drawn(other).militias.effect_of_restraint)
    assert one.key != other.key


def test_a_tables_content_counts_and_not_its_name() -> None:
    shutil.copy(DATA / "factions.csv", "same.csv")
    text = (DATA / "factions.csv").read_text(encoding="utf-8")
    Path("other.csv").write_text(text.replace("Nujaba", "Harakat al-Nujaba"), encoding="utf-8")
    same = read(entries={"theatre.tables.factions": "./same.csv"})
    other = read(entries={"theatre.tables.factions": "./other.csv", "ensemble.uncertainty": "prior"})
    assert same.key == composed().key
    assert other.key != composed("stay", PRIOR).key
    with pytest.raises(InputError, match="was calibrated with other tables"):
        read(entries={"theatre.tables.factions": "./other.csv"})


# what overrides mean


def test_a_plain_number_fixes_a_parameter_and_keeps_its_domain() -> None:
    arm = composed("stay", "militias.self_excitation=0.25")
    before, after = (one.ledger.parameters["militias.self_excitation"] for one in (composed(), arm))
    assert (after.value, after.prior) == (0.25, None)
    assert after.domain is before.domain is Domain.SHARE
    assert (after.unit, after.meaning) == (before.unit, before.meaning)
    np.testing.assert_array_equal(drawn(arm).militias.self_excitation, 0.25)
    with pytest.raises(InputError, match=r"self_excitation=1\.5 is not allowed: it must be a share"):
        read(entries={"militias.self_excitation": 1.5})


def test_a_prior_replaces_the_shipped_one() -> None:
    values = drawn(composed("stay", f"{RESTRAINT}.prior=[loguniform,1,2]")).militias.effect_of_restraint
    assert values.min() >= 1.0
    assert values.max() <= 2.0
    assert np.median(values) == pytest.approx(np.sqrt(2.0), abs=0.05)
    assert np.median(drawn(composed()).militias.effect_of_restraint) == pytest.approx(2.0, abs=0.15)


def test_a_forced_switch_has_one_form_in_all_worlds() -> None:
    forced, free = drawn(composed("stay", "switches.displacement=high")), drawn(composed())
    assert forced.variant("displacement", "high").all()
    assert not forced.variant("displacement", "low").any()
    assert free.variant("displacement", "high").mean() == pytest.approx(0.5, abs=0.07)


def test_a_start_may_be_a_prior() -> None:
    from experiments.engine.block import build_model

    arm = composed("us_pullout", "policies.full_pullout.start=[uniform,14,60]")
    policy = dict(arm.policies)["full_pullout"]
    starts = Lever(policy, build_model(arm, Worlds(0, 256))).start
    assert starts.min() >= 14
    assert starts.max() <= 60
    np.testing.assert_array_equal(starts, np.round(starts))
    assert len(np.unique(starts)) > 30


def test_what_a_scenario_leaves_out_of_a_policy_is_as_shipped() -> None:
    arm = composed("stay", "+policies.crackdown={start: 20}")
    ((name, policy),) = arm.policies
    assert name == "crackdown"
    assert isinstance(policy, Crackdown)
    assert (policy.start.value, policy.strength.value) == (20.0, 1.0)
    assert read(entries={"policies.crackdown": {}}).policies[0][1].start.value == 14.0


def test_members_may_be_called_by_their_labels() -> None:
    arm = composed("stay", "+policies.member_exits={exits: {Denmark: 30, New Zealand: 40, italy: 50}}")
    ((_, policy),) = arm.policies
    assert isinstance(policy, MemberExits)
    assert policy.exits == {"denmark": 30, "new_zealand": 40, "italy": 50}


def test_a_mechanism_off_fixes_its_parameters_at_their_neutral_values() -> None:
    assert (drawn(read(entries={"mechanisms.truce": "off"})).truce.onset_hazard == 0.0).all()
    assert (drawn(composed()).truce.onset_hazard > 0.0).all()


def test_without_uncertainty_every_value_stands() -> None:
    arm = read(entries={"ensemble.uncertainty": "none"})
    assert arm.ledger.uncertainty is Uncertainty.NONE
    np.testing.assert_array_equal(drawn(arm).militias.effect_of_restraint, 2.0)
    assert drawn(arm).variant("displacement", "low").all()


def test_worlds_share_a_draw() -> None:
    values = drawn(read(entries={"ensemble.worlds_per_draw": 4}), 12).militias.effect_of_restraint.reshape(3, 4)
    assert (values == values[:, :1]).all()
    assert len(np.unique(values)) == 3


# what is refused


@pytest.mark.parametrize(
    ("scenario", "entries", "said"),
    [
        ("stay", {"ensemble.days": 0}, r"ensemble\.days=0 is not a whole number from 1 to"),
        ("stay", {"ensemble.days": 10.0}, "whole number"),
        ("stay", {"ensemble.days": True}, "whole number"),
        ("stay", {"ensemble.seed": -1}, r"ensemble\.seed=-1 is not a whole number from 0 to 9007199254740991"),
        ("stay", {"ensemble.worlds_per_draw": 0}, "worlds_per_draw"),
        ("stay", {"ensemble.record": "wekly"}, "did you mean weekly"),
        ("stay", {"ensemble.uncertainty": "priors"}, "did you mean prior"),
        ("stay", {"ensemble.days": ABSENT}, "ensemble misses days"),
        ("stay", {"ensemble.dayz": 3}, r"did you mean ensemble\.days"),
        ("stay", {"theatre.start": "30 September"}, "2020-09-30"),
        ("stay", {"theatre.tables": None}, "is not a mapping with borders"),
        ("stay", {"calendar.inauguration.date": "soon"}, r"calendar\.inauguration\.date='soon'"),
        ("stay", {"calendar.inauguration.kind": "party"}, "is none of lead_election"),
        ("stay", {"mechanisms.truce": "maybe"}, "neither on nor off"),
        ("stay", {"mechanisms.truce": 0}, "truce=0 is neither on nor off"),
        ("stay", {"mechanisms.truce": 1.0}, "truce=1.0 is neither on nor off"),
        ("stay", {"mechanisms.trucce": "on"}, "did you mean truce"),
        ("stay", {"calendar.inauguration.date": "1920-01-01"}, "it is too far from 2020-09-30, the start of the run"),
        ("stay", {"calendar.inauguration.date": "2202-01-20"}, "it is too far from 2020-09-30, the start of the run"),
        ("stay", {"theatre.tables.borders": ABSENT}, "^theatre.tables misses borders: a value can be changed"),
        ("stay", {"policies": "full_pullout"}, "policies='full_pullout' is not a mapping such as"),
        (
            "stay",
            {"policies.full_pullout": None},
            "full_pullout=null: write {} for the settings of conf/policy/, or ~policies.full_pullout",
        ),
        ("stay", {"results": ["a"]}, r"results=\['a'\] is not the name of a folder"),
        ("stay", {"results": True}, "results=True is not the name of a folder"),
        ("stay", {"results": "x/" + "y" * 300}, "results=yyy.*: a name can have 200 bytes, this has 300"),
        ("stay", {"ensemble.seed": "${oc.env:HOME}"}, "a recorded setting may refer to another one"),
        ("stay", {"ensemble._target_": "os.getcwd"}, "only a policy, and an event of history.events, can name a class"),
        ("brokered_truce", {"mechanisms.truce": "off"}, "without effect"),
        ("stay", {"switches.displacement.low": 0.7}, "the weights of switches.displacement must sum to 1, not to 1.2"),
        (
            "stay",
            {"switches.displacement.low": -0.5, "switches.displacement.high": 1.5},
            r"switches\.displacement\.low=-0\.5 is not allowed: a weight must not be negative",
        ),
        ("stay", {"switches.displacement": "hihg"}, "did you mean high"),
        ("stay", {"switches.displacemen": "low"}, r"did you mean switches\.displacement"),
        ("stay", {"militias": 3}, "is not a group of parameters"),
        ("stay", {RESTRAINT: ABSENT}, "militias misses effect_of_restraint"),
        ("stay", {RESTRAINT: float("nan")}, "is not allowed"),
        ("stay", {RESTRAINT: True}, "is not a number"),
        ("stay", {f"{RESTRAINT}.prior": "uniform"}, "a prior is a list such as"),
        ("stay", {f"{RESTRAINT}.prior": ["unifrom", 1, 2]}, "no prior is called 'unifrom'"),
        ("stay", {f"{RESTRAINT}.prior": ["uniform", 1]}, r"written \[uniform, low, high\]"),
        ("stay", {f"{RESTRAINT}.prior": ["uniform", True, 2]}, "uniform takes numbers"),
        ("stay", {f"{RESTRAINT}.domain": "small"}, "is none of probability"),
        ("stay", {f"{RESTRAINT}.foo": 1}, "has no field 'foo'"),
        ("stay", {f"{RESTRAINT}.grade": "Z"}, "grade='Z' is none of A .data., B .literature, a few cases., C .judgement."),
        ("stay", {f"{RESTRAINT}.fixed": "no"}, "fixed='no' is neither true nor false"),
        ("stay", {f"{RESTRAINT}.prior": ["uniform", 0, 1e308]}, f"{RESTRAINT}.prior: uniform takes 0 or numbers of a size"),
        ("stay", {f"{RESTRAINT}.prior": ["scaled_beta", 0, 1, -1, 2]}, "the shapes of a scaled_beta must be positive, not -1"),
        ("stay", {f"{RESTRAINT}.prior": ["lognormal", 1, 1e-300, 1e300]}, "lognormal takes 0 or numbers of a size"),
        ("stay", {RESTRAINT: 150}, "effect_of_restraint=150 is not allowed: it must be 0, or of a size from 1e-12 to 100"),
        (
            "stay",
            {"islamic_state.attacks_per_month_at_start": 1e6},
            r"1e\+06 is out of all proportion; it must be 0, or of a size from",
        ),
        ("stay", {"patron.campaign_volatility": 50}, "50 is out of all proportion"),
        ("stay", {"militias.faction_share_rockets.prior": ["dirichlet", 0.01]}, "its concentration is too low"),
        ("stay", {"militias.mean_rocket_rate.prior": ["uniform", 0, 0.1]}, "leaves its domain: it is a positive number"),
        (
            "stay",
            {"militias.patron_control.value.new_faction": 0.5},
            "patron_control.value.new_faction=0.5 belongs to no agent",
        ),
        ("stay", {"militias.patron_control.value": 0.5}, "has a value for each of kataib_hezbollah"),
        ("stay", {"militias.patron_control": 0.5}, "write militias.patron_control.value.kataib_hezbollah="),
        ("stay", {RESTRAINT: "strong"}, "effect_of_restraint='strong' is not a number"),
        ("stay", {f"{RESTRAINT}.value": {"a": 1}}, "effect_of_restraint has one value, not {'a': 1.0}"),
        ("stay", {"switches.displacement.low": float("nan")}, "switches.displacement.low=nan is not a finite number"),
        ("stay", {"ensemble.seed": 2**53}, "is not a whole number from 0 to"),
        ("us_pullout", {"policies.full_pullout.strength": float("nan")}, "strength=nan is not a finite number"),
        ("us_pullout", {"policies.full_pullout.stretch": 1e300}, r"stretch=1e\+300 is not allowed"),
        ("stay", {"militias.self_excitation.prior": ["uniform", 0.5, 1.5]}, "leaves its domain"),
        ("stay", {"policies.full_pullot": {"start": 3}}, "did you mean full_pullout"),
        ("stay", {"policies.crackdown": 3}, "is not a mapping"),
        ("us_pullout", {"policies.full_pullout.strenght": 1}, r"did you mean policies\.full_pullout\.strength"),
        ("us_pullout", {"policies.full_pullout.strength": 2}, "it must be a share"),
        ("us_pullout", {"policies.full_pullout.strength": ["uniform", 0, 2]}, "leaves its domain"),
        ("us_pullout", {"policies.full_pullout.start": None}, "is not a number"),
        ("us_pullout", {"policies.full_pullout.start": -3}, "is not allowed"),
        ("us_pullout", {"policies.full_pullout.start": 13.5}, r"start=13\.5 is not a whole day"),
        ("us_pullout", {"policies.full_pullout.start": ["uniform", 14, 800]}, r"800 \(9 December 2022\) is beyond the horizon"),
        ("us_pullout", {"policies.full_pullout.start": ["uniform", 60, 14]}, "60 is not below the upper bound 14"),
        (
            "us_pullout",
            {"policies.full_pullout._target_": "os.path.join"},
            "is not a policy: it must be a subclass of sim.policies.policy.Policy",
        ),
        ("us_pullout", {"policies.full_pullout._target_": "nowhere.Nothing"}, "cannot be imported"),
        ("us_pullout_rethink", {"policies.rethink.strength": 0.5}, "is a switch, 0 or 1"),
        ("us_pullout_feared_knock_on", {"policies.knock_on_exits.scope": "none"}, "is none of all, peers, framework"),
        ("mid_member_exit", {"policies.member_exits.exits.atlantis": 9}, "'atlantis' is no member"),
        ("stay", {"militias.self_excitation": 0.9, "militias.cross_excitation": 0.2}, "add up to as much as 1.1"),
        ("stay", {"militias.self_excitation.prior": ["uniform", 0.1, 0.8]}, "add up to as much as 1"),
        ("stay", {"militias.faction_share_rockets.value.nujaba": 0.9}, r"faction_share_rockets adds up to 1\.\d+, not to 1"),
        ("partial_cut", {"policies.partial_cut.share": "abc"}, "."),
        ("partial_cut", {"policies.partial_cut.share": 7}, "."),
        ("us_pullout", {"policies.full_pullout.stretch": -1}, "."),
        ("us_pullout", {"policies.full_pullout.stretch": None}, "."),
        ("us_pullout_nato_backfill", {"policies.nato_backfill.ceiling": -5}, "."),
        ("ultimatum", {"policies.ultimatum.deadline_days": "abc"}, "."),
        ("ultimatum", {"policies.ultimatum.extension_days": -1}, "."),
        ("mid_member_exit", {"policies.member_exits.exits.denmark": "abc"}, "."),
        ("mid_member_exit", {"policies.member_exits.exits.denmark": 30.5}, "."),
        ("mid_member_exit", {"policies.member_exits.exits.denmark": 9999}, "."),
        ("mid_member_exit", {"policies.member_exits.exits": 3}, "."),
        ("stay", {"switches.displacement": ABSENT}, "."),
        ("stay", {"mechanisms": None}, "."),
        ("stay", {"calendar": ABSENT}, "."),
        ("stay", {"calendar.festival": 3}, "."),
        ("stay", {f"{RESTRAINT}.prior": [["uniform"], 1, 2]}, "."),
        ("stay", {"results": None}, "."),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else "",
)
def test_what_cannot_be_used_is_refused(scenario: str, entries: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said) as refusal:
        read(scenario, entries)
    assert "\n" not in str(refusal.value)


def test_an_override_without_effect_is_refused() -> None:
    with pytest.raises(InputError, match="would change nothing"):
        composed("stay", "militias.effect_of_restraint={value: 1}")  # Hydra merges it, the prior stays


# rules of a whole config


def without(values: tuple[tuple[str, float], ...], name: str) -> tuple[tuple[str, float], ...]:
    """Take one name out of values by name."""
    return tuple(entry for entry in values if entry[0] != name)


def with_values(name: str, value: object) -> Ledger:
    """Give one parameter of the shipped ledger another value, without a prior."""
    ledger = composed("stay", PRIOR).ledger
    changed = dataclasses.replace(ledger.parameters[name], value=value, prior=None)
    return dataclasses.replace(ledger, parameters={**ledger.parameters, name: changed})


def with_table(**tables: object) -> Theatre:
    """Give the shipped theatre other rows."""
    return dataclasses.replace(composed().theatre, **tables)


def test_the_shipped_config_breaks_no_rule() -> None:
    check_consistency(composed().ledger, composed().theatre)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("militias.self_excitation", 0.9, "self_excitation and cross_excitation add up to as much as 1.1"),
        ("islamic_state.self_excitation", 1.0, "islamic_state.self_excitation reaches 1"),
        ("coalition.lead_loss_tolerated", 1.0, "lead_loss_tolerated reaches 1"),
        ("islamic_state.governorate_share", (("atlantis", 1.0),), "governorate_share.value.atlantis=1 belongs to no agent"),
        ("islamic_state.governorate_share", (("embassy", 1.0),), "'embassy', which is no governorate"),
        ("militias.patron_control", (("nujaba", 0.5),), "has no value for kataib_hezbollah; it has nujaba"),
        ("militias.patron_control", (("nujabba", 0.5),), "value.nujabba=0.5 belongs to no agent; did you mean nujaba?"),
        ("militias.displaced_targets", (("kurdistan", 1.0),), "has no value for iraqi_state, contractors, other_missions"),
        ("islamic_state.growth_rate", 1.5, "islamic_state.growth_rate is as high as 1.5 per day: it must be at most 1"),
        ("crowd.mobilisation_decay_days", 0.5, "is as short as 0.5 days: it must be at least 1 day, the step of the model"),
    ],
)
def test_a_ledger_that_breaks_a_rule(name: str, value: object, said: str) -> None:
    with pytest.raises(InputError) as refusal:
        check_consistency(with_values(name, value), composed().theatre)
    assert said in str(refusal.value)


def test_a_sites_presence_sums_to_one() -> None:
    shares = dict(composed().ledger.parameters["sites.lead_share_of_presence"].items())
    value = tuple({**shares, "embassy": shares["embassy"] + 0.1}.items())
    with pytest.raises(InputError, match="_share_of_presence of embassy add up to"):
        check_consistency(with_values("sites.lead_share_of_presence", value), composed().theatre)


def test_every_site_and_faction_has_its_values() -> None:
    theatre = composed().theatre
    with pytest.raises(InputError, match="has no value for ghosts"):
        check_consistency(composed().ledger, with_table(factions=(*theatre.factions, ("ghosts", "Ghosts"))))
    camp = dataclasses.replace(theatre.sites[0], name="camp")
    with pytest.raises(InputError, match=r"sites\.attractiveness has no value for camp"):
        check_consistency(composed().ledger, with_table(sites=(*theatre.sites, camp)))


def test_the_theatre_has_its_anchors() -> None:
    theatre, ledger = composed().theatre, composed().ledger
    with pytest.raises(InputError, match="no site called 'embassy'"):
        check_consistency(ledger, with_table(sites=tuple(site for site in theatre.sites if site.name != "embassy")))
    roadless = tuple(dataclasses.replace(governorate, convoy_route=False) for governorate in theatre.governorates)
    with pytest.raises(InputError, match="convoy route"):
        check_consistency(ledger, with_table(governorates=roadless))
    gone = tuple(dataclasses.replace(member, present=False) for member in theatre.members)
    with pytest.raises(InputError, match="no member with troops"):
        check_consistency(ledger, with_table(members=gone))
